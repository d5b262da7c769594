"""Codes: what the states of a machine are remembered as, and called, in its program.

The program of a machine may have any code that tells apart what has to be. Those that are tried
are the levels of the network's own states, the values of the task's where these are plain, and
numbers along the paths that the machine itself walks.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.names import identifier
from bonsai_compiler.reading.columns import Column
from bonsai_compiler.specification.machine import Machine, minimal_classes

MOST_MEMBERS = 8
LARGEST = 2**12
LONGEST = 40
"""The most things that a program remembers, the largest integer among them, the longest word."""


TASK, NETWORK, MACHINE, INPUTS = "the task", "the network", "the machine", "the inputs"
"""Where a code comes from."""


@dataclass(frozen=True, slots=True, eq=False)
class Code:
    """What a program remembers: the value (states,) of each member in each state of a machine.

    `memory` is what it calls all of them together, and `origin` says where the code comes from.
    """

    members: tuple[Column, ...]
    memory: str
    origin: str


def network_code(
    names: Sequence[str], levels: npt.NDArray[np.float64], ladders: Sequence[bool]
) -> Code | None:
    """Return the code of a graph of logic: its states as they are, integers where `ladders`."""
    if not 0 < len(names) <= MOST_MEMBERS:
        return None
    members = tuple(
        Column(name, "integer" if ladder else "bit", column.astype(np.int16))
        for name, column, ladder in zip(names, levels.T, ladders, strict=True)
    )
    return Code(members, "state", NETWORK)


def task_code(values: Sequence[object], source: str) -> Code | None:
    """Return the code of a task's own states, called as its source calls them.

    What is None there is one less than the least integer, or the word "none". No code where a state
    is anything but a bool, a small integer, a word, or a tuple of these, always as long.
    """
    memory, called = _names(source)
    rows = [value if isinstance(value, tuple) else (value,) for value in values]
    width = len(rows[0])
    if not 0 < width <= MOST_MEMBERS or any(len(row) != width for row in rows):
        return None
    if not isinstance(values[0], tuple):
        called = [memory]
    elif len(called) != width:
        called = [f"{memory}_{place}" for place in range(width)]
    columns = [_without_none(column) for column in zip(*rows, strict=True)]
    words = dict.fromkeys(
        entry for row in zip(*columns, strict=True) for entry in row if isinstance(entry, str)
    )
    members = []
    for name, column in zip(called, columns, strict=True):
        if len(set(column)) > 1:
            members.append(_member(name, column, tuple(words)))
    known = tuple(member for member in members if member is not None)
    return Code(known, memory, TASK) if len(known) == len(members) > 0 else None


def sequences_of(values: Sequence[object], source: str) -> list[str]:
    """Return what a task calls the sequences that it remembers; nothing where it remembers none.

    Sequences are texts and tuples that are empty at times, and at others not.
    """
    memory, called = _names(source)
    if _are_sequences(values):
        return [memory]
    rows = [value for value in values if isinstance(value, tuple)]
    fits = len(rows) == len(values) and {len(row) for row in rows} == {len(called)}
    return called if fits and all(map(_are_sequences, zip(*rows, strict=True))) else []


def _are_sequences(values: Sequence[object]) -> bool:
    lengths = {len(value) for value in values if isinstance(value, tuple | str)}
    whole = all(isinstance(value, tuple | str) for value in values)
    return whole and len(lengths) > 1 and 0 in lengths


def _without_none(column: Sequence[object]) -> Sequence[object]:
    """Return a column in which None is what it stands for among the other values."""
    others = {type(entry) for entry in column if entry is not None}
    filler: object = None
    if others == {int}:
        filler = min(entry for entry in column if isinstance(entry, int)) - 1
    elif others == {str} and "none" not in column:
        filler = "none"
    return [filler if entry is None else entry for entry in column]


def _member(name: str, column: Sequence[object], words: tuple[str, ...]) -> Column | None:
    kinds = {type(entry) for entry in column}
    if kinds == {bool}:
        return Column(name, "bit", np.array(column, dtype=np.int16))
    if kinds == {int}:
        integers = [entry for entry in column if isinstance(entry, int)]
        fits = max(map(abs, integers)) < LARGEST
        return Column(name, "integer", np.array(integers, dtype=np.int16)) if fits else None
    if kinds == {str}:
        spelt = [entry for entry in column if isinstance(entry, str)]
        places = np.array([words.index(word) for word in spelt], dtype=np.int16)
        plain = all(word.isprintable() and len(word) <= LONGEST for word in spelt)
        return Column(name, "word", places, words) if plain else None
    return None


def _names(source: str) -> tuple[str, list[str]]:
    """Return what `step` calls its state, and what it calls the members where it unpacks them."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return "state", []
    for statement in ast.walk(tree):
        if not isinstance(statement, ast.FunctionDef) or statement.name != "step":
            continue
        arguments = [*statement.args.posonlyargs, *statement.args.args]
        memory = next((one.arg for one in arguments if one.arg != "self"), "state")
        for inner in ast.walk(statement):
            match inner:
                case ast.Assign([ast.Tuple(targets)], ast.Name(name)) if name == memory:
                    called = [_worded(one.id) for one in targets if isinstance(one, ast.Name)]
                    if len(called) == len(targets) == len({*called}):
                        return _worded(memory), called
        return _worded(memory), []
    return "state", []


