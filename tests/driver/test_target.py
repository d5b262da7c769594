"""A network without a task: its program is made of the machine inside, and judged as that is."""

import drifting
import pytest

import bonsai_compiler as bonsai
from bonsai_compiler.driver.target import target_of_network
from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.ir.graph import Dialect
from bonsai_compiler.ir.text import dump, load


@pytest.mark.parametrize("name", ["parity", "gated"])
def test_the_program_of_a_network_without_a_task_is_proved_by_regions(name):
    graph, _ = drifting.NETWORKS[name]()
    result = bonsai.compile(graph)
    assert (result.verdict.kind, result.verdict.by) == ("proved", "regions")
    assert result.steps[-1].graph.dialect is Dialect.LOGIC
    assert result.report["map"]["thresholds"] == {
        name: list(cuts) for name, cuts in result.compiled.state_map.cuts.items()
    }
    assert "against the network that it was compiled from" in result.program


def test_what_does_as_the_machine_does_is_no_surer_than_that():
    graph, _ = drifting.parity()
    oracle = target_of_network(graph, "parity", pytest.fail).oracle
    oracle.known = Verdict("tested", 5, depth=9, random=3)
    program = GraphSystem(bonsai.compile(graph).steps[-1].graph)
    verdict = oracle.verdict(program)
    assert (verdict.kind, verdict.depth, verdict.random) == ("tested", 9, 3)


def test_a_program_of_another_machine_is_refuted():
    graph, _ = drifting.parity()
    other, _ = drifting.delay2()
    oracle = target_of_network(graph, "parity", pytest.fail).oracle
    assert oracle.verdict(GraphSystem(other)).kind == "refuted"


def test_a_network_that_counts_without_end_says_that_there_is_no_machine():
    text = """\
graph counts
input  x in {-1, 1}
state  s = 0.5 then r
neuron r = linear(1*s + 1*x)
output y = r
"""
    said = []
    target = target_of_network(load(text), "counts", said.append)
    assert target.machine is None
    assert "no machine" in said[0]


def test_the_map_says_by_which_thresholds_each_state_is_told(files, bonsaic):
    graph, machine = drifting.delay2()
    (files / "drifting.bonsai").write_text(dump(graph))
    code, out, err = bonsaic("machine", "drifting.bonsai", "--task", "delay2.py", "--map")
    assert (code, err) == (0, "")
    title, *rows, last = out.splitlines()
    assert title.startswith(f"map of delay2: {machine.minimal_size} states")
    sides = [row.strip()[1:].removesuffix("100.0%").strip() for row in rows]
    assert len(set(sides)) == machine.minimal_size
    assert all("s0 " in side and "s1 " in side for side in sides)
    assert last.startswith("of ")
