"""The best networks of a run: what of them is to be small, and how many of a kind are kept."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from bonsai_compiler.growth import codes as coding
from bonsai_compiler.growth.architecture import Architecture
from bonsai_compiler.growth.pruning import Lines, passing, weights
from bonsai_compiler.growth.stage import Specimen

ARCHIVE = 12
"""How many are kept."""

ALIKE = 3
"""How many of them may have one code of several states; where programs are to be short, one."""

MANY = 1024
"""More than what is only to decide between equals ever comes to."""

STATE = 0.5
"""As how many weights a bit of state counts: one that only passes a value on has one itself."""


def sizes(smallest: str, architecture: Architecture, lines: Lines) -> npt.NDArray[np.float64]:
    """Return (replicas,): what is to be small of each line."""
    ends = architecture.layers(lines.masks)[1]
    bits = ends[:, 0, : architecture.bits].sum(1)
    hidden = ends[:, architecture.reads :].any(2).sum(1)
    lasting = weights(architecture, lines.masks) - passing(architecture, lines.masks)
    return measured(smallest, lasting, hidden, bits)


def size(smallest: str, specimen: Specimen) -> float:
    """Return what of a specimen is to be small."""
    counts = specimen.weights - specimen.passing, specimen.hidden, specimen.code.shape[1]
    return float(measured(smallest, *(np.array([number]) for number in counts))[0])


def best(smallest: str, specimens: Iterable[Specimen]) -> tuple[Specimen, ...]:
    """Return the smallest specimens, few of one code; of equally small ones those that come first.

    What is left out of a part of them would be left out of them all.
    """
    few = 1 if smallest == "program" else ALIKE
    met: Counter[bytes] = Counter()
    kept = []
    for specimen in sorted(specimens, key=lambda item: size(smallest, item)):
        name = coding.name_of(specimen.code)
        met[name] += 1
        if met[name] <= few or len(specimen.code) == 1:
            kept.append(specimen)
    return tuple(kept[:ARCHIVE])


def measured(
    smallest: str,
    weights: npt.NDArray[np.int64],
    hidden: npt.NDArray[np.int64],
    bits: npt.NDArray[np.int64],
) -> npt.NDArray[np.float64]:
    """Return (n,): what is to be small of networks with so many weights, hidden neurons and bits.

    Weights that only pass a value on are not among these.
    A network has a neuron for each bit of state, besides one for each output, of which all have
    equally many.
    """
    everything = weights + STATE * bits + hidden / MANY
    match smallest:
        case "neurons":
            return np.asarray(MANY * (hidden + bits) + everything)
        case "states":
            return np.asarray(MANY * bits + everything)
        case _:
            return np.asarray(everything)
