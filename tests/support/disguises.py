"""Changes to a network that leave its behaviour, or all but leave it, and make it hard to compile.

Each takes a network and a random generator, and returns a network.
"""

from dataclasses import replace

import numpy as np
from circuits import with_cell, with_state


def _chosen(network, rng):
    """The place of a cell with states, and the cell; the first cell where none has any."""
    places = [n for n, cell in enumerate(network.cells) if len(cell.initial_state)]
    place = int(rng.choice(places or [0]))
    return place, network.cells[place]


def _shared(cell, row, copy, sign, share):
    """The cell with a share of what is read at a row read from its copy instead."""
    kernels = []
    for kernel in (cell.output_kernel, cell.recurrent_kernel):
        changed = kernel.copy()
        changed[copy] = sign * share * kernel[row]
        changed[row] = (1 - share) * kernel[row]
        kernels.append(changed)
    return replace(cell, output_kernel=kernels[0], recurrent_kernel=kernels[1])


def copied(network, rng, sign=1.0):
    """One state twice, its readers reading a part of each; `sign` -1 makes the copy a mirror."""
    place, cell = _chosen(network, rng)
    states = len(cell.initial_state)
    number = int(rng.integers(states))
    first = len(cell.recurrent_kernel) - states
    twin, copy = with_state(
        cell,
        sign * cell.recurrent_kernel[:, number],
        sign * cell.recurrent_bias[number],
        sign * cell.initial_state[number],
    )
    row = first + number
    row += row >= copy
    return with_cell(network, place, _shared(twin, row, copy, sign, rng.choice([0.25, 0.5, 0.75])))


def mirrored(network, rng):
    """A copy of a state, of the other sign."""
    return copied(network, rng, -1.0)


def pruned(network, rng):
    """A state and an output in the middle of every cell from which all weights were cut."""
    for place in range(len(network.cells)):
        cell = network.cells[place]
        bare, _ = with_state(cell, np.zeros(len(cell.recurrent_kernel)), 0.0, rng.normal())
        width = len(bare.output_bias) // 2
        bare = replace(
            bare,
            output_kernel=np.insert(bare.output_kernel, width, 0.0, axis=1),
            output_bias=np.insert(bare.output_bias, width, 0.0),
        )
        network = with_cell(network, place, bare)
        if place + 1 < len(network.cells):
            above = network.cells[place + 1]
            kernels = [np.insert(k, width, 0.0, axis=0) for k in _kernels(above)]
            above = replace(above, output_kernel=kernels[0], recurrent_kernel=kernels[1])
            network = with_cell(network, place + 1, above)
        else:
            dense = network.layers[0]
            dense = replace(dense, weights=np.insert(dense.weights, width, 0.0, axis=1))
            network = replace(network, layers=(dense, *network.layers[1:]))
    return network


def constant(network, rng):
    """A state that always is the same carries a part of every bias of its cell."""
    place, cell = _chosen(network, rng)
    bias = float(rng.choice([0.5, 1.5, -2.5]))
    value = float(cell.recurrent_activation(np.array([bias]))[0])
    held, row = with_state(cell, np.zeros(len(cell.recurrent_kernel)), bias, value)
    kernels = [kernel.copy() for kernel in _kernels(held)]
    parts = [rng.choice([0.0, 0.25, 1.0], kernel.shape[1]) for kernel in kernels]
    parts[1][row - (len(held.recurrent_kernel) - len(held.initial_state))] = 0.0
    for kernel, part in zip(kernels, parts, strict=True):
        kernel[row] = part
    held = replace(
        held,
        output_kernel=kernels[0],
        recurrent_kernel=kernels[1],
        output_bias=held.output_bias - value * parts[0],
        recurrent_bias=held.recurrent_bias - value * parts[1],
    )
    return with_cell(network, place, held)


def idle(network, rng):
    """A state that wanders, never repeats, and that nothing reads."""
    place, cell = _chosen(network, rng)
    incoming = rng.normal(size=len(cell.recurrent_kernel))
    return with_cell(network, place, with_state(cell, incoming, 0.3, 0.1, own=1.7)[0])


def wandering(network, rng, scale=0.004):
    """A state that wanders and is read everywhere, with weights that should make no difference."""
    place, cell = _chosen(network, rng)
    incoming = rng.normal(size=len(cell.recurrent_kernel))
    wild, row = with_state(cell, incoming, 0.3, 0.1, own=1.7)
    own = row - (len(wild.recurrent_kernel) - len(wild.initial_state))
    kernels = [kernel.copy() for kernel in _kernels(wild)]
    for kernel in kernels:
        kernel[row] = rng.normal(scale=scale, size=kernel.shape[1])
    kernels[1][row, own] = 1.7
    wild = replace(wild, output_kernel=kernels[0], recurrent_kernel=kernels[1])
    return with_cell(network, place, wild)


def noisy(network, rng, scale=0.02):
    """Every weight, bias and initial state a little off."""

    def off(values):
        return values + rng.normal(scale=scale, size=values.shape)

    cells = [
        replace(
            cell,
            output_kernel=off(cell.output_kernel),
            output_bias=off(cell.output_bias),
            recurrent_kernel=off(cell.recurrent_kernel),
            recurrent_bias=off(cell.recurrent_bias),
            initial_state=off(cell.initial_state),
        )
        for cell in network.cells
    ]
    return replace(network, cells=tuple(cells))


def _kernels(cell):
    return cell.output_kernel, cell.recurrent_kernel


DISGUISES = {
    way.__name__: way for way in (copied, mirrored, pruned, constant, idle, wandering, noisy)
}
