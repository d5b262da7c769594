"""A closed machine: minimal, with its state encoding, compared with a task's own, and in words."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from bonsai_compiler.equivalence.search import results
from bonsai_compiler.equivalence.system import FAULT, GraphSystem, ProgramSystem
from bonsai_compiler.equivalence.verdict import Counterexample
from bonsai_compiler.errors import shown
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.interpreter import Floats
from bonsai_compiler.learning.learner import Learned
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.specification.task import Basis

Classes = npt.NDArray[np.int64]
Joint = tuple[str, ...]
"""The names of the levels that a network's states take together."""

LEVEL_NAMES = {2: ("L", "H"), 3: ("L", "Z", "H")}
"""What the article calls the levels of a state that has so many, the lowest first."""


@dataclass(frozen=True, slots=True)
class StateEncoding:
    """How the states of a network encode the state of the machine.

    `members[k]` are the joint levels that stand for state k of the machine, the lowest first: a
    level's name for each of `names`. A program has one name, `state`, and its values are the
    levels. `legend[name]` gives the value of each named level; it is empty where levels are their
    own names. What `needless` names can be left out: the other states still tell the machine's.
    Where a machine was learned nothing is known of this, and there are no names.
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
            own = LEVEL_NAMES.get(len(levels), own)
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


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """How a machine stands to a task's minimal one.

    `same`: equal but for the names of the states, so that the two are equivalent on every legal
    input. `agrees`: they differ, but only where the task does not care. `differs`: on the last
    tick of `difference`, and on no shorter legal sequence.
    """

    task: str
    machine: Machine
    outcome: Literal["same", "agrees", "differs"]
    difference: Counterexample | None


@dataclass(frozen=True, slots=True, eq=False)
class Closed:
    """A minimal machine, numbered by discovery from 0, the start, and its state encoding.

    `reached` states were met before equivalent ones were merged.
    """

    machine: Machine
    reached: int
    encoding: StateEncoding


@dataclass(frozen=True, slots=True, eq=False)
class NamedMachine(Closed):
    """The minimal machine of what is called `name`, and how it stands to a task's, if to any.

    Where states do not close it was `learned`; `basis` is that of a task that nobody wrote.
    """

    name: str
    comparison: Comparison | None
    learned: Learned | None = None
    basis: Basis | None = None


def state_title(state: int) -> str:
    """Return A, B, ..., Z, AA, AB, ... for the states 0, 1, ..."""
    title, rest = "", state + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        title = chr(ord("A") + place) + title
    return title


def letter_word(machine: Machine, letter: int) -> str:
    """Return a digit for each input, or the integers of its ports with commas between."""
    return machine.input_signals.word(tuple(machine.letters[letter].tolist()))


def output_word(machine: Machine, state: int, letter: int) -> str:
    """Return the outputs likewise; - for "don't care", ! for none at all."""
    codes = machine.output[state, letter]
    return machine.output_signals.word(results(codes), "!" if FAULT in codes else "-")


def joint_word(joint: Joint) -> str:
    """Return joint levels in short, such as LH; with dots where one needs more than a letter."""
    return ("" if all(len(level) == 1 for level in joint) else ".").join(joint)


def unknown_encoding(machine: Machine) -> StateEncoding:
    """Return the state encoding of a machine that was learned: none."""
    return StateEncoding((), ((),) * machine.size, {}, ())


def learned_lines(drawing: NamedMachine) -> list[str]:
    """Return in words by what a machine was learned, and what is certain of it; else nothing."""
    held = drawing.learned
    if held is None:
        return list(drawing.basis.how) if drawing.basis else []
    signals = drawing.machine.input_signals, drawing.machine.output_signals
    return [f"learned by {held.cost}", held.verdict.describe(*signals)]


def outcome_line(drawing: NamedMachine) -> str:
    """Return in words how the machine stands to the task's; empty without a task."""
    held = drawing.comparison
    if held is None:
        return ""
    if held.difference is not None:
        where = held.difference.describe(held.machine.input_signals, held.machine.output_signals)
        return f"differs from the task {held.task}: {where}"
    if held.outcome == "agrees":
        return f"agrees with the task {held.task}: differs only where that does not care"
    return f"the same as the minimal machine of the task {held.task}"
