"""Words over and over, and the faults that only they come to."""

import machines
import pytest
from planted import planted

from bonsai_compiler.equivalence.system import GraphSystem, MachineSystem
from bonsai_compiler.oracle import compare, falsify
from bonsai_compiler.oracle.lassos import lassos, rounds


def both(graph, machine):
    return GraphSystem(graph, machine.letters), MachineSystem(machine)


def test_rounds_are_short_words_that_are_no_shorter_one_over_and_over():
    found = rounds(MachineSystem(machines.delay1()))
    assert found[:5] == [(0,), (1,), (0, 1), (0, 0, 1), (0, 1, 1)]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("kind", ["drift", "rest", "fade", "alternation"])
def test_a_fault_far_out_is_come_to_and_replays(kind):
    graph, machine = planted(kind, 300)
    candidate, wanted = both(graph, machine)
    word = lassos(candidate, wanted, ticks=400)
    assert word is not None
    assert 250 < len(word) < 310
    assert lassos(candidate, wanted, ticks=200) is None


@pytest.mark.parametrize("kind", ["drift", "rest", "fade", "alternation"])
def test_a_planted_fault_is_never_proved(kind, monkeypatch):
    monkeypatch.setattr(compare, "JOINT_STATES", 500)
    monkeypatch.setattr(falsify, "COARSE", 500)
    verdict = compare.compare(*both(*planted(kind, 50)))
    assert verdict.kind == "refuted"
    assert len(verdict.counterexample.inputs) >= 40


def test_what_repeats_itself_is_over_soon():
    _, machine = planted("drift", 50)
    steps = []

    class Counted(MachineSystem):
        def step(self, states, chosen):
            steps.append(len(states))
            return super().step(states, chosen)

    assert lassos(Counted(machine), MachineSystem(machine)) is None
    assert len(steps) < 100
