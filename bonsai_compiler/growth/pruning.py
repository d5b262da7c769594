"""Take weights away from networks that are right, and keep what stays right without."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.growth.architecture import Architecture, Masks, Population, live
from bonsai_compiler.growth.evaluation import Codes

SHARE = 0.5
"""Of the weights of a network, such a share is taken away at once at most, and one at least.

It is drawn evenly by its logarithm: where few go, large steps are seldom tried.
"""

BLUR = 0.5
"""By how much, in powers of e, sizes are blurred: no two tries are the same."""

NEURON = 0.15
"""How often a whole hidden neuron is taken away instead."""


@dataclass(frozen=True, eq=False)
class Lines:
    """Exact networks: parameters, masks (replicas, parameters), codes (replicas, states, bits)."""

    parameters: Population
    masks: Masks
    codes: Codes

    def __len__(self) -> int:
        return len(self.parameters)

    def take(self, rows: npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> "Lines":
        """Return some of the lines, in the order of `rows`."""
        return Lines(self.parameters[rows], self.masks[rows], self.codes[rows])

    def where(self, better: npt.NDArray[np.bool_], other: "Lines") -> "Lines":
        """Return these lines with the others in their places where these are `better`."""
        return Lines(
            np.where(better[:, None], other.parameters, self.parameters),
            np.where(better[:, None], other.masks, self.masks),
            np.where(better[:, None, None], other.codes, self.codes),
        )


def tidied(architecture: Architecture, lines: Lines) -> Lines:
    """Return the lines without what no output depends on; a bit that is none stays at -1."""
    masks = live(architecture, lines.masks)
    codes = lines.codes
    alive = architecture.layers(masks)[1][:, 0, : architecture.bits]
    if not alive.all():
        codes = np.where(alive[:, None], codes, np.float32(-1.0))
    return Lines(lines.parameters * masks, masks, codes)


def compacted(architecture: Architecture, lines: Lines) -> tuple[Architecture, Lines]:
    """Return the lines in the narrowest architecture that has room for them all.

    The hidden neurons and bits of state that a line has come first, in the order that they had.
    """
    ends = architecture.layers(lines.masks)[1]
    reads, first = architecture.reads, architecture.state_rows.start
    neurons, bits = np.any(ends[:, reads:], axis=2), ends[:, 0, : architecture.bits]
    hidden = int(neurons.sum(1).max(initial=0))
    narrow = replace(architecture, hidden=hidden + hidden % 2, bits=int(bits.sum(1).max(initial=0)))
    if narrow == architecture:
        return architecture, lines
    neuron = np.argsort(~neurons, axis=1, kind="stable")[:, : narrow.hidden]
    bit = np.argsort(~bits, axis=1, kind="stable")[:, : narrow.bits]
    line = np.arange(len(lines))[:, None, None]
    given = np.concatenate([np.tile(np.arange(first), (len(lines), 1)), first + bit], axis=1)
    outputs = np.tile(np.arange(architecture.bits, architecture.columns), (len(lines), 1))
    columns = np.concatenate([bit, outputs], axis=1)[:, None]

    def moved(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        found = np.zeros((len(lines), narrow.parameters), values.dtype)
        (own, ends), (new, last) = architecture.layers(values), narrow.layers(found)
        width = given.shape[1]
        new[:, :width] = own[line, given[:, :, None], neuron[:, None]]
        last[:, :width] = ends[line, given[:, :, None], columns]
        last[:, narrow.reads :] = ends[line, reads + neuron[:, :, None], columns]
        return found

    codes = np.take_along_axis(lines.codes, bit[:, None], axis=2)
    return narrow, Lines(moved(lines.parameters), moved(lines.masks), codes)


def weights(architecture: Architecture, masks: Masks) -> npt.NDArray[np.int64]:
    """Return (replicas,): how many weights are left, biases not counted."""
    return np.asarray(masks[:, architecture.weights()].sum(1))


def passing(architecture: Architecture, masks: Masks) -> npt.NDArray[np.int64]:
    """Return (replicas,): how many outputs and next bits of state read one thing alone.

    Compiling does away with these: levels are moved to what a bit of state reads, and the sign of
    what an output reads says the same, if it has no bias.
    """
    alone, bits = single(architecture, masks), architecture.bits
    alone[:, bits:] &= ~architecture.layers(masks)[1][:, 0, bits:]
    return np.asarray(alone.sum(1))


def single(architecture: Architecture, masks: Masks) -> Masks:
    """Return (replicas, columns): which next bits of state and outputs read one thing alone."""
    read = architecture.layers(masks)[1][:, 1:].astype(np.int16)
    return np.asarray(np.ones(read.shape[1], np.int16) @ read == 1)


def proposed(architecture: Architecture, lines: Lines, rng: np.random.Generator) -> Lines:
    """Return the lines, each without some of its smallest weights, or a whole hidden neuron."""
    masks = lines.masks.copy()
    replicas = len(lines)
    candidates = masks & architecture.weights()
    # The bias of an output that reads one thing alone is what keeps its weight.
    bits = architecture.bits
    biases = architecture.layers(masks)[1][:, 0, bits:]
    architecture.layers(candidates)[1][:, 0, bits:] = biases & single(architecture, masks)[:, bits:]
    blurs = np.exp(np.float32(BLUR) * rng.standard_normal(masks.shape, np.float32))
    sizes = np.where(candidates, np.abs(lines.parameters) * blurs, np.float32(np.inf))
    left = candidates.sum(1)
    most = np.maximum(1.0, SHARE * left)
    taken = np.minimum((most + 1.0) ** rng.random(replicas), left).astype(np.int64)
    ranked = np.sort(sizes, axis=1)
    largest = ranked[np.arange(replicas), np.maximum(taken, 1) - 1]
    masks &= ~candidates | (sizes > largest[:, None])
    if architecture.hidden:
        results = architecture.layers(lines.masks)[1]
        there = np.any(results[:, architecture.reads :], axis=2)
        chosen = np.flatnonzero((rng.random(replicas) < NEURON) & there.any(1))
        victims = np.argmax(there * (0.1 + rng.random(there.shape)), axis=1)[chosen]
        masks[chosen] = lines.masks[chosen]
        own, ends = architecture.layers(masks)
        own[chosen, :, victims] = False
        ends[chosen, architecture.reads + victims] = False
    biases |= ~single(architecture, masks)[:, bits:]
    return tidied(architecture, replace(lines, masks=masks))