def _worded(name: str) -> str:
    """Return a name without underscores in front, which say that it is not used."""
    return identifier(name.strip("_") or "state")


def merged(machine: Machine, code: Code) -> Code | None:
    """Return a code in which states that behave alike are remembered alike, as the first of them.

    None where no two behave alike.
    """
    classes = minimal_classes(machine)
    first = np.unique(classes, return_index=True)[1]
    if len(first) == machine.size:
        return None
    members = (replace(member, values=member.values[first][classes]) for member in code.members)
    return replace(code, members=tuple(members))


def number_codes(machine: Machine) -> Iterator[Code]:
    """Yield codes that number the states that behave differently.

    First along paths that the machine itself walks, along which it counts: those of one letter,
    and those from where one letter leads to where another does, such as from 2n to 2n + 1. Last in
    order of discovery.
    """
    classes = minimal_classes(machine)
    for order in dict.fromkeys(tuple(path) for path in _paths(machine, classes)):
        places = np.empty(len(order), dtype=np.int16)
        places[list(order)] = np.arange(len(order))
        yield Code((Column("state", "integer", places[classes]),), "state", MACHINE)
    yield discovery_code(machine)


def discovery_code(machine: Machine) -> Code:
    """Return the code that numbers the states that behave differently in order of discovery."""
    classes = minimal_classes(machine).astype(np.int16)
    return Code((Column("state", "integer", classes),), "state", MACHINE)


def _paths(machine: Machine, classes: npt.NDArray[np.int64]) -> Iterator[list[int]]:
    count = int(classes.max()) + 1
    successor = machine.successor[np.unique(classes, return_index=True)[1]]
    following = np.where(successor >= 0, classes[successor], -1)
    columns = {column.tobytes(): column.tolist() for column in following.T}
    moves = [
        {place: to for place, to in enumerate(column) if to >= 0} for column in columns.values()
    ]
    moves += [
        {one[place]: other[place] for place in sorted(one.keys() & other.keys())}
        for one in moves
        for other in moves
        if one is not other and len({*one.values()}) == len(one)
    ]
    for move in moves:
        path = _path(move, count)
        if path and move.get(path[-1]) == path[0]:
            # Of a ring, any state may be 0: the start, or the one after or before it.
            start = path.index(0)
            turns = [(start + shift) % count for shift in (0, 1, count - 1)]
            yield from (path[first:] + path[:first] for first in turns)
        elif path:
            yield path


def _path(move: dict[int, int], count: int) -> list[int] | None:
    """Return all states in the order in which a move visits them, None where it does not."""
    begins = {*range(count)} - {*move.values()}
    if len(begins) > 1:
        return None
    path = [begins.pop() if begins else 0]
    while len(path) < count:
        following = move.get(path[-1])
        if following is None or following in path:
            return None
        path.append(following)
    return path
