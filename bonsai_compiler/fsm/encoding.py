"""State encodings: the joint levels of a network that stand for each state of its machine."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.equivalence.system import GraphSystem, ProgramSystem
from bonsai_compiler.errors import shown
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.interpreter import Floats

Classes = npt.NDArray[np.int64]
Joint = tuple[str, ...]
"""The names of the levels that a network's states take together."""

LADDERS = {2: ("L", "H"), 3: ("L", "Z", "H")}
"""What the article calls the levels of a state that has so many, the lowest first."""


@dataclass(frozen=True, slots=True)
class StateEncoding:
    """How the states of a network encode the state of the machine.

    `members[k]` are the joint levels that stand for state k of the machine, the lowest first: a
    level's name for each of `names`. A program has one name, `state`, and its values are the
    levels. `legend[name]` gives the value of each named level; it is empty where levels are their
    own names. What `needless` names can be left out: the other states still tell the machine's.
    """

    names: tuple[str, ...]
    members: tuple[tuple[Joint, ...], ...]
    legend: dict[str, dict[str, float]]
    needless: tuple[str, ...]


def encoding_of(
    system: GraphSystem | ProgramSystem, states: Floats, classes: Classes
) -> StateEncoding:
    """Return how `states` (n, width), each of which has a class (n,), encode the classes."""
    if isinstance(system, GraphSystem):
        return _encoding_of_graph(system.graph, states, classes)
    return _encoding_of_program(system, states[:, 0].astype(np.int64), classes)


def _encoding_of_program(
    system: ProgramSystem, numbers: npt.NDArray[np.int64], classes: Classes
) -> StateEncoding:
    titles = {number: shown(system.value(number)) for number in numbers.tolist()}
    uses = Counter(titles.values())
    # Different states may look the same, all the more when shortened.
    titles = {
        number: f"{title} (#{number})" if uses[title] > 1 else title
        for number, title in titles.items()
    }
    joint: list[Joint] = [(titles[number],) for number in numbers.tolist()]
    return StateEncoding(("state",), _members(joint, classes), {}, ())


def _encoding_of_graph(graph: Graph, states: Floats, classes: Classes) -> StateEncoding:
    names = tuple(state.name for state in graph.states)
    legend: dict[str, dict[str, float]] = {}
    ranks, titles = [], []
    for name, column in zip(names, states.T, strict=True):
        levels, places = np.unique(column, return_inverse=True)
        own = tuple(map(str, range(len(levels))))
        if graph.dialect is Dialect.LOGIC:
            own = tuple(str(int(level)) for level in levels)
        else:
            own = LADDERS.get(len(levels), own)
            legend[name] = dict(zip(own, levels.tolist(), strict=True))
        ranks.append(places.reshape(-1))
        titles.append(own)
    # From the lowest levels to the highest, those of each state of the machine together.
    order = np.lexsort((*reversed(ranks), classes))
    joint = [
        tuple(own[places[row]] for own, places in zip(titles, ranks, strict=True)) for row in order
    ]
    return StateEncoding(
        names, _members(joint, classes[order]), legend, _needless(names, joint, classes[order])
    )


def _members(joint: list[Joint], classes: Classes) -> tuple[tuple[Joint, ...], ...]:
    members: list[dict[Joint, None]] = [{} for _ in range(int(classes.max()) + 1)]
    for levels, own in zip(joint, classes.tolist(), strict=True):
        members[own][levels] = None
    return tuple(map(tuple, members))


def _needless(names: tuple[str, ...], joint: list[Joint], classes: Classes) -> tuple[str, ...]:
    """Return the names of states without which the others tell as much, later ones first tried.

    Where the inputs that are legal, or the ticks that are left, differ, one joint level may
    stand for several states of the machine; then it must go on standing for the same.
    """
    told: dict[Joint, set[int]] = {}
    for levels, own in zip(joint, classes.tolist(), strict=True):
        told.setdefault(levels, set()).add(own)
    kept = list(range(len(names)))
    for place in reversed(range(len(names))):
        rest = [other for other in kept if other != place]
        seen: dict[Joint, set[int]] = {}
        if all(
            seen.setdefault(tuple(levels[other] for other in rest), machine) == machine
            for levels, machine in told.items()
        ):
            kept = rest
    return tuple(name for place, name in enumerate(names) if place not in kept)
