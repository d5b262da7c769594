"""The table of a machine under a code: what has to come out of its program in each situation."""

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.ports import Port
from bonsai_compiler.reading.codes import Code
from bonsai_compiler.reading.columns import Column, Target
from bonsai_compiler.reading.rows import gathered
from bonsai_compiler.specification.machine import Machine

MOST_ROWS = 512
"""The rows of the largest table for which a program is looked for."""

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Situations:
    """The columns of states and inputs, the targets, the next states first; and legality.

    `start` has the first value of each state. `guarded` are the columns over all pairs of a state
    and a letter, and `legal` whether that may come; neither where every letter may come always.
    """

    columns: tuple[Column, ...]
    targets: tuple[Target, ...]
    start: tuple[bool | int | str, ...]
    guarded: tuple[Column, ...] = ()
    legal: Target | None = None


def situations(machine: Machine, code: Code, seen: Callable[[str], str]) -> Situations | None:
    """Return the table of a machine under a code; None where the code does not tell enough apart.

    Nor where there are more than MOST_ROWS rows. `seen` says what the program calls an input or
    an output.
    """
    words = words_of(machine, code.members)
    held = tuple(_reworded(member, words) for member in code.members)
    states, letters = np.nonzero(machine.legal)
    rows = _Rows(held, states, letters)
    if len(rows.first) > MOST_ROWS:
        return None
    following = machine.successor[states, letters]
    wanted = [
        Target(
            replace(column, name=f"next {column.name}", values=column.values[following]),
            following >= 0,
            column.name,
        )
        for column in held
    ]
    wanted += results_of(machine, states, letters, words, seen)
    targets = [rows.joint(target) for target in wanted]
    expanded = np.asarray(machine.legal.any(axis=1))
    guarded: tuple[Column, ...] = ()
    legal = None
    if not machine.legal[expanded].all():
        everywhere = np.nonzero(np.broadcast_to(expanded[:, None], machine.legal.shape))
        pairs = _Rows(held, *everywhere)
        values = machine.legal[everywhere].astype(np.int16)
        legal = pairs.joint(Target(Column("legal", "bit", values), np.ones(len(values), bool)))
        targets.append(legal)
        guarded = pairs.columns(held, inputs_of(machine, words, seen))
    known = tuple(target for target in targets if target is not None)
    if len(known) < len(targets):
        return None
    columns = rows.columns(held, inputs_of(machine, words, seen))
    return Situations(
        (*columns, *_parts(columns, len(held), code.memory)),
        known[: len(wanted)],
        tuple(value_of(column) for column in held),
        guarded,
        legal,
    )


def _parts(columns: Sequence[Column], states: int, memory: str) -> Iterator[Column]:
    """Yield the entries of what is remembered, if all are alike, by indices that vary."""
    held = columns[:states]
    if states < 2 or len({column.kind for column in held}) > 1:
        return
    stacked = np.stack([column.values for column in held])
    for index in columns[states:]:
        values = index.values
        fits = states == 2 if index.kind == "bit" else index.kind == "integer"
        if fits and values.min(initial=0) >= 0 and 0 < values.max(initial=0) < states:
            entries = stacked[values, np.arange(len(values))]
            read = ast.Subscript(ast.Name(memory), ast.Name(index.name))
            yield replace(held[0], name=ast.unparse(read), values=entries, read=read)


class _Rows:
    """Pairs of states and letters, of which those that a code does not tell apart are one row."""

    def __init__(self, held: Sequence[Column], states: Numbers, letters: Numbers) -> None:
        keys = np.column_stack([*(column.values[states] for column in held), letters])
        _, self.first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        self._which: Numbers = which.reshape(-1)
        self._states, self._letters = states[self.first], letters[self.first]

    def columns(self, held: Sequence[Column], inputs: Sequence[Column]) -> tuple[Column, ...]:
        """Return the columns of the states (values of all states) and inputs (of all letters)."""
        return (
            *(replace(column, values=column.values[self._states]) for column in held),
            *(replace(column, values=column.values[self._letters]) for column in inputs),
        )

    def joint(self, target: Target) -> Target | None:
        """Return a target over pairs as one over the rows; None where one would need two values."""
        values, asked = target.column.values[target.asked], self._which[target.asked]
        found = gathered(asked, values, len(self.first))
        if found is None:
            return None
        column = replace(target.column, values=np.where(found[1], found[0], 0).astype(np.int16))
        return Target(column, found[1], target.follows)


def words_of(machine: Machine, members: Sequence[Column]) -> tuple[str, ...]:
    """Return all words of a program: those of its states, inputs and outputs."""
    listed = [word for member in members for word in member.words]
    return tuple(
        dict.fromkeys([*listed, *(word for port in machine.ports for word in port.labels)])
    )


def _reworded(column: Column, words: tuple[str, ...]) -> Column:
    if column.kind != "word":
        return column
    places = np.array([words.index(word) for word in column.words], dtype=np.int16)
    return replace(column, values=places[column.values], words=words)


def value_of(column: Column) -> bool | int | str:
    """Return the first value of a column as Python has it."""
    value = int(column.values[0])
    match column.kind:
        case "bit":
            return bool(value)
        case "word":
            return column.words[value]
        case _:
            return value


def inputs_of(machine: Machine, words: tuple[str, ...], seen: Callable[[str], str]) -> list[Column]:
    """Return the inputs under all letters."""
    signals = machine.input_signals
    columns = zip(signals.fields, signals.places, strict=True)
    return [_field(field, machine.letters[:, place], words, seen) for field, place in columns]


def _field(
    field: Port | str,
    bits: npt.NDArray[np.bool_],
    words: tuple[str, ...],
    seen: Callable[[str], str],
) -> Column:
    """Return what a user sees of the bits (n, bits) of a field."""
    if not isinstance(field, Port):
        return Column(seen(field), "bit", bits[:, 0].astype(np.int16))
    name, steps = seen(field.name), field.steps(bits)
    if not field.labels:
        return Column(name, "integer", (steps + field.low).astype(np.int16))
    places = np.array([words.index(word) for word in field.labels], dtype=np.int16)
    return Column(name, "word", places[steps], words)


def results_of(
    machine: Machine,
    states: Numbers,
    letters: Numbers,
    words: tuple[str, ...],
    seen: Callable[[str], str],
) -> list[Target]:
    """Return what is asked of each output."""
    codes, signals = machine.output[states, letters], machine.output_signals
    found = []
    for field, place in zip(signals.fields, signals.places, strict=True):
        own = codes[:, place]
        column = _field(field, own > 0, words, seen)
        found.append(Target(column, (own != 0).all(axis=1)))
    return found
