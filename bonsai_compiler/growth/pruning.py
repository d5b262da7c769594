"""Take weights away from networks that are right, and keep what stays right without."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bonsai_compiler.growth.architecture import Architecture, Masks, Population, live
from bonsai_compiler.growth.evaluation import Codes

SHARES = (0.02, 0.3)
"""Of the weights of a network, so many are taken away at once."""

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

    def joined(self, other: "Lines") -> "Lines":
        """Return these lines and then the others."""
        return Lines(
            np.concatenate([self.parameters, other.parameters]),
            np.concatenate([self.masks, other.masks]),
            np.concatenate([self.codes, other.codes]),
        )

    def where(self, better: npt.NDArray[np.bool_], other: "Lines") -> "Lines":
        """Return these lines with the others in their places where these are `better`."""
        rows = np.arange(len(self))
        return self.joined(other).take(np.where(better, rows + len(self), rows))


def tidied(architecture: Architecture, lines: Lines) -> Lines:
    """Return the lines without what no output depends on; a bit that is none stays at -1."""
    masks = live(architecture, lines.masks)
    codes = lines.codes
    alive = architecture.layers(masks)[1][:, 0, : architecture.bits]
    if not alive.all():
        codes = np.where(alive[:, None], codes, np.float32(-1.0))
    return Lines(lines.parameters * masks, masks, codes)


def weights(architecture: Architecture, masks: Masks) -> npt.NDArray[np.int64]:
    """Return (replicas,): how many weights are left, biases not counted."""
    return np.asarray(masks[:, architecture.weights()].sum(1))


def passing(architecture: Architecture, masks: Masks) -> npt.NDArray[np.int64]:
    """Return (replicas,): how many outputs and next bits of state read one thing alone.

    Compiling does away with most of these: what they read says the same.
    """
    ends = architecture.layers(masks)[1]
    return np.asarray((ends[:, 1:].sum(1) == 1).sum(1))


def proposed(architecture: Architecture, lines: Lines, rng: np.random.Generator) -> Lines:
    """Return the lines, each with fewer weights: some of the smallest, or a whole hidden neuron."""
    masks = lines.masks.copy()
    replicas = len(lines)
    candidates = masks & architecture.weights()
    sizes = np.abs(lines.parameters) * np.exp(rng.normal(0.0, BLUR, masks.shape))
    sizes = np.where(candidates, sizes, np.inf)
    left = candidates.sum(1)
    share = rng.uniform(*SHARES, replicas)
    taken = np.minimum(np.maximum(1, (share * left).astype(np.int64)), left)
    ranks = np.argsort(np.argsort(sizes, axis=1, kind="stable"), axis=1, kind="stable")
    masks &= ranks >= taken[:, None]
    if architecture.hidden:
        results = architecture.layers(lines.masks)[1]
        there = np.any(results[:, architecture.reads :], axis=2)
        chosen = (rng.random(replicas) < NEURON) & there.any(1)
        victims = np.argmax(there * (0.1 + rng.random(there.shape)), axis=1)
        for row in np.flatnonzero(chosen):
            masks[row] = lines.masks[row]
            own, ends = architecture.layers(masks[row : row + 1])
            own[0, :, victims[row]] = False
            ends[0, architecture.reads + victims[row]] = False
    return tidied(architecture, replace(lines, masks=masks))
