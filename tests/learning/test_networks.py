"""The machine inside a network whose states never repeat."""

import json

import drifting
import numpy as np
import pytest
from machines import delay2, tabulate

import bonsai_compiler as bonsai
from bonsai_compiler.equivalence.system import MachineSystem
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.fsm.machine_drawing import machine_drawing_of
from bonsai_compiler.ir.graph import Graph, Input, Output, State
from bonsai_compiler.learning import networks
from bonsai_compiler.learning.networks import machine_of_network
from bonsai_compiler.oracle import compare, falsify
from bonsai_compiler.specification.machine import minimized


@pytest.fixture
def soon(monkeypatch):
    """Makes searches and runs so short that they take no time."""
    monkeypatch.setattr(compare, "JOINT_STATES", 500)
    monkeypatch.setattr(falsify, "COARSE", 500)
    monkeypatch.setattr(falsify, "RUNS", 64)
    monkeypatch.setattr(falsify, "TICKS", 50)
    monkeypatch.setattr(networks, "RUNS", 16)
    monkeypatch.setattr(networks, "MET", 16)
    monkeypatch.setattr(networks, "TICKS", 60)


def same(one, other):
    return all(
        np.array_equal(getattr(one, table), getattr(other, table))
        for table in ("successor", "output", "legal")
    )


@pytest.mark.parametrize("name", ["delay2", "gated", "parity"])
def test_it_is_found_and_proved(name, soon):
    graph, machine = drifting.NETWORKS[name]()
    found = machine_of_network(graph, None, name)
    assert same(found.machine, minimized(machine))
    assert (found.learned.verdict.kind, found.learned.verdict.by) == ("proved", "regions")
    assert found.learned.questions > 0
    assert found.learned.steps > 1_000


def fading(threshold):
    """A sum that fades: its machine has no end of states, since sums stand anywhere."""
    nodes = (
        Input("x"),
        State("s", 0.0, "n"),
        drifting.neuron("n", "linear", 0.0, s=0.9, x=0.1),
        drifting.neuron("o", "linear", -threshold, n=1.0),
        Output("y", "o"),
    )
    return Graph("fading", nodes, drifting.ACTIVATIONS)


def test_a_network_without_a_small_machine_says_when_it_leaves_the_last_one(soon):
    with pytest.raises(BonsaiError) as caught:
        machine_of_network(fading(0.3), None, "fading.bonsai", most=6)
    said = str(caught.value)
    assert said.startswith("fading.bonsai: no small machine was found by ")
    assert " questions" in said
    assert ", and leaves the last one, of " in said


def test_words_that_become_too_long_end_it(soon, monkeypatch):
    """So do those of a network that leaves its machine after hundreds of ticks."""
    monkeypatch.setattr(networks, "MOST_PLACES", 100)
    with pytest.raises(BonsaiError, match="it does as a machine of 1 state until tick"):
        machine_of_network(fading(0.9999), None, "fading.bonsai")


def test_what_is_never_reached_is_no_state_of_it(soon):
    # Up to 1, the fading sum never comes.
    found = machine_of_network(fading(2.0), None, "fading")
    assert found.machine.size == 1
    assert found.learned.verdict.kind == "proved"


def test_under_a_task_its_legal_inputs_count(soon):
    graph, _ = drifting.delay2()

    def step(state, x):
        return (state[1], x), state[0]

    # Never twice the same, but for the start.
    wanted = tabulate(step, (False, False), 1, legal=lambda state, x: x != state[1])
    found = machine_of_network(graph, MachineSystem(wanted), "delay2")
    assert same(found.machine, minimized(wanted))
    assert found.learned.verdict.kind == "proved"
    # Where it is another one, the word that tells is one that the network itself answers.
    other = tabulate(lambda state, x: (step(state, x)[0], x), (False, False), 1)
    found = machine_of_network(graph, MachineSystem(other), "delay2")
    assert same(found.machine, delay2())


class Delay2:
    """The input from two ticks ago."""

    inputs, outputs, start = ("x",), ("y",), (False, False)

    def step(self, state, x):
        return (state[1], x), state[0]


def test_the_views_say_by_what(soon):
    graph, _ = drifting.delay2()
    drawing = machine_drawing_of(graph, None, "delay2")
    table = drawing.text()
    assert "machine of delay2: 4 states\n" in table
    assert f"\nlearned by {drawing.learned.questions} questions and " in table
    assert "\nproved: equal for every legal input sequence (" in table
    facts = json.loads(drawing.text("json"))
    assert facts["learned"]["questions"] == drawing.learned.questions
    assert facts["learned"]["verdict"] == "proved"
    assert facts["meaning"]["members"] == {"A": [], "B": [], "C": [], "D": []}
    dot = drawing.text("dot")
    assert "regions" in dot
    assert "learned by" not in dot
    assert bonsai.machine(graph, Delay2).comparison.outcome == "same"
