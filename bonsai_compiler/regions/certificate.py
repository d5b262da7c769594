"""Certificates that a network is right for every word, and the checker that a proof rests on.

A region is a box of the network's states that belongs to a state of the machine. From a region, a
certificate claims, every legal letter gives right outputs, and so on letter by letter, until the
network stands inside a region that belongs to the state that the machine has come to. The start
lies in the first region. Then every legal word, of any length, gives right outputs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from bonsai_compiler.equivalence.search import Stop
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.interpreter import Bools
from bonsai_compiler.regions.rounding import SINGLE, Floats
from bonsai_compiler.regions.zonotopes import AbstractNetwork, Numbers, Zonotopes, boxes
from bonsai_compiler.specification.machine import Machine

ON = -1
"""Claimed of a word that ends in no region yet: one letter more has to follow."""

MOST_TICKS = 64
"""How many ticks may lie between two regions."""

CELLS = 2**22
"""How many numbers are held at once for the sets of one tick."""

CALL = 20_000
"""A tick of few sets takes as long as one of so many numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """n regions: `states` (n,) of the machine, boxes from `low` to `high`, both (n, width).

    `claims[r][t]` is about the words of t + 1 legal letters from region r whose beginnings end in
    no region, in the order of their letters: the region that each ends in, or ON.
    """

    states: Numbers
    low: Floats
    high: Floats
    claims: tuple[tuple[Numbers, ...], ...]

    def __len__(self) -> int:
        return len(self.states)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a certificate was confirmed to say.

    At most `ticks` lie between two regions. Outputs keep right, and regions are kept to, whatever
    roundings happen, each of a sum up to `slack`.
    """

    certificate: Certificate
    ticks: int
    slack: float

    @property
    def regions(self) -> int:
        """How many there are."""
        return len(self.certificate)


@dataclass(frozen=True, slots=True, eq=False)
class Advance:
    """What every legal letter makes of some sets, in the order of sets, then letters.

    `rows` (m,) says of which set, `letters` (m,) by which letter, `states` (m,) where the machine
    goes (-1 past its horizon), and `right` (m,) whether every output is, over the whole set.
    `work` is about how many numbers that took.
    """

    rows: Numbers
    letters: Numbers
    states: Numbers
    sets: Zonotopes
    right: Bools
    slack: float
    work: float


def check(
    graph: Graph, machine: Machine, certificate: Certificate, stop: Stop | None = None
) -> Proof | None:
    """Return the proof that a certificate is; None if it is none, or if time did not allow."""
    network = abstract_network(graph, machine)
    count, width = len(certificate), len(network.start)
    if not _is_well_formed(certificate, machine, width) or not _starts(certificate, network):
        return None
    ticks, slack = 0, 0.0
    share = max(CELLS // network.cells(2 * width), 1)
    for first in range(0, count, share):
        chosen = np.arange(first, min(first + share, count))
        sets = boxes(certificate.low[chosen].T, certificate.high[chosen].T)
        states, origins = certificate.states[chosen], chosen
        for tick in range(MOST_TICKS + 1):
            if not len(states):
                break
            if (stop is not None and stop.passed) or tick == MOST_TICKS:
                return None
            moved = advance(network, machine, sets, states)
            origins = origins[moved.rows]
            claimed = _claimed(certificate, chosen, tick, origins)
            if claimed is None or not moved.right.all():
                return None
            ended = (claimed != ON) & (moved.states >= 0)
            if not _inside(certificate, moved, claimed, ended):
                return None
            ticks, slack = max(ticks, tick + 1), max(slack, moved.slack)
            on = (claimed == ON) & (moved.states >= 0)
            sets, states, origins = moved.sets.chosen(on), moved.states[on], origins[on]
    return Proof(certificate, ticks, slack)


def abstract_network(graph: Graph, machine: Machine) -> AbstractNetwork:
    """Return a graph on the letters of a machine; raises BonsaiError where its bits differ."""
    for what, given, wanted in (
        ("inputs", graph.inputs, machine.inputs),
        ("outputs", graph.outputs, machine.outputs),
    ):
        if len(given) != len(wanted):
            raise BonsaiError(f"{graph.name}: has {len(given)} {what}, the task {len(wanted)}")
    return AbstractNetwork(graph, machine.letters)


def advance(
    network: AbstractNetwork, machine: Machine, sets: Zonotopes, states: Numbers
) -> Advance:
    """Return what every legal letter makes of sets that belong to states (n,) of the machine."""
    rows, letters = np.nonzero(machine.legal[states])
    following = machine.successor[states[rows], letters].astype(np.int64)
    expected = machine.output[states[rows], letters]
    parts, right, slack = [], [], 0.0
    cells = network.cells(len(sets.generators))
    share = max(CELLS // cells, 1)
    for first in range(0, max(len(rows), 1), share):
        part = slice(first, first + share)
        tick = network.step(sets.chosen(rows[part]), letters[part])
        wanted = expected[part].T
        # A bound that is no number makes neither comparison true.
        fits = (wanted == 0) | ((wanted > 0) & (tick.low > 0)) | ((wanted < 0) & (tick.high <= 0))
        right.append(tick.sound & fits.all(axis=0))
        slack = max(slack, float(tick.slack.max(initial=0.0)))
        parts.append(tick.following)
    joined = Zonotopes(
        np.concatenate([part.centre for part in parts], axis=1),
        np.concatenate([part.generators for part in parts], axis=2),
    )
    work = float(CALL * len(parts) + cells * len(rows))
    return Advance(rows, letters, following, joined, np.concatenate(right), slack, work)


def _is_well_formed(certificate: Certificate, machine: Machine, width: int) -> bool:
    count, low, high = len(certificate), certificate.low, certificate.high
    numbers: Iterator[Numbers] = chain.from_iterable(certificate.claims)
    return bool(
        count > 0
        and low.shape == high.shape == (count, width)
        and len(certificate.claims) == count
        and (np.isfinite(low) & np.isfinite(high) & (low <= high)).all()
        and ((certificate.states >= 0) & (certificate.states < machine.size)).all()
        and all(((part >= ON) & (part < count)).all() for part in numbers)
    )


def starts(network: AbstractNetwork) -> tuple[Floats, Floats]:
    """Return the least and greatest values of the states on the first tick, in any precision."""
    margin = 2 * SINGLE * np.abs(network.start)
    return network.start - margin, network.start + margin


def _starts(certificate: Certificate, network: AbstractNetwork) -> bool:
    low, high = starts(network)
    within = (certificate.low[0] <= low) & (high <= certificate.high[0])
    return bool(certificate.states[0] == 0 and within.all())


def _claimed(
    certificate: Certificate, chosen: Numbers, tick: int, origins: Numbers
) -> Numbers | None:
    """Return what is claimed of each word; None unless there is a claim for each."""
    told = [certificate.claims[region] for region in chosen]
    parts = [claims[tick] if tick < len(claims) else chosen[:0] for claims in told]
    counts = np.bincount(origins - chosen[0], minlength=len(chosen))
    if [len(part) for part in parts] != counts.tolist():
        return None
    return np.concatenate(parts)


def _inside(
    certificate: Certificate, moved: Advance, claimed: Numbers, ended: npt.NDArray[np.bool_]
) -> bool:
    """Return whether all words that ended did so inside the region that is claimed."""
    sets, regions = moved.sets.chosen(ended), claimed[ended]
    return bool(
        (certificate.states[regions] == moved.states[ended]).all()
        and (sets.low >= certificate.low[regions].T).all()
        and (sets.high <= certificate.high[regions].T).all()
    )
