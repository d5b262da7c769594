"""Networks that nobody grew: every neuron a gate whose weights are looked up, not learned."""

import inspect
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

import numpy as np

from bonsai_compiler.networks.network import Cell, Dense, Network
from bonsai_compiler.specification.machine import Machine, letters

EXACT = (1e-9,)
LOOSE = (1e-9, 0.1, 0.3)
"""How much worse than the best the values of a gate may be; one of these is drawn for each gate."""


@dataclass(frozen=True)
class Layer:
    """A cell to be: functions of bits, whose parameters name what they read.

    `outputs` maps names to functions, `states` names to (initial bit, function of the next one).
    """

    outputs: dict
    states: dict


@lru_cache
def _neurons(activation, width):
    """Every neuron of a small grid, (n, width + 1), and its value at each letter, (n, letters)."""
    weights = np.array(list(product((-3, -2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2, 3), repeat=width)))
    biases = np.arange(-12, 13) / 2
    grid = np.concatenate(
        [np.repeat(weights, len(biases), axis=0), np.tile(biases, len(weights))[:, None]], axis=1
    )
    bits = np.where(letters(width), 1.0, -1.0)
    return grid, activation(grid[:, :-1] @ bits.T + grid[:, -1:])


def gate(function, activation, rng, slack):
    """Weights and bias of a neuron with the signs of a Boolean function, its values near +-1."""
    width = len(inspect.signature(function).parameters)
    grid, values = _neurons(activation, width)
    wanted = np.array([1.0 if function(*bits) else -1.0 for bits in letters(width).tolist()])
    error = np.abs(values - wanted).max(axis=1)
    near = np.flatnonzero(error <= error.min() + rng.choice(slack))
    return grid[rng.choice(near)]


def circuit(layers, inputs, activation, rng, slack=EXACT):
    """The network of the layers, one gate a neuron; the last layer's outputs are the network's."""
    cells, below = [], list(inputs)
    for layer in layers:
        read = below + list(layer.states)

        def columns(functions, read=read):
            kernel, bias = np.zeros((len(read), len(functions))), np.zeros(len(functions))
            for column, function in enumerate(functions):
                found = gate(function, activation, rng, slack)
                for name, weight in zip(
                    inspect.signature(function).parameters, found, strict=False
                ):
                    kernel[read.index(name), column] = weight
                bias[column] = found[-1]
            return kernel, bias

        outputs = columns(list(layer.outputs.values()))
        recurrent = columns([function for _, function in layer.states.values()])
        initial = np.array([1.0 if bit else -1.0 for bit, _ in layer.states.values()])
        cells.append(Cell(*outputs, *recurrent, initial, activation, activation))
        below = list(layer.outputs)
    dense = Dense(np.eye(len(below)), np.zeros(len(below)))
    return Network(len(inputs), len(below), tuple(cells), (dense,))


def answers(network, sequences):
    """What a network answers: bools (runs, ticks, outputs) for bools (runs, ticks, inputs)."""
    states = [np.tile(cell.initial_state, (len(sequences), 1)) for cell in network.cells]
    given = []
    for bits in np.moveaxis(sequences, 1, 0):
        below = np.where(bits, 1.0, -1.0)
        for place, cell in enumerate(network.cells):
            read = np.concatenate([below, states[place]], axis=1)
            below = cell.output_activation(read @ cell.output_kernel + cell.output_bias)
            following = read @ cell.recurrent_kernel + cell.recurrent_bias
            states[place] = cell.recurrent_activation(following)
        for layer in network.layers:
            below = layer.activation(below @ layer.weights.T + layer.bias)
        given.append(below > 0)
    return np.stack(given, axis=1)


def legal_runs(machine: Machine, runs, ticks, rng):
    """Random legal sequences (runs, ticks, inputs), and the codes expected, (..., outputs)."""
    state, alphabet = np.zeros(runs, dtype=np.int64), letters(len(machine.inputs))
    leaning = rng.random((runs, len(alphabet)))
    bits, codes = [], []
    for _ in range(ticks):
        chance = leaning * rng.random((runs, len(alphabet)))
        letter = np.where(machine.legal[state], chance, -1.0).argmax(axis=1)
        bits.append(alphabet[letter])
        codes.append(machine.output[state, letter])
        state = machine.successor[state, letter]
    return np.stack(bits, axis=1), np.stack(codes, axis=1)


def seems_right(network, machine, rng, runs=128, ticks=300):
    """Whether a network answers as the machine does on random legal runs."""
    sequences, codes = legal_runs(machine, runs, ticks, rng)
    return bool(np.all((codes == 0) | (answers(network, sequences) == (codes > 0))))


def with_cell(network, place, cell):
    """The network with another cell at a place."""
    cells = list(network.cells)
    cells[place] = cell
    return replace(network, cells=tuple(cells))


def with_state(cell, incoming, bias, initial, own=0.0):
    """The cell with one more state in the middle, which nothing reads, and where it stands.

    `incoming` (rows,) holds its weights from what the cell reads, `own` that from itself.
    """
    states = len(cell.initial_state)
    place = states // 2
    row = len(cell.recurrent_kernel) - states + place
    kernel = np.insert(cell.recurrent_kernel, row, 0.0, axis=0)
    kernel = np.insert(kernel, place, np.insert(incoming, row, own), axis=1)
    return replace(
        cell,
        output_kernel=np.insert(cell.output_kernel, row, 0.0, axis=0),
        recurrent_kernel=kernel,
        recurrent_bias=np.insert(cell.recurrent_bias, place, bias),
        initial_state=np.insert(cell.initial_state, place, initial),
    ), row
