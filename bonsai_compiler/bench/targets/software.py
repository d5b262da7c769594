"""Emitted C, Rust and JavaScript, compiled by their own tools and run on the words of a trial.

A program reads a line a tick: 0 to begin anew, or 1 and the value of each input. It prints the
values of the outputs.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bonsai_compiler.bench.targets.tools import ran, tool, written
from bonsai_compiler.bench.targets.trial import Answers, Trial, bits_of, numbered
from bonsai_compiler.circuits.circuit import Wires
from bonsai_compiler.circuits.lowering import bit_names, circuit_of
from bonsai_compiler.driver.emission import emit
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.targets.bit_sliced import sliced_members
from bonsai_compiler.targets.c_types import Fields, prefix_of
from bonsai_compiler.targets.names import RUST, Names
from bonsai_compiler.targets.rust import enums_of, variants

STRICT = ("-std=c99", "-O1", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror")
MACHINES = 64

_C = """\
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "machine.h"

int main(void)
{{
    {prefix}_state state;
    {prefix}_input input;
    {prefix}_output output;
    {kind} given[{count}];
    int goes_on, place;

    memset(&input, 0, sizeof input);
    {prefix}_init(&state);
    while (scanf("%d", &goes_on) == 1) {{
        if (!goes_on) {{
            {prefix}_init(&state);
            continue;
        }}
        for (place = 0; place < {width}; place++) {{
            if (scanf("%" {scanned}, &given[place]) != 1) return 1;
        }}
        {reads}
        {prefix}_step(&state, &input, &output);
        {prints}
        puts("");
    }}
    (void)given;
    return 0;
}}
"""

_RUST = """\
#![deny(warnings)]
mod machine;
use std::io::Read;
fn main() {{
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let mut machine = machine::Machine::default();
    for line in text.lines() {{
        let given: Vec<i64> = line.split(' ').map(|word| word.parse().unwrap()).collect();
        if given[0] == 0 {{
            machine = machine::Machine::new();
            continue;
        }}
        let output = machine.step(&machine::Input {{ {members} }});
        {prints}
        println!();
    }}
}}
"""

_JAVASCRIPT = """\
import { readFileSync } from "node:fs";
import { run } from "./machine.mjs";
for (const word of JSON.parse(readFileSync("words.json", "utf8")))
  for (const output of run(word)) console.log(JSON.stringify(output));
