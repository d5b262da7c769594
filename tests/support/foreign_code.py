"""Compile and run emitted C, Rust and JavaScript, for a sequence of letters."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from bonsai_compiler.ir.ports import Port
from bonsai_compiler.targets.c_types import Fields, prefix_of
from bonsai_compiler.targets.names import RUST, Names
from bonsai_compiler.targets.rust import _camel, _variants

STRICT = ["-std=c99", "-O1", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"]


def tool(*names):
    """Return the first of some programs that is there, or skip the test."""
    for name in names:
        if path := shutil.which(name):
            return path
    pytest.skip(f"there is no {' or '.join(names)} here")


def run(*words, folder):
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[:4000]
    return done.stdout


def places(signals, bits):
    """The value of each field as a number: an integer, a word's place, or 0 and 1."""
    rows = []
    for word in np.asarray(bits, dtype=bool).tolist():
        values = zip(signals.fields, signals.values(tuple(word)), strict=True)
        rows.append(
            [
                field.seen.index(value) + field.low if isinstance(field, Port) else int(value)
                for field, value in values
            ]
        )
    return rows


def c_source(graph, sequence, header):
    """A program that prints what comes of a sequence, a line a tick."""
    fields, prefix = Fields(graph), prefix_of(graph.name)
    rows = places(graph.input_signals, sequence)
    members = list(fields.inputs.items())
    data = ",".join("{" + ",".join(map(str, row or [0])) + "}" for row in rows)
    reads = "".join(
        f"input.{member} = ({fields.enums.get(name) or 'int'})data[t][{place}];"
        for place, (name, member) in enumerate(members)
    )
    prints = "".join(f'printf("%d ", (int)output.{name});' for name in fields.outputs.values())
    return f"""
#include <string.h>
#include <stdio.h>
#include "{header}"
static const int data[{len(rows)}][{max(len(members), 1)}] = {{{data}}};
int main(void)
{{
    {prefix}_state state; {prefix}_input input; {prefix}_output output; int t;
    memset(&input, 0, sizeof input); (void)data;
    {prefix}_init(&state);
    for (t = 0; t < {len(rows)}; t++) {{
        {reads} {prefix}_step(&state, &input, &output); {prints} puts("");
    }}
    return 0;
}}
"""


def numbers(text):
    return [list(map(int, line.split())) for line in text.splitlines()]


def rust_source(graph, sequence):
    signals, results = graph.input_signals, graph.output_signals
    given, made = Names(RUST), Names(RUST)
    lines = []
    for row in places(signals, sequence):
        parts = []
        for field, value in zip(signals.fields, row, strict=True):
            name = field.name if isinstance(field, Port) else field
            text = str(value) if isinstance(field, Port) else str(bool(value)).lower()
            if isinstance(field, Port) and field.labels:
                text = f"m::{_camel(name)}::{_variants(field)[value]}"
            parts.append(text)
        lines.append(parts)
    members = [given(name) for name in signals.names]
    outputs = [made(name) for name in results.names]
    letters = [", ".join(map(": ".join, zip(members, row, strict=True))) for row in lines]
    ticks = "".join(f"tick(&mut machine, &m::Input {{ {letter} }});" for letter in letters)
    prints = " ".join(f'print!("{{}} ", output.{name} as i64);' for name in outputs)
    return f"""#![deny(warnings)]
mod m;
fn tick(machine: &mut m::Machine, input: &m::Input) {{
    let output = machine.step(input);
    {prints}
    println!();
}}
fn main() {{
    let mut machine = m::Machine::default();
    {ticks}
}}
"""


def javascript_source(graph, sequence):
    names = graph.input_signals.names
    rows = [
        dict(zip(names, graph.input_signals.values(tuple(map(bool, row))), strict=True))
        for row in sequence.tolist()
    ]
    return (
        'import { run } from "./m.mjs";\n'
        f"for (const output of run({json.dumps(rows)})) console.log(JSON.stringify(output));\n"
    )
