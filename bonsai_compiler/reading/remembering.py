"""Programs that remember a sequence of inputs, and say their outputs of that."""

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bonsai_compiler.ir.ports import Port
from bonsai_compiler.reading.codes import INPUTS, Code
from bonsai_compiler.reading.columns import Asked, Column, Kind, Target
from bonsai_compiler.reading.features import between, features, patterns
from bonsai_compiler.reading.program import Choice, Program, size_as_it_stands, size_of
from bonsai_compiler.reading.readable import Naming, Readable
from bonsai_compiler.reading.search import Search
from bonsai_compiler.reading.situations import inputs_of, results_of, words_of
from bonsai_compiler.reading.statements import Writer, as_lines, size_of_statements
from bonsai_compiler.reading.unfolding import Unfolded, unfolded
from bonsai_compiler.specification.machine import Machine, minimal_classes, quotient

LONGEST, ENTRIES = 8, 2**22


def remembering(
    machine: Machine, called: Sequence[str], naming: Callable[[Code], Naming], enough: int | None
) -> Iterator[tuple[int, Readable]]:
    """Yield programs that remember sequences of inputs, and how much each is to read.

    A task that remembers such sequences has them `called` so. Texts are not tried where tuples need
    no more than is `enough`.
    """
    small = quotient(machine, minimal_classes(machine))
    for steps in unfolded(small):
        bits = all(not isinstance(small.input_signals.fields[at], Port) for at in steps.kept)
        found = []
        for digits in (False, True) if bits else (False,):
            program = _Kept(small, steps, digits=digits).program(called, naming)
            found += [] if program is None else [program]
            if enough is not None and found and found[0][0] <= enough:
                break
        yield from sorted(found, key=lambda one: one[0])[:1]


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """Sequences as tuples, or of `digits` as texts."""

    machine: Machine
    steps: Unfolded
    digits: bool

    def program(
        self, called: Sequence[str], naming: Callable[[Code], Naming]
    ) -> tuple[int, Readable] | None:
        """Return the least that is found, and how much that is to read."""
        steps, fields = self.steps, self.machine.input_signals.fields
        wished = "word" if steps.last is None else "recent"
        inputs = [_name(fields[at]) for at in steps.kept]
        wishes = [wished] if len(inputs) == 1 else [f"{wished}_{name}" for name in inputs]
        wishes = [*called] if len(called) == len(wishes) else wishes
        members = tuple(Column(name, "sequence", np.zeros(1, np.int16)) for name in wishes)
        code = Code(members, f"{wished}s", INPUTS)
        names = naming(code)
        held = [names.of(name) for name in wishes]
        columns, targets = self._table(held, names)
        begun = [self._with(name, names.seen(one)) for name, one in zip(held, inputs, strict=True)]
        writer = Writer(columns, targets, names.memory, names.fresh, begun)
        best: tuple[int, list[ast.stmt]] | None = None
        for program in self._programs(columns, targets, held):
            body = writer.body(program)
            size = size_of_statements(body) + max(program.size - size_as_it_stands(program), 0)
            if best is None or size < best[0]:
                best = size, body
        if best is None:
            return None
        start = tuple(self._packed(steps.start, at) for at in range(len(held)))
        told = [names.seen(name) for name in inputs]
        notes = [self._said(*pair) for pair in zip(held, told, strict=True)]
        return best[0], Readable(code, names, start, as_lines(best[1]), [], notes=notes)

    def _said(self, name: str, letter: str) -> str:
        """Return in a sentence what a sequence is of."""
        last, block = self.steps.last, self.steps.block
        said = f"{name} has what {letter} was, the latest at the end"
        if last is not None:
            return (
                f"{said}, on the last {last} ticks." if last > 1 else f"{said}, on the last tick."
            )
        if block is not None:
            return f"{said}, and is empty again after {block} ticks."
        ever = (
            "until nothing of it matters any more" if () in self.steps.following else "on all ticks"
        )
        return f"{said}, {ever}."

    def _with(self, name: str, letter: str) -> ast.stmt:
        """Return the line that adds what comes now."""
        more: ast.expr = ast.Tuple([ast.Name(letter)])
        if self.digits:
            more = ast.Subscript(ast.Constant("01"), ast.Name(letter))
        return ast.AugAssign(ast.Name(name), ast.Add(), more)

    def _packed(self, sequence: Sequence[Any], at: int) -> Any:
        """Return the values of one input."""
        if self.digits:
            return "".join("01"[letter[at]] for letter in sequence)
        return tuple(letter[at] for letter in sequence)

    def _table(self, held: Sequence[str], names: Naming) -> tuple[list[Column], list[Target]]:
        """Return what there is on each step, and what has to come out."""
        machine, steps = self.machine, self.steps
        words = words_of(machine, ())
        seen = {name: [self._packed(one, at) for one in steps.seen] for at, name in enumerate(held)}
        following = [
            [None if one is None else self._packed(one, at) for one in steps.following]
            for at in range(len(held))
        ]
        known = dict.fromkeys(one for rows in (*seen.values(), *following) for one in rows)
        places = {one: place for place, one in enumerate(one for one in known if one is not None)}
        texts = tuple(map(repr, places))

        def column(name: str, rows: Sequence[Any]) -> Column:
            return Column(
                name, "sequence", np.array([places.get(one, 0) for one in rows], np.int16), texts
            )

        results = results_of(machine, steps.states, steps.letters, words, names.seen)
        inputs = [
            replace(one, values=one.values[steps.letters])
            for one in inputs_of(machine, words, names.seen)
        ]
        columns = inputs + [column(name, rows) for name, rows in seen.items()]
        targets = []
        for name, rows in zip(held, following, strict=True):
            asked = np.array([one is not None for one in rows], dtype=bool)
            targets.append(Target(column(f"next {name}", rows), asked, name))
            if steps.last is not None:
                kept = f"{name}[1:]" if steps.start else f"{name}[-{steps.last}:]"
                read = ast.parse(kept, mode="eval").body
                cut = [one[-steps.last :] for one in seen[name]]
                columns.append(replace(column(ast.unparse(read), cut), read=read))
        return columns, [*targets, *results]

    def _programs(
        self, columns: Sequence[Column], targets: Sequence[Target], held: Sequence[str]
    ) -> Iterator[Program]:
        """Yield programs: one for all steps, and one that tells the last of a block."""
        everything = np.ones(len(self.steps.seen), dtype=bool)
        whole = self._searched(columns, targets, held, everything)
        if whole is not None:
            yield whole
        block = self.steps.block
        if block is None:
            return
        ends = np.array([following == () for following in self.steps.following], dtype=bool)
        before = self._searched(columns, targets, held, ~ends)
        after = self._searched(columns, targets, held, ends)
        if before is not None and after is not None:
            test = ast.parse(f"len({held[0]}) < {block}", mode="eval").body
            size = 1 + size_of(test) + before.size + after.size
            yield Choice(size, test, before, after)

    def _searched(
        self, columns: Sequence[Column], targets: Sequence[Target], held: Sequence[str], rows: Asked
    ) -> Program | None:
        """Return the shortest program that is right in some rows."""
        steps = self.steps
        asked = [
            replace(
                target,
                column=replace(target.column, values=target.column.values[rows]),
                asked=target.asked[rows],
            )
            for target in targets
        ]
        given = [replace(column, values=column.values[rows]) for column in columns]
        chosen = [one for one, fits in zip(steps.seen, rows.tolist(), strict=True) if fits]
        sequences = {
            name: [self._packed(one, at) for one in chosen] for at, name in enumerate(held)
        }
        results = [target for target in asked if not target.follows]
        for at, (name, values) in enumerate(sequences.items()):
            field = self.machine.input_signals.fields[steps.kept[at]]
            given += features(name, values, _kind(field), words_of(self.machine, ()))
            given += patterns(name, values, results)
        if len(held) > 1:
            given += between(sequences)
        return Search(given, asked, LONGEST, ENTRIES).best


def _name(field: Port | str) -> str:
    return field.name if isinstance(field, Port) else field


def _kind(field: Port | str) -> Kind:
    if not isinstance(field, Port):
        return "bit"
    return "word" if field.labels else "integer"
