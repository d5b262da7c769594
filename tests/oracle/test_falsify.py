"""What fails approximately has to fail in the graph itself, and nothing else is said."""

import drifting
import pytest
from planted import planted

from bonsai_compiler.equivalence.search import replay
from bonsai_compiler.equivalence.system import GraphSystem, MachineSystem
from bonsai_compiler.oracle import falsify


@pytest.fixture
def short(monkeypatch):
    for name in ("COARSE", "RUNS", "TICKS"):
        monkeypatch.setattr(falsify, name, 100)


def pair(graph, machine):
    return GraphSystem(graph, machine.letters), MachineSystem(machine)


def test_a_false_alarm_is_no_fault(short, monkeypatch):
    candidate, wanted = pair(*drifting.NETWORKS["delay2"]())
    wrong, _ = pair(*planted("drift", 20))
    monkeypatch.setattr(GraphSystem, "approximate", lambda _: wrong)
    assert falsify._searched(wrong, wanted, 0, falsify.NEVER)[1] is not None
    assert falsify.falsify(candidate, wanted, 0).failing is None


def test_a_fault_that_only_the_graph_itself_has_is_found_after_a_false_alarm(short, monkeypatch):
    candidate, wanted = pair(*planted("drift", 20))
    other, _ = pair(*planted("alternation", 20))
    monkeypatch.setattr(GraphSystem, "approximate", lambda _: other)
    failing = falsify.falsify(candidate, wanted, 0).failing
    assert failing is not None
    example = replay(candidate, wanted, failing)
    assert example.outputs[-1] != example.expected[-1]
