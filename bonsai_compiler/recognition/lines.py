"""States in a row: how they can be numbered so that letters add, set, raise or lower."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from bonsai_compiler.recognition.updates import HOLD, Track, Update

Numbers = npt.NDArray[np.int64]

MOST_ACTIONS = 12
"""How many of the most frequent actions states are put in a row by."""


@dataclass(frozen=True, slots=True)
class Line:
    """A numbering of states: `place[state]` is the state's value on a track."""

    place: tuple[int, ...]
    track: Track


@dataclass(frozen=True, slots=True)
class Fit:
    """A line, and for each action the update that it is."""

    line: Line
    updates: tuple[Update, ...]


def fits(actions: Numbers, weights: Numbers) -> Iterator[Fit]:
    """Yield ways to see the states of a small machine as values in a row.

    `actions` (actions, states) lead to states, -1 where an action cannot come; `weights` (actions,)
    say how many letters each stands for. State 0 is the start.
    """
    seen: set[tuple[Line, Offers]] = set()
    for line, offered in _lines(actions, weights):
        if (line, offered) not in seen:
            seen.add((line, offered))
            found = (_updates(line, offer, actions, weights) for offer in offered(len(line.place)))
            yield from (Fit(line, updates) for updates in dict.fromkeys(found) if updates)


Offers = Callable[[int], list[list[Update]]]
"""Kinds of updates to choose among, for a line of some size."""


def _lines(actions: Numbers, weights: Numbers) -> Iterator[tuple[Line, Offers]]:
    states = actions.shape[1]
    identity = tuple(range(states))
    yield Line(identity, Track(states)), _sets
    for order in _by_holding(actions):
        yield Line(order, Track(states)), _greatest
        yield Line(_reversed(order), Track(states)), _least
    for order, back in _rows(actions, weights):
        if back == 0:
            yield Line(order, Track(states, round=True)), _adds
        if back is not None:
            yield Line(order, Track(states, back=back)), _counts
        yield Line(order, Track(states)), _adds
        yield Line(_reversed(order), Track(states)), _adds
        yield Line(order, Track(states, stays=True)), _adds
        yield Line(_reversed(order), Track(states, stays=True)), _adds
    for order in _differences(actions, weights):
        for factor in range(2, states):
            yield Line(order, Track(states, round=True, factor=factor)), _sums


def _adds(size: int) -> list[list[Update]]:
    amounts = sorted(range(1 - size, size), key=lambda amount: (abs(amount), -amount))
    adds = [Update("add", amount) for amount in amounts]
    # By steps of one at most; from anywhere to one value, or all the way by adding.
    return [[*adds[:3], *_set_to(size)], [*adds, *_set_to(size)]]


def _counts(size: int) -> list[list[Update]]:
    return [[*(Update("add", amount) for amount in range(size)), *_set_to(size)]]


def _sums(size: int) -> list[list[Update]]:
    return [[Update("add", amount) for amount in range(size)]]


def _sets(size: int) -> list[list[Update]]:
    return [[HOLD, *_set_to(size)]]


def _greatest(size: int) -> list[list[Update]]:
    return [[Update("raise", amount) for amount in range(size)] + _set_to(size)]


def _least(size: int) -> list[list[Update]]:
    return [[Update("lower", amount) for amount in reversed(range(size))] + _set_to(size)]


def _set_to(size: int) -> list[Update]:
    return [Update("set", value) for value in range(size)]


def _reversed(order: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(len(order) - 1 - place for place in order)


def _by_holding(actions: Numbers) -> Iterator[tuple[int, ...]]:
    """Yield states by how many actions hold them: as a greatest value so far orders them."""
    counts = (actions == np.arange(actions.shape[1])).sum(axis=0)
    if len(set(counts.tolist())) == len(counts):
        yield tuple(np.argsort(np.argsort(counts)).tolist())


def _rows(actions: Numbers, weights: Numbers) -> Iterator[tuple[tuple[int, ...], int | None]]:
    """Yield orders in which one action leads from each state to the next, and back to where.

    Back to None where the last state stays, or where the action cannot come there.
    """
    states = actions.shape[1]
    for action in _frequent(weights):
        row = actions[action].tolist()
        unreached = set(range(states)) - set(row)
        if len(unreached) > 1:
            continue
        order = [unreached.pop() if unreached else 0]
        while (following := row[order[-1]]) >= 0 and following not in order:
            order.append(following)
        if len(order) == states:
            back = order.index(following) if following >= 0 else None
            yield _places(order), None if back == states - 1 else back


def _differences(actions: Numbers, weights: Numbers) -> Iterator[tuple[int, ...]]:
    """Yield orders of a ring in which one action leads one further than another."""
    states = actions.shape[1]
    whole = [at for at in _frequent(weights) if sorted(actions[at].tolist()) == [*range(states)]]
    for one, other in product(whole, whole):
        if one != other:
            turn = dict(zip(actions[one].tolist(), actions[other].tolist(), strict=True))
            order = [0]
            while (following := turn[order[-1]]) != 0:
                order.append(following)
            if len(order) == states:
                yield _places(order)


def _frequent(weights: Numbers) -> list[int]:
    order: list[int] = np.argsort(-weights, kind="stable")[:MOST_ACTIONS].tolist()
    return order


def _places(order: list[int]) -> tuple[int, ...]:
    places = [0] * len(order)
    for place, state in enumerate(order):
        places[state] = place
    return tuple(places)


def _updates(
    line: Line, offered: list[Update], actions: Numbers, weights: Numbers
) -> tuple[Update, ...] | None:
    """Return an update for each action, as few different ones as is easy; None if there is none."""
    place = np.array(line.place)
    top = len(place) - 1
    if line.track.stays and not _stays(actions, int(np.argmax(place))):
        return None
    known = actions >= 0
    asked = known & (place != top) if line.track.stays else known
    wanted = np.where(known, place[actions], -1)
    told = np.stack([line.track.apply(update, place) for update in offered])
    able = ((told[:, None, :] == wanted) | ~asked).all(axis=2)
    chosen: dict[int, Update] = {}
    left = set(range(len(actions)))
    while left:
        score: Counter[int] = Counter()
        for at in range(len(offered)):
            score[at] = sum(int(weights[action]) for action in left if able[at, action])
        # The first of the best: what is offered first is what a person would say first.
        best = max(range(len(offered)), key=lambda at: (score[at], -at))
        if not score[best]:
            return None
        for action in [action for action in left if able[best, action]]:
            chosen[action] = offered[best]
            left.remove(action)
    return tuple(chosen[action] for action in range(len(actions)))


def _stays(actions: Numbers, state: int) -> bool:
    column = actions[:, state]
    return bool(((column == state) | (column < 0)).all())
