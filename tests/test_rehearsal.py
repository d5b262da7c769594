"""Transitions rehearsed without time, and the networks that are closed from them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from machines import delay1
from strategies import machines

from bonsai_compiler.equivalence.system import MachineSystem
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.text import load
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.passes.discretize import Discretize, _signs, find_levels
from bonsai_compiler.specification.machine import Machine, minimized, tabulate
from bonsai_compiler.specification.task_file import load_task
from bonsai_compiler.training import grow
from bonsai_compiler.training.overrides import override
from bonsai_compiler.training.recipe import Recipe, default_recipes
from bonsai_compiler.training.rehearsal import closed, pairs, state_ports, transitions, unfolded
from bonsai_compiler.training.shape import Shape


@given(machines().map(tabulate))
def test_an_unfolded_machine_behaves_as_before(machine: Machine) -> None:
    other = unfolded(machine)
    met, waiting = {(0, 0)}, [(0, 0)]
    while waiting:
        state, same = waiting.pop()
        assert (machine.legal[state] == other.legal[same]).all()
        for letter in np.flatnonzero(machine.legal[state]):
            assert (machine.output[state, letter] == other.output[same, letter]).all()
            after = int(machine.successor[state, letter]), int(other.successor[same, letter])
            assert (after[0] < 0) == (after[1] < 0)
            if after[0] >= 0 and after not in met:
                met.add(after)
                waiting.append(after)
    # Each transition leads to a state of its own.
    reached = other.successor[other.legal & (other.successor >= 0)]
    assert len(np.unique(reached)) == len(pairs(machine)[0]) == other.size - 1


@given(machines().map(tabulate).filter(lambda machine: machine.size > 1))
def test_transitions_tell_outputs_and_what_follows(machine: Machine) -> None:
    flat = transitions(machine)
    before, after = state_ports(machine)
    inputs, outputs = len(machine.inputs), len(machine.outputs)
    assert flat.size == 1
    for letter, bits in enumerate(flat.letters):
        state = int(bits[inputs:].sum())
        assert (before.words[state] == bits[inputs:]).all()
        (given_letter,) = np.flatnonzero((machine.letters == bits[:inputs]).all(1))
        assert flat.legal[0, letter] == machine.legal[state, given_letter]
        told = flat.output[0, letter]
        assert (told[:outputs] == machine.output[state, given_letter]).all()
        follows = machine.successor[state, given_letter]
        word = after.words[follows] * 2 - 1 if follows >= 0 else 0
        assert (told[outputs:] == word).all()


def test_a_network_closed_from_a_layer_reads_the_state_off_its_neurons(tasks) -> None:
    machine = minimized(tabulate(load_task(tasks / "mips_ints/add_mod_3.py")))
    recipe = Recipe(cells=((5, 5),), rehearsal=10)
    target = recipe.shape(unfolded(machine))
    flat = transitions(machine)
    shape = Shape(len(flat.inputs), ((5, 0),), len(flat.outputs), target.activation)
    layer = np.random.default_rng(0).normal(size=shape.parameters)
    network = closed(layer, shape, target, machine)

    def matrices(values, fields):
        parts = (values[field.offset : field.end] for field in fields)
        return [part.reshape(field.rows, -1) for part, field in zip(parts, fields, strict=True)]

    own = shape.layout[0]
    kernel, bias, dense, offset = matrices(
        layer, (own.output_kernel, own.output_bias, shape.dense_weights, shape.dense_bias)
    )
    (cell,) = target.layout
    recurrent, recurrent_bias, codes = matrices(
        network, (cell.recurrent_kernel, cell.recurrent_bias, cell.initial_state)
    )
    state = np.random.default_rng(1).normal(size=5)
    read = (dense @ state + offset.ravel())[len(machine.outputs) :]
    letter = machine.letters[1] * 2.0 - 1.0
    assert np.allclose(
        np.concatenate([letter, state]) @ recurrent + recurrent_bias.ravel(),
        np.concatenate([letter, read]) @ kernel + bias.ravel(),
    )
    assert set(np.unique(codes)) == {-1.0, 1.0}
    assert codes.shape == (10, 5)


def test_what_was_rehearsed_is_right_on_corners(tasks) -> None:
    task = load_task(tasks / "mips_ints/add_mod_3.py")
    machine = minimized(tabulate(task))
    (telling,) = (recipe for recipe in default_recipes(machine) if recipe.rehearsal)
    small = {"replicas": 8, "batch": 32, "ticks": 16, "prunings": 3}
    recipe = replace(telling, rehearsal=1000, steps=1000, round_steps=500, **small)
    population = grow(machine, recipe, 0)
    assert population.solved
    oracle = SpecificationOracle(MachineSystem(machine))
    graph = lift(population.networks[0], "sum", task.inputs, task.outputs, task.ports)
    signs = dict.fromkeys((state.name for state in graph.states), (-1.0, 1.0))
    found = oracle.explore(Discretize(signs).apply(graph))
    assert found.closed
    assert found.failing is None
    levels = find_levels(graph, oracle)
    assert levels is not None
    assert oracle.explore(Discretize(levels).apply(graph)).closed


def test_only_few_transitions_are_rehearsed(tasks) -> None:
    def rehearsals(name: str) -> int:
        machine = minimized(tabulate(load_task(tasks / f"mips_ints/{name}.py")))
        return sum(recipe.rehearsal > 0 for recipe in default_recipes(machine))

    assert rehearsals("add_mod_5") == 1
    assert rehearsals("max_seen") == 0


def test_what_cannot_be_rehearsed_is_refused() -> None:
    with pytest.raises(BonsaiError, match="--set: rehearsal takes cells of one pair"):
        override(Recipe(), {"rehearsal": 10}, "--set")
    assert override(Recipe(cells=((3, 3),)), {"rehearsal": 10}, "--set").rehearses
    ring = np.arange(1, 1026, dtype=np.int32)[:, None] % 1025
    many = Machine((), ("y",), ring, np.ones((1025, 1, 1), np.int8), np.ones((1025, 1), bool))
    with pytest.raises(BonsaiError, match="1,025 transitions; 1,024 are the most"):
        unfolded(many)


def test_signs_are_levels_of_what_drifts_but_is_right_on_them() -> None:
    oracle = SpecificationOracle(MachineSystem(delay1()))
    assert not oracle.explore(load(ECHO)).closed
    assert _signs(load(ECHO), oracle) == {"s0": (-1.0, 1.0)}
    assert _signs(load(ECHO.replace("y = o0", "y = r0")), oracle) is None


ECHO = """\
graph echo
input  x in {-1, 1}
state  s0 = -1 then r0
neuron r0 = linear(0.1*s0 + 0.9*x)
neuron o0 = linear(1*s0)
output y = o0
"""
