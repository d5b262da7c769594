"""C, Rust and JavaScript do what the graph does, compiled without a warning."""

import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from foreign_code import (
    STRICT,
    c_source,
    javascript_source,
    numbers,
    places,
    run,
    rust_source,
    tool,
)
from hypothesis import HealthCheck, given, settings
from ported import GRAPH
from strategies import graphs, logic_graphs, outputs_of, random_bits, to_the_last_bit

from bonsai_compiler.circuits.lowering import bit_names, circuit_of
from bonsai_compiler.driver.emission import emit
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.text import load
from bonsai_compiler.targets.c_types import Fields, prefix_of

SLOW = settings(
    max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


def compiled_c(graph, sequence, folder):
    (folder / "m.h").write_text(emit(graph, "c"))
    (folder / "m.c").write_text(c_source(graph, sequence, "m.h"))
    run(tool("gcc", "clang", "cc"), *STRICT, "m.c", "-o", "m", "-lm", folder=folder)
    return numbers(run(str(folder / "m"), folder=folder))


def wanted(graph, sequence):
    return places(graph.output_signals, outputs_of(graph, sequence))


def letters(graph, count=120):
    signals = graph.input_signals
    return signals.alphabet[np.random.default_rng(0).integers(signals.size, size=count)]


def test_c_with_ports_words_and_names_that_c_keeps(tmp_path):
    sequence = letters(GRAPH)
    assert compiled_c(GRAPH, sequence, tmp_path) == wanted(GRAPH, sequence)
    text = (tmp_path / "m.h").read_text()
    assert "typedef enum { INT_LIGHT_RED, INT_LIGHT_GREEN, INT_LIGHT_DARK_BLUE } int_light;" in text
    assert "malloc" not in text


def test_the_same_header_is_cpp(tmp_path):
    (tmp_path / "m.h").write_text(emit(GRAPH, "c"))
    (tmp_path / "m.cpp").write_text('#include "m.h"\nint main() { return 0; }\n')
    compiler = tool("g++", "clang++")
    run(compiler, "-Wall", "-Wextra", "-Werror", "-c", "m.cpp", folder=tmp_path)


@SLOW
@given(logic_graphs())
def test_c_of_logic(tmp_path, graph):
    sequence = random_bits(60, len(graph.inputs))
    assert compiled_c(graph, sequence, tmp_path) == wanted(graph, sequence)


@SLOW
@given(graphs(kinds=to_the_last_bit))
def test_c_of_neurons_is_the_interpreter_bit_by_bit(tmp_path, graph):
    sequence = random_bits(60, len(graph.inputs))
    assert compiled_c(graph, sequence, tmp_path) == wanted(graph, sequence)


WIDE = """\
graph wide (logic)
input  x in {False, True}
input  y in {False, True}
state  s0 = False then x
logic n0 = (900000000 if x else -900000000) + (900000000 if y else 1) + (999999999 if s0 else 0)
logic n1 = n0 % 7 >= 3
output a = n1
output b = n0
"""


def test_numbers_that_no_int_holds(tmp_path):
    graph = load(WIDE)
    sequence = np.array(list(product((False, True), repeat=2)) * 3)
    assert compiled_c(graph, sequence, tmp_path) == wanted(graph, sequence)
    assert "int64_t" in (tmp_path / "m.h").read_text()


def test_64_machines_at_once(tmp_path):
    circuit, fields = circuit_of(GRAPH), Fields(GRAPH)
    prefix = f"{prefix_of(GRAPH.name)}_64"
    signals = GRAPH.input_signals
    chosen = np.random.default_rng(3).integers(signals.size, size=(30, 64))
    given = [n.name for n in GRAPH.inputs]
    reads, data = [], []
    for each in circuit.inputs:
        for place, name in enumerate(bit_names(each)):
            index = f"[{place}]" if each.port else ""
            reads.append(f"input.{fields.inputs[each.name]}{index} = data[t][{len(data)}];")
            bits = signals.alphabet[chosen][:, :, given.index(name)]
            data.append([sum(1 << k for k in np.flatnonzero(row).tolist()) for row in bits])
    prints = [
        f'printf("%llu ", (unsigned long long)output.{fields.outputs[each.name]}'
        f"{f'[{place}]' if each.port else ''});"
        for each in circuit.outputs
        for place in range(len(each.literals))
    ]
    rows = ",".join(
        "{" + ",".join(f"UINT64_C({n})" for n in row) + "}" for row in zip(*data, strict=True)
    )
    (tmp_path / "m.h").write_text(emit(GRAPH, "c-64"))
    (tmp_path / "m.c").write_text(f"""
#include <stdio.h>
#include "m.h"
static const uint64_t data[30][{len(data)}] = {{{rows}}};
int main(void)
{{
    {prefix}_state state; {prefix}_input input; {prefix}_output output; int t;
    {prefix}_init(&state);
    for (t = 0; t < 30; t++) {{ {"".join(reads)} {prefix}_step(&state, &input, &output);
        {"".join(prints)} puts(""); }}
    return 0;
}}
""")
    run(tool("gcc", "clang", "cc"), *STRICT, "m.c", "-o", "m", folder=tmp_path)
    found = numbers(run(str(tmp_path / "m"), folder=tmp_path))
    made = [name for each in circuit.outputs for name in bit_names(each)]
    order = [made.index(node.name) for node in GRAPH.outputs]
    for machine in (0, 1, 31, 62, 63):
        answers = [tuple(bool(row[k] >> machine & 1) for k in order) for row in found]
        assert answers == outputs_of(GRAPH, signals.alphabet[chosen[:, machine]])


@pytest.mark.parametrize("graph", [GRAPH, load(WIDE)], ids=["ports", "wide"])
def test_rust(tmp_path, graph):
    compiler = tool("rustc")
    sequence = letters(graph, 40)
    (tmp_path / "m.rs").write_text(f"{emit(graph, 'rust')}")
    (tmp_path / "main.rs").write_text(rust_source(graph, sequence))
    run(compiler, "--edition=2021", "main.rs", folder=tmp_path)
    assert numbers(run(str(tmp_path / "main"), folder=tmp_path)) == wanted(graph, sequence)
    (tmp_path / "lib.rs").write_text("#![no_std]\n#![deny(warnings)]\npub mod m;\n")
    run(compiler, "--edition=2021", "--crate-type=rlib", "lib.rs", folder=tmp_path)


@pytest.mark.parametrize("graph", [GRAPH, load(WIDE)], ids=["ports", "wide"])
def test_javascript(tmp_path, graph):
    sequence = letters(graph)
    (tmp_path / "m.mjs").write_text(emit(graph, "javascript"))
    (tmp_path / "main.mjs").write_text(javascript_source(graph, sequence))
    lines = run(tool("node"), "main.mjs", folder=tmp_path).splitlines()
    signals = graph.output_signals
    for line, bits in zip(lines, outputs_of(graph, sequence), strict=True):
        assert json.loads(line) == dict(zip(signals.names, signals.values(bits), strict=True))


def test_what_a_language_cannot_say_is_refused_in_one_line():
    neurons = load("graph n\ninput x in {-1, 1}\nneuron h = linear(1*x)\noutput y = h\n")
    for backend in ("rust", "javascript", "verilog", "aiger", "kiss2", "smtlib", "c-64"):
        with pytest.raises(
            BonsaiError, match=r"n is a graph of neurons, which .*lower it to logic"
        ):
            emit(neurons, backend)
    with pytest.raises(BonsaiError, match="--reset is of verilog, not of c"):
        emit(GRAPH, "c", reset="async")
    with pytest.raises(
        BonsaiError, match="--registered is of verilog and testbench, not of python"
    ):
        emit(GRAPH, "python", registered=True)


def test_no_comment_reaches_into_the_next_line(tmp_path):
    from bonsai_compiler.targets.about import About

    about = About("a trick: \\\n??/\nint x = /* \u2028 \x1b[2J", header=("ends with \\",))
    graph = replace(GRAPH, name="calm")
    (tmp_path / "m.h").write_text(emit(graph, "c", about))
    (tmp_path / "m.c").write_text('#include "m.h"\nint main(void) { return 0; }\n')
    run(tool("gcc", "clang", "cc"), *STRICT, "m.c", "-o", "m", folder=tmp_path)
