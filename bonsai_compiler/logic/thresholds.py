"""Which thresholds of a few of a network's states tell the states of a machine apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.interpreter import Floats

Classes = npt.NDArray[np.int64]

MOST_TRIED = 2_000
"""How many choices of so many thresholds are tried, to find the fewest that do."""

MOST_CUTS = 12
"""How many thresholds may be needed at most."""

WIDEST = 24
"""How many gaps between a state's values are looked at where no threshold keeps classes whole."""

ENDLESS = 1e300
"""Values beyond this are of states that overflow."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Cuts, ascending, of some columns of states; what lies above one counts one level more."""

    cuts: Mapping[int, tuple[float, ...]]

    def codes(self, states: Floats) -> Classes:
        """Return the level of each column that is cut, (n, columns), for states (n, width)."""
        levels = [
            np.searchsorted(np.array(own), states[:, column]) for column, own in self.cuts.items()
        ]
        return np.array(levels, dtype=np.int64).reshape(len(levels), len(states)).T


@dataclass(frozen=True, slots=True)
class _Cut:
    """A threshold, the room around it as a share of the column's range, and what lies above."""

    column: int
    value: float
    room: float
    above: npt.NDArray[np.bool_]


def telling(states: Floats, classes: Classes) -> Thresholds:
    """Return the fewest thresholds found with which states (n, width) tell their classes (n,).

    Those are preferred that no class lies on both sides of, with the most room around them. Where
    such do not tell all classes, some class is of several codes; where even MOST_CUTS do not, as
    many states as can be are told.
    """
    kinds, members = np.unique(classes, return_inverse=True)
    if len(kinds) <= 1:
        return Thresholds({})
    whole = _whole(states, members.reshape(-1), len(kinds))
    return _ordered(_fewest(whole) or _greedy(states, members.reshape(-1)))


def _whole(states: Floats, members: Classes, count: int) -> list[_Cut]:
    """Return the widest cut for each way in which one column parts the classes, none in two."""
    found: dict[tuple[int, bytes], _Cut] = {}
    for column, values in enumerate(states.T):
        low, high = np.full(count, np.inf), np.full(count, -np.inf)
        np.minimum.at(low, members, values)
        np.maximum.at(high, members, values)
        reach = float(np.ptp(values)) or 1.0
        order = np.argsort(low, kind="stable")
        tops = np.maximum.accumulate(high[order])
        for place in range(count - 1):
            bottom, top = tops[place], low[order[place + 1]]
            if bottom < top and abs(bottom) < ENDLESS and abs(top) < ENDLESS:
                above = np.ones(count, dtype=bool)
                above[order[: place + 1]] = False
                room = float((top - bottom) / reach)
                found[column, above.tobytes()] = _Cut(column, _between(bottom, top), room, above)
    return sorted(found.values(), key=lambda cut: -cut.room)


def _between(low: float, high: float) -> float:
    """Return the shortest number in the middle half of what lies between two numbers."""
    middle, room = low / 2 + high / 2, high / 4 - low / 4
    rounded = (round(float(middle), decimals) + 0.0 for decimals in range(17))
    return next((value for value in rounded if abs(value - middle) <= room), float(middle))


def _fewest(cuts: Sequence[_Cut]) -> list[_Cut] | None:
    """Return the fewest cuts that together tell all classes, of these with the most room."""
    if not cuts:
        return None
    count = len(cuts[0].above)
    if len(np.unique(np.stack([cut.above for cut in cuts]), axis=1).T) < count:
        return None
    tried = 0
    for width in range(1, len(cuts) + 1):
        best: tuple[float, list[_Cut]] | None = None
        for some in combinations(cuts, width):
            tried += 1
            if tried > MOST_TRIED:
                break
            room = min(cut.room for cut in some)
            if (best is None or room > best[0]) and _tells(some, count):
                best = room, list(some)
        if best is not None:
            return best[1]
        if tried > MOST_TRIED:
            break
    kept = list(cuts)
    for cut in reversed(cuts):
        fewer = [other for other in kept if other is not cut]
        kept = fewer if _tells(fewer, count) else kept
    return kept


def _tells(cuts: Sequence[_Cut], count: int) -> bool:
    """Return whether no two of so many classes lie on the same side of all cuts."""
    return len({tuple(side) for side in np.stack([cut.above for cut in cuts]).T.tolist()}) == count


def _greedy(states: Floats, members: Classes) -> list[_Cut]:
    """Return cuts that leave ever fewer states of different classes with the same code."""
    options = list(_gaps(states))
    cells = np.zeros(len(states), dtype=np.int64)
    chosen: list[_Cut] = []
    while options and len(chosen) < MOST_CUTS and (before := _confused(cells, members)):
        scores = [(_confused(2 * cells + cut.above, members), -cut.room) for cut in options]
        best = min(range(len(options)), key=scores.__getitem__)
        if scores[best][0] >= before:
            break
        chosen.append(options[best])
        cells = np.unique(2 * cells + options[best].above, return_inverse=True)[1].reshape(-1)
    least = _confused(cells, members)
    for cut in list(chosen):
        fewer = [other for other in chosen if other is not cut]
        if _confused(_cells(fewer, len(states)), members) <= least:
            chosen = fewer
    return chosen


def _gaps(states: Floats) -> Iterator[_Cut]:
    """Yield cuts in the widest gaps of each column."""
    for column, values in enumerate(states.T):
        ladder = np.unique(values[np.abs(values) < ENDLESS])
        widths = np.diff(ladder)
        reach = float(np.ptp(ladder)) if len(ladder) else 0.0
        for place in np.argsort(-widths, kind="stable")[:WIDEST]:
            value = _between(*ladder[place : place + 2])
            yield _Cut(column, value, float(widths[place] / reach), values > value)


def _cells(cuts: Sequence[_Cut], count: int) -> Classes:
    cells = np.zeros(count, dtype=np.int64)
    for cut in cuts:
        cells = np.unique(2 * cells + cut.above, return_inverse=True)[1].reshape(-1)
    return cells


def _confused(cells: Classes, members: Classes) -> int:
    """Return how many pairs of states of different classes are in the same cell."""
    width = int(members.max()) + 1
    together = np.unique(cells, return_counts=True)[1]
    alike = np.unique(cells * width + members, return_counts=True)[1]
    return int((together**2).sum() - (alike**2).sum()) // 2


def _ordered(cuts: Sequence[_Cut]) -> Thresholds:
    found: dict[int, tuple[float, ...]] = {}
    for cut in sorted(cuts, key=lambda cut: (cut.column, cut.value)):
        found[cut.column] = (*found.get(cut.column, ()), cut.value)
    return Thresholds(found)
