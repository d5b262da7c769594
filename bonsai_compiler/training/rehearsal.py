"""Rehearse a machine's transitions without time, then close the loop: networks to begin with.

What a state is next is one neuron of the inputs and states, with no layer between, so that sums
that wrap are out of its reach as long as a state of the network is to be a state of the machine.
But any transition is one layer away: here a layer learns what each state and letter lead to, the
state before being an input and the state after an output, both as thermometers. Then its neurons
become the states of a network, which reads the state before off them: a linear readout, followed
by the layer's weights, is one matrix. Such a network tells transitions apart, not states only, and
its codes are the signs of its neurons.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bonsai_compiler.devices.choice import Choice
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.training.batches import Pace
from bonsai_compiler.training.judging import NOTHING_MISSED
from bonsai_compiler.training.pool import Midway, fresh_pool
from bonsai_compiler.training.recipe import Recipe
from bonsai_compiler.training.shape import Field, Shape, initial_population
from bonsai_compiler.training.trainer import Pause, Trainer

Floats = npt.NDArray[np.float64]

# While rehearsing: the rate, and a pull towards few weights that hardly counts.
PACE = Pace(rate=0.01, intensity=0.0005)
# How far the state before is shaken, of -1 and 1: what is read off neurons is never exact.
SHAKEN = 0.5
# Each transition has a code, of as many numbers as there are neurons.
MOST_TRANSITIONS = 1024


def unfolded(machine: Machine) -> Machine:
    """Return the machine that remembers how it came to be where it is.

    It has a state for the start, and one for each transition, in the order of `pairs`. Raises
    BonsaiError for more than MOST_TRANSITIONS.
    """
    state, letter = pairs(machine)
    if len(state) > MOST_TRANSITIONS:
        raise BonsaiError(
            f"rehearsal: the task has {len(state):,} transitions; {MOST_TRANSITIONS:,} are the most"
        )
    number = np.full(machine.successor.shape, -1, np.int32)
    number[state, letter] = 1 + np.arange(len(state))
    at = np.concatenate([[0], machine.successor[state, letter]])
    return replace(
        machine, successor=number[at], output=machine.output[at], legal=machine.legal[at]
    )


def pairs(machine: Machine) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the states and letters that lead on, state by state."""
    state, letter = np.nonzero(machine.legal & (machine.successor >= 0))
    return state, letter


def transitions(machine: Machine) -> Machine:
    """Return the machine of one state that reads a letter and a state of the given machine.

    It gives that machine's outputs, and the bits of the state that follows; any, where none does.
    """
    before, after = state_ports(machine)
    follows = machine.successor.T[..., None]
    bits = np.where(follows < 0, 0, np.where(after.words[follows[..., 0]], 1, -1))
    output = np.concatenate([machine.output.transpose(1, 0, 2), bits], axis=2)
    letters = machine.successor.size
    return Machine(
        (*machine.inputs, *before.bits),
        (*machine.outputs, *after.bits),
        np.zeros((1, letters), np.int32),
        output.reshape(1, letters, -1).astype(np.int8),
        machine.legal.T.reshape(1, letters),
        None,
        (*machine.ports, before, after),
    )


def state_ports(machine: Machine) -> tuple[Port, Port]:
    """Return the state before a tick and after it as integers, named as no task names any."""
    before, after = (
        Port(f"state {when}", 0, machine.size - 1, "thermometer") for when in ("before", "after")
    )
    return before, after


def rehearsed(
    choice: Choice,
    machine: Machine,
    recipe: Recipe,
    target: Shape,
    rng: np.random.Generator,
    midway: Midway | None = None,
    pause: Pause | None = None,
) -> npt.NDArray[np.float32]:
    """Return (replicas, parameters) of `target`, the recipe's shape for the unfolded machine."""
    ((width, _),) = recipe.cells
    lesson = replace(
        recipe, cells=((width, 0),), ticks=1, curriculum=(), steps=recipe.rehearsal, rehearsal=0
    )
    flat = transitions(machine)
    shape = lesson.shape(flat)
    trainer = Trainer(choice, shape, flat, lesson, int(rng.integers(2**31)), {})
    bits = machine.size - 1
    trainer.batches = replace(trainer.batches, shaken=bits, amplitude=SHAKEN)
    pool = fresh_pool(initial_population(shape, recipe.replicas, rng))
    pool, *_ = trainer.train(
        pool, np.ones(2), lesson.steps, lambda _: PACE, rng, NOTHING_MISSED, midway, pause
    )
    rows = [closed(row.astype(np.float64), shape, target, machine) for row in pool.parameters]
    return np.array(rows, np.float32)


def closed(layer: Floats, shape: Shape, target: Shape, machine: Machine) -> Floats:
    """Return the parameters of a network that reads its state off the neurons of a layer.

    `layer` is (parameters,) of `shape`, a network for the machine's `transitions`; the result is
    (parameters,) of `target`, whose one cell has as many outputs and states as the layer neurons.
    """

    def take(field: Field) -> Floats:
        return layer[field.offset : field.end].reshape(field.rows, field.columns)

    (cell,) = shape.layout
    inputs, outputs = len(machine.inputs), len(machine.outputs)
    by_letter, by_state = np.split(take(cell.output_kernel), [inputs])
    answer, reading = np.split(take(shape.dense_weights), [outputs])
    answer_bias, reading_bias = np.split(take(shape.dense_bias)[0], [outputs])
    bias = take(cell.output_bias)[0]

    before, _ = state_ports(machine)
    words, letters = before.words * 2.0 - 1.0, machine.letters * 2.0 - 1.0
    state, letter = pairs(machine)
    # In the beginning no letter has come: neurons are wanted off which the start is read.
    neurons = shape.activation(letters[letter] @ by_letter + words[state] @ by_state + bias)
    middle = neurons.mean(axis=0)
    missing = words[0] - reading_bias - reading @ middle
    start = middle + np.linalg.lstsq(reading, missing, rcond=None)[0]
    codes = np.where(np.vstack([start, neurons]) < 0.0, -1.0, 1.0)

    kernel = np.vstack([by_letter, reading.T @ by_state])
    bias = bias + reading_bias @ by_state
    (own,) = target.layout
    network = np.zeros(target.parameters)
    for field, values in (
        (own.output_kernel, kernel),
        (own.output_bias, bias),
        (own.recurrent_kernel, kernel),
        (own.recurrent_bias, bias),
        (own.initial_state, codes[: target.starts]),
        (target.dense_weights, answer),
        (target.dense_bias, answer_bias),
    ):
        network[field.offset : field.end] = values.ravel()
    return network
