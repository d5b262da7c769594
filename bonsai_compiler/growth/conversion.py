"""The network that one replica of a population is."""

import numpy as np

from bonsai_compiler.growth.architecture import Architecture
from bonsai_compiler.growth.pruning import Lines
from bonsai_compiler.networks.network import Cell, Dense, Network


def network_of(architecture: Architecture, lines: Lines, row: int, *, held: bool = True) -> Network:
    """Return a line as a network of one cell whose states, if `held`, keep to its code's levels.

    Hidden neurons and bits of state that are masked are left out.
    """
    own, ends = architecture.layers(lines.parameters[row : row + 1].astype(np.float64))
    there = architecture.layers(lines.masks[row : row + 1])[1][0]
    own, ends = own[0], ends[0]
    bits, inputs, reads = architecture.bits, architecture.inputs, architecture.reads
    code = lines.codes[row].astype(np.float64)
    alive = np.flatnonzero(there[0, :bits])
    neurons = np.flatnonzero(there[reads:].any(1))
    given = np.concatenate([1 + np.arange(inputs), 1 + inputs + alive])
    read = np.concatenate([reads + neurons, given])
    outputs = np.arange(bits, architecture.columns)
    hidden = Dense(own[np.ix_(given, neurons)].T, own[0, neurons], architecture.activation)
    cell = Cell(
        output_kernel=ends[np.ix_(read, outputs)],
        output_bias=ends[0, outputs],
        recurrent_kernel=ends[np.ix_(read, alive)],
        recurrent_bias=ends[0, alive],
        initial_state=code[0, alive],
        output_activation=architecture.activation,
        recurrent_activation=architecture.activation,
        hidden=hidden if len(neurons) else None,
        levels=tuple(tuple(np.unique(code[:, bit]).tolist()) for bit in alive) if held else (),
    )
    return Network(inputs, architecture.outputs, (cell,), ())