"""


def in_c(trial: Trial, folder: Path, flags: Sequence[str] = STRICT, backend: str = "c") -> Answers:
    """Return what a graph answers in C."""
    graph, prefix, fields = trial.graph, prefix_of(trial.graph.name), Fields(trial.graph)
    written(folder, "machine.h", emit(graph, backend))
    reads = [
        f"input.{member} = ({fields.enums.get(name) or 'int'})given[{place}];"
        for place, (name, member) in enumerate(fields.inputs.items())
    ]
    prints = [f'printf("%d ", (int)output.{name});' for name in fields.outputs.values()]
    ask = _compiled_c(folder, prefix, ("int", "PRIdLEAST16"), len(reads), reads, prints, flags)
    return _asked(trial, ask)


def in_bit_sliced_c(trial: Trial, folder: Path) -> Answers:
    """Return what the logic answers in C that steps 64 words at once."""
    graph, prefix = trial.graph, f"{prefix_of(trial.graph.name)}_64"
    circuit = circuit_of(graph)
    written(folder, "machine.h", emit(graph, "c-64"))
    inputs, outputs = sliced_members(circuit)
    reads = [f"input.{member} = given[{place}];" for place, member in enumerate(inputs)]
    prints = [f'printf("%" PRIu64 " ", output.{member});' for member in outputs]
    ask = _compiled_c(folder, prefix, ("uint64_t", "SCNu64"), len(reads), reads, prints, STRICT)
    given, made = places_of(circuit.inputs, graph, "in"), places_of(circuit.outputs, graph, "out")
    stacked = trial.stacked[:, :, given]
    answers: list[list[list[bool]]] = []
    for first in range(0, len(trial.words), MACHINES):
        side_by_side = stacked[:, first : first + MACHINES]
        worth = np.array([1 << k for k in range(side_by_side.shape[1])], dtype=np.uint64)
        letters = (side_by_side * worth[:, None]).sum(axis=1, dtype=np.uint64).tolist()
        told = _numbers(ask(_lines([letters])))
        for place, word in enumerate(trial.words[first : first + MACHINES]):
            rows = [[bool(row[k] >> place & 1) for k in np.argsort(made)] for row in told]
            answers.append(rows[: len(word.bits)])
    return answers


def places_of(wired: Sequence[Wires], graph: Graph, way: str) -> list[int]:
    """Return where the bits of a circuit's inputs or outputs stand among a graph's."""
    names = [node.name for node in (graph.inputs if way == "in" else graph.outputs)]
    return [names.index(name) for each in wired for name in bit_names(each)]


def in_rust(trial: Trial, folder: Path) -> Answers:
    """Return what the logic answers in Rust; it is compiled without `std` as well."""
    compiler = tool("rustc")
    signals, results = trial.graph.input_signals, trial.graph.output_signals
    given, made, enums = Names(RUST), Names(RUST), enums_of(trial.graph)
    members = []
    for place, field in enumerate(signals.fields, 1):
        text = f"given[{place}] as _" if isinstance(field, Port) else f"given[{place}] != 0"
        if isinstance(field, Port) and field.labels:
            enum = enums[field.name]
            words = ", ".join(f"machine::{enum}::{each}" for each in variants(field))
            text = f"[{words}][given[{place}] as usize]"
        members.append(f"{given(field.name if isinstance(field, Port) else field)}: {text}")
    prints = [f'print!("{{}} ", output.{made(name)} as i64);' for name in results.names]
    written(folder, "machine.rs", emit(trial.graph, "rust"))
    written(folder, "main.rs", _RUST.format(members=", ".join(members), prints=" ".join(prints)))
    written(folder, "lib.rs", "#![no_std]\n#![deny(warnings)]\npub mod machine;\n")
    ran(compiler, "--edition=2021", "main.rs", folder=folder)
    ran(compiler, "--edition=2021", "--crate-type=rlib", "lib.rs", folder=folder)
    return _asked(trial, lambda text: ran(str(folder / "main"), folder=folder, given=text))


def in_javascript(trial: Trial, folder: Path) -> Answers:
    """Return what the logic answers in JavaScript."""
    node = tool("node")
    signals, results = trial.graph.input_signals, trial.graph.output_signals
    rows = [
        [dict(zip(signals.names, signals.values(tuple(row)), strict=True)) for row in bits]
        for bits in (word.bits.tolist() for word in trial.words)
    ]
    written(folder, "words.json", json.dumps(rows))
    written(folder, "machine.mjs", emit(trial.graph, "javascript"))
    written(folder, "main.mjs", _JAVASCRIPT)
    lines = iter(ran(node, "main.mjs", folder=folder).splitlines())
    return [
        [
            [bool(bit) for bit in results.encoded([told[name] for name in results.names])]
            for told in (json.loads(next(lines)) for _ in word.bits)
        ]
        for word in trial.words
    ]


Ask = Callable[[str], str]


def _compiled_c(
    folder: Path,
    prefix: str,
    kind: tuple[str, str],
    width: int,
    reads: Sequence[str],
    prints: Sequence[str],
    flags: Sequence[str],
) -> Ask:
    """Compile the program around an emitted header, and return what runs it on a text."""
    text = _C.format(
        prefix=prefix,
        kind=kind[0],
        scanned='"d"' if kind[0] == "int" else kind[1],
        count=max(width, 1),
        width=width,
        reads="\n        ".join(reads),
        prints="\n        ".join(prints),
    )
    written(folder, "main.c", text)
    words = c_compiler()
    ran(*words, *flags, "main.c", "-o", "main", "-lm", folder=folder)
    return lambda given: ran(str(folder / "main"), folder=folder, given=given)


def c_compiler() -> list[str]:
    """Return the words that call a C compiler; the wheel of Zig brings clang."""
    path = tool("gcc", "clang", "cc", "python-zig")
    return [path, "cc"] if path.endswith("python-zig") else [path]


def _asked(trial: Trial, ask: Ask) -> Answers:
    signals, results = trial.graph.input_signals, trial.graph.output_signals
    words = [numbered(signals, word.bits) for word in trial.words]
    rows = iter(_numbers(ask(_lines(words))))
    return [[bits_of(results, next(rows)) for _ in word] for word in words]


def _lines(words: Sequence[Sequence[Sequence[int]]]) -> str:
    return "".join(
        "0\n" + "".join(f"{' '.join(map(str, [1, *row]))}\n" for row in word) for word in words
    )


def _numbers(text: str) -> list[list[int]]:
    return [list(map(int, line.split())) for line in text.splitlines()]
