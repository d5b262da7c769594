"""C, Rust and JavaScript do what the graph does, compiled without a warning."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from foreign_code import fault, run, tool, trial
from hypothesis import HealthCheck, given, settings
from ported import GRAPH
from strategies import graphs, logic_graphs, random_bits, to_the_last_bit

from bonsai_compiler.bench.targets.software import (
    STRICT,
    in_bit_sliced_c,
    in_c,
    in_javascript,
    in_rust,
)
from bonsai_compiler.driver.emission import emit
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.text import load

SLOW = settings(
    max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


def letters(graph, count=120, seed=0):
    signals = graph.input_signals
    return signals.alphabet[np.random.default_rng(seed).integers(signals.size, size=count)]


def test_c_with_ports_words_and_names_that_c_keeps(tmp_path):
    assert fault(in_c, trial(GRAPH, letters(GRAPH), letters(GRAPH, 9, 1)), tmp_path) is None
    text = (tmp_path / "machine.h").read_text()
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
    assert fault(in_c, trial(graph, random_bits(60, len(graph.inputs))), tmp_path) is None


@SLOW
@given(graphs(kinds=to_the_last_bit))
def test_c_of_neurons_is_the_interpreter_bit_by_bit(tmp_path, graph):
    assert fault(in_c, trial(graph, random_bits(60, len(graph.inputs))), tmp_path) is None


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
BRACKETS = """\
graph brackets (logic)
port   way in ["up", "down", "stay"] one-hot
port   went in ["up", "down", "stay"] one-hot
input  way_0 in {False, True}
input  way_1 in {False, True}
input  way_2 in {False, True}
state  s0 = 0 then n1 near {0, 1, 2}
logic way = 0 if way_0 else 1 if way_1 else 2
logic n0 = ((not way_0) + (way == 1) - 1) % 3
logic n1 = min(max(way, n0 - 1), min(s0 + 1, 2))
logic n2 = way == 0
logic n3 = way == 1
logic n4 = way == 2
logic n5 = n1 < way
output went_0 = n2
output went_1 = n3
output went_2 = n4
output less = n5
"""
"""Sums of what is not so, the least of sums, and a word that comes out as it came in."""

GRAPHS = pytest.mark.parametrize(
    "graph", [GRAPH, load(WIDE), load(BRACKETS)], ids=["ports", "wide", "brackets"]
)


def test_numbers_that_no_int_holds(tmp_path):
    graph = load(WIDE)
    sequence = np.array(list(product((False, True), repeat=2)) * 3)
    assert fault(in_c, trial(graph, sequence), tmp_path) is None
    assert "int64_t" in (tmp_path / "machine.h").read_text()


COLLIDING = """\
graph n (logic)
port   min in ["a", "b", "c"] one-hot
port   n_min in ["a", "b", "c"] one-hot
input  min_0 in {False, True}
input  min_1 in {False, True}
input  min_2 in {False, True}
input  stdin in {False, True}
state  N_H = 0 then n_mod near {0, 1, 2}
state  EOF = True then n_state
logic min = 0 if min_0 else 1 if min_1 else 2
logic n_table0 = (2, 0, 0)[N_H] if stdin else (0, 2, 1)[min]
logic n_mod = (min + n_table0 - 1) % 3
logic n_state = min(N_H, n_table0) == 1
logic n_max = max(N_H, min - 1)
logic n_init = n_max == 0
logic Ok = n_max == 1
logic N_MIN_A = n_max == 2
output n_min_0 = n_init
output n_min_1 = Ok
output n_min_2 = N_MIN_A
output N_64_H = EOF
"""
"""What is called as the header's own types, functions, tables, constants and macros are."""


@pytest.mark.parametrize("check", [in_c, in_bit_sliced_c, in_rust])
def test_names_that_are_those_of_a_header(tmp_path, check):
    graph = load(COLLIDING)
    assert fault(check, trial(graph, letters(graph, 60)), tmp_path) is None


@pytest.mark.parametrize("backend", ["c", "c-integers"])
def test_neurons_that_are_called_as_a_header_is(tmp_path, backend):
    graph = load(
        "graph n\nactivation ameo = factor 0.2 leak 0.1\ninput x in {-1, 1}\n"
        "state N_H = -1 then n_levels near {-1, 0, 1}\n"
        "neuron n_ameo = ameo(1*x + 0.5*N_H)\nneuron n_nearest = ameo(0.7*x - 1*n_ameo)\n"
        "neuron n_levels = ameo(0.5*n_ameo - 1*N_H + 0.25*n_nearest)\noutput n_lookup = n_levels\n"
    )

    def in_language(given, folder):
        return in_c(given, folder, backend=backend)

    assert fault(in_language, trial(graph, letters(graph, 60)), tmp_path) is None


def test_64_machines_at_once(tmp_path):
    words = [letters(GRAPH, 3 + seed % 5, seed) for seed in range(66)]
    assert fault(in_bit_sliced_c, trial(GRAPH, *words), tmp_path) is None


@GRAPHS
def test_rust(tmp_path, graph):
    assert fault(in_rust, trial(graph, letters(graph, 40), letters(graph, 9, 1)), tmp_path) is None


@GRAPHS
def test_javascript(tmp_path, graph):
    words = letters(graph), letters(graph, 9, 1)
    assert fault(in_javascript, trial(graph, *words), tmp_path) is None


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
