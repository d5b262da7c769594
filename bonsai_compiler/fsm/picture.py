"""Where a network stands while its machine is in each of its states: outlines in a plane."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.equivalence.system import GraphSystem, MachineSystem
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.interpreter import Floats
from bonsai_compiler.logic.thresholds import telling
from bonsai_compiler.oracle.falsify import random_simulation
from bonsai_compiler.specification.machine import Machine

RUNS, TICKS = 64, 60
MOST_POINTS = 400
"""How many of the states that runs meet are drawn; those of the machine take turns."""

BINS = 16
"""Into how many parts, of as many states each, a unit's values go to see what it tells."""

Classes = npt.NDArray[np.int64]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Plane:
    """Two directions in which the states of a network are looked at.

    A state stands at `(across . (state - middle), up . (state - middle))`. Where both are units,
    `cuts` are the thresholds on each that tell the machine's states.
    """

    title: str
    across: str
    up: str
    middle: tuple[float, ...]
    axes: tuple[tuple[float, ...], tuple[float, ...]]
    cuts: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())


@dataclass(frozen=True, slots=True)
class Unit:
    """How many bits a unit tells about the state of the machine, by itself."""

    name: str
    bits: float


@dataclass(frozen=True, slots=True)
class Picture:
    """What runs of a network meet, in its states `names`, beside the states of a machine.

    `points[plane]` are some of them, in the order of the machine's states there, the `owners`;
    `hulls[plane][k]` is the outline of all that was met in state k of the machine. The `units` that
    tell the most come first, of the `bits` that there are to be told.
    """

    names: tuple[str, ...]
    planes: tuple[Plane, ...]
    points: tuple[tuple[Point, ...], ...]
    owners: tuple[int, ...]
    hulls: tuple[tuple[tuple[Point, ...], ...], ...]
    units: tuple[Unit, ...]
    bits: float


def picture_of(graph: Graph, machine: Machine) -> Picture | None:
    """Return the picture of a network beside a machine, as long as it does what that does.

    None where there is nothing to see: states are few, or grow beyond all bounds.
    """
    names = tuple(state.name for state in graph.states)
    if machine.size < 2 or len(names) < 2:
        return None
    candidate, wanted = GraphSystem(graph, machine.letters), MachineSystem(machine)
    runs = random_simulation(
        candidate, wanted, np.random.default_rng(0), RUNS, TICKS, keep=True, rhythm=False
    )
    owners = runs.specification[:, 0].astype(np.int64)
    known = (owners >= 0) & np.isfinite(runs.candidate).all(axis=1)
    states, owners = runs.candidate[known], owners[known]
    if (
        np.ptp(states, axis=0).max(initial=0.0) > 1e6
        or len(np.unique(states, axis=0)) <= machine.size
    ):
        return None
    found = telling(states, owners)
    bits = [_told(column, owners) for column in states.T]
    order = sorted(range(len(names)), key=lambda place: -bits[place])
    cuts = dict(found.cuts)
    # Those that thresholds are of, then those that tell the most.
    pair = [*sorted(cuts, key=lambda place: -bits[place]), *order]
    one, other = list(dict.fromkeys(pair))[:2]
    planes = (_of_units(names, one, other, cuts), _principal(states))
    drawn = _evenly(owners)[:MOST_POINTS]
    return Picture(
        names,
        planes,
        tuple(_pairs(_seen(plane, states[drawn])) for plane in planes),
        tuple(owners[drawn].tolist()),
        tuple(
            tuple(_hull(_seen(plane, states[owners == state])) for state in range(machine.size))
            for plane in planes
        ),
        tuple(Unit(names[place], bits[place]) for place in order),
        _entropy(np.bincount(owners)),
    )


def _of_units(
    names: tuple[str, ...], one: int, other: int, cuts: dict[int, tuple[float, ...]]
) -> Plane:
    axes = np.eye(len(names))[[one, other]].tolist()
    return Plane(
        "two telling units",
        names[one],
        names[other],
        (0.0,) * len(names),
        (tuple(axes[0]), tuple(axes[1])),
        (cuts.get(one, ()), cuts.get(other, ())),
    )


def _principal(states: Floats) -> Plane:
    """Return the plane in which states differ the most."""
    middle = states.mean(axis=0)
    _, spread, axes = np.linalg.svd(states - middle, full_matrices=False)
    shares = spread**2 / max(float((spread**2).sum()), 1e-300)
    across, up = (f"axis {place + 1} ({shares[place]:.0%} of the spread)" for place in range(2))
    first, second = axes[:2].tolist()
    both = tuple(first), tuple(second)
    return Plane("principal axes", across, up, tuple(middle.tolist()), both)


def _seen(plane: Plane, states: Floats) -> Floats:
    """Return where states (n, width) stand in a plane, (n, 2)."""
    return np.asarray((states - np.array(plane.middle)) @ np.array(plane.axes).T)


def _pairs(points: Floats) -> tuple[Point, ...]:
    return tuple((x, y) for x, y in points.round(3).tolist())


def _hull(points: Floats) -> tuple[Point, ...]:
    """Return the corners of the convex hull, in order (A. M. Andrew's monotone chain, 1979)."""
    rows = list(_pairs(np.unique(points.round(3), axis=0)))
    if len(rows) <= 2:
        return tuple(rows)

    def half(row: list[Point]) -> list[Point]:
        kept: list[Point] = []
        for x, y in row:
            while len(kept) > 1:
                (ax, ay), (bx, by) = kept[-2:]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                kept.pop()
            kept.append((x, y))
        return kept[:-1]

    return tuple(half(rows) + half(rows[::-1]))


def _told(column: Floats, owners: Classes) -> float:
    """Return the mutual information of a unit's value, in BINS parts, and the machine's state."""
    edges = np.unique(np.quantile(column, np.arange(1, BINS) / BINS))
    parts = np.searchsorted(edges, column)
    joint = parts * (int(owners.max()) + 1) + owners
    return max(
        _entropy(np.bincount(parts)) + _entropy(np.bincount(owners)) - _entropy(np.bincount(joint)),
        0.0,
    )


def _entropy(counts: Classes) -> float:
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log2(shares)).sum())


def _evenly(owners: Classes) -> Classes:
    """Return the rows in such an order that the machine's states take turns, as long as they do."""
    order = np.argsort(owners, kind="stable")
    turns = np.empty_like(order)
    turns[order] = np.arange(len(order)) - np.searchsorted(owners[order], owners[order])
    return np.argsort(turns, kind="stable")
