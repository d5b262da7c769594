"""What `bench run` measures of emitted C and JavaScript is the machine, and not a part of it."""

from contextlib import ExitStack

import numpy as np
import pytest
from foreign_code import tool
from ported import GRAPH
from strategies import outputs_of

from bonsai_compiler.bench import compiled
from bonsai_compiler.bench.targets.trial import numbered
from bonsai_compiler.ir.interpreter import evaluate_nodes, initial_states, next_states
from bonsai_compiler.ir.text import load

WORDLESS = load(
    "graph w (logic)\ninput x in {False, True}\nstate s0 = 0 then n near {0, 1, 2, 3, 4}\n"
    "logic n = (s0 + x) % 5\nlogic m = s0 >= 2\noutput y = m\noutput z = x\n"
)


@pytest.mark.parametrize("graph", [GRAPH, WORDLESS], ids=["ports", "bits"])
def test_a_round_in_c_adds_up_to_what_the_graph_says(graph, tmp_path):
    tool("gcc", "clang")
    letters = compiled.letters_of(graph)[:, 0]
    total = sum(map(sum, numbered(graph.output_signals, np.array(outputs_of(graph, letters)))))
    with ExitStack() as running:
        ask = compiled.c_program(graph, tmp_path, running)
        assert ask("1") == str(total % 2**64)


def test_a_round_of_64_machines_adds_up(tmp_path):
    tool("gcc", "clang")
    letters = compiled.letters_of(WORDLESS, compiled.MACHINES)
    states, total = np.repeat(initial_states(WORDLESS), compiled.MACHINES, axis=0), 0
    for bits in letters:
        values = evaluate_nodes(WORDLESS, states, bits)
        states = next_states(WORDLESS, values, compiled.MACHINES)
        for output in WORDLESS.outputs:
            total += sum(1 << k for k in np.flatnonzero(values[output.name]).tolist())
    with ExitStack() as running:
        ask = compiled.sliced_program(WORDLESS, tmp_path, running)
        assert ask("1") == str(total % 2**64)


def test_a_round_in_javascript_adds_up(tmp_path):
    tool("node")
    letters = compiled.letters_of(WORDLESS)[:, 0]
    total = sum(map(sum, outputs_of(WORDLESS, letters)))
    with ExitStack() as running:
        ask = compiled.javascript_program(WORDLESS, tmp_path, running)
        assert ask("1") == str(total)
