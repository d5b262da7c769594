"""The shortest expressions that are found for the targets of a table, apart and together.

What is short is in the bank. What is longer is a choice, whose condition is in the bank, between
what is short in the rows on either side of it (as in Alur et al., "Scaling enumerative program
synthesis via divide and conquer", 2017), a tuple of expressions with an index, or a table of
constants. Sizes are those of `size`.
"""

import ast
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bonsai_compiler.reading.bank import Bank, Places
from bonsai_compiler.reading.columns import Asked, Column, Target
from bonsai_compiler.reading.enough import Enough
from bonsai_compiler.reading.leaves import constant, leaves_of
from bonsai_compiler.reading.lookups import Tables
from bonsai_compiler.reading.program import (
    Choice,
    Found,
    Program,
    Returned,
    inline,
    least,
)
from bonsai_compiler.reading.rows import Packed, disjoint, first_of_each, packed

CONDITION = 6
"""The size of the longest condition that chooses."""

MOST_CONDITIONS = 400
MOST_FITTED = 4_000
"""How many expressions are tried as conditions, and as what a target is in some rows."""

SHORT, FEW = 3, 300
"""Where a condition is longer than this, only so many are tried as what a target is."""

DEEPEST = 4
NESTED = 2
"""How many choices there are within each other: between statements, and on one line."""

TRIED = 3
"""How many conditions are followed that leave one side to be taken apart further."""

MOST_WORK = 2**26
"""After how much work rows are taken apart no more: a program would be long."""

WORK = 4
"""What it counts to hold an expression against a condition, beside a value in a bank."""

SPLITS = 60
"""How often rows are taken apart for one target, or for all together."""

MOST_SELECTED = 8
"""Entries of the largest tuple of expressions."""

MOST_ALIKE = 16
"""Of how many expressions that fit, all as short, one is chosen."""


class Search:
    """Looks for programs over one set of columns, none of which names a part.

    `work` counts what was worked out so far, about a hundred million in a second.
    """

    def __init__(
        self, columns: Sequence[Column], targets: Sequence[Target], longest: int, entries: int
    ) -> None:
        self.columns, self.targets = columns, targets
        self.rows = len(targets[0].asked)
        leaves = leaves_of(columns, targets, self.rows)
        self.bank = Bank(leaves, longest, entries, Enough(targets))
        self._tables = Tables(self.bank)
        self._left = SPLITS
        self.work = self.bank.work
        conditions = self.bank.places("bit", CONDITION)
        truth = self.bank.values[conditions] > 0
        varies = truth.any(axis=1) & ~truth.all(axis=1)
        self._conditions = conditions[varies][:MOST_CONDITIONS]
        self._truth = packed(truth[varies][:MOST_CONDITIONS])
        self._sizes = np.array(self.bank.sizes, dtype=np.int64)
        self._cost = self._sizes[self._conditions]
        self._places: list[Places] = []
        self._wrong: list[Packed] = []
        for target in targets:
            places = self.bank.places(target.column.kind)[:MOST_FITTED]
            wrong = (self.bank.values[places] != target.column.values) & target.asked
            self._places.append(places)
            self._wrong.append(packed(wrong))
        # What is called as a sequence that is remembered has what comes now at its end.
        held = {column.name: column.values for column in columns if column.kind != "sequence"}
        self._unchanged = [held.get(target.follows) for target in targets]
        self._named = [column for column in columns if column.read is None]
        self._fixed_in: dict[bytes, int] = {}
        self._memory: dict[tuple[bytes, tuple[int, ...]], Program | None] = {}

    @property
    def over(self) -> bool:
        """Whether so much was worked out that rows are taken apart no more."""
        return self.work >= MOST_WORK

    @cached_property
    def best(self) -> Program | None:
        """The shortest program found, None where there is none."""
        everything = np.ones(self.rows, dtype=bool)
        options: list[Program | None] = []
        apart = self.apart
        if all(apart):
            size = 1 + sum(found.size for found in apart if found)
            options.append(Returned(size, tuple(found.node for found in apart if found)))
        if len(self.targets) > 1:
            self._left = SPLITS
            options.append(self._solved(everything, tuple(range(len(self.targets))), DEEPEST))
        return least(options)

    @cached_property
    def apart(self) -> list[Found | None]:
        """The shortest expression found for each target."""
        everything = np.ones(self.rows, dtype=bool)
        found = []
        for target in range(len(self.targets)):
            self._left = SPLITS
            program = self._solved(everything, (target,), NESTED)
            options = [inline(program) if program is not None else None]
            options += [self._selected(target), self._table(target, everything)]
            found.append(min(filter(None, options), key=lambda one: one.size, default=None))
        return found

    def _solved(self, mask: Asked, targets: tuple[int, ...], depth: int) -> Program | None:
        key = mask.tobytes(), targets
        if key not in self._memory:
            self._memory[key] = self._shortest(mask, targets, depth)
        return self._memory[key]

    def _shortest(self, mask: Asked, targets: tuple[int, ...], depth: int) -> Program | None:
        plain = [self._plain(target, mask) for target in targets]
        whole = self._returned(mask, plain, targets)
        if whole is not None:
            return whole
        if depth > 0 and len(self._conditions) and self._left > 0 and not self.over:
            self._left -= 1
            options = self._choices(mask, targets, depth)
        else:
            options = []
        tables = [
            found or self._table(target, mask) for found, target in zip(plain, targets, strict=True)
        ]
        options.append(self._returned(mask, tables, targets))
        return least(options)

    def _choices(self, mask: Asked, targets: tuple[int, ...], depth: int) -> list[Program | None]:
        """Return programs that choose: between short ones, else with one side to be taken apart."""
        rows = packed(mask[None])[0]
        among = self._truth & rows
        conditions = first_of_each(among)
        among = among[conditions]
        divides = among.any(axis=1) & (among != rows).any(axis=1)
        conditions, among = conditions[divides], among[divides]
        if not len(among):
            return []
        short = int((self._cost[conditions] <= SHORT).sum())
        sides = np.zeros((2, len(among)))
        for target in targets:
            wrong = self._wrong[target] & rows
            if not len(wrong):
                return []
            kept = first_of_each(wrong)
            sizes = self._sizes[self._places[target][kept]]
            for side, where in enumerate((among, rows & ~among)):
                sides[side] += self._shortest_fits(wrong[kept], sizes, where, short)
        cost = self._cost[conditions]
        whole = 1 + cost + sides.sum(axis=0)
        order = np.argsort(whole, kind="stable")[:2]
        options = [
            self._choice(int(conditions[at]), mask, targets, depth)
            for at in order.tolist()
            if np.isfinite(whole[at])
        ]
        half = np.where(np.isinf(whole), cost + sides.min(axis=0), np.inf)
        held = np.unpackbits(among.view(np.uint8), axis=1).sum(axis=1)
        covered = np.where(sides[0] <= sides[1], held, mask.sum() - held)
        # What says much of many rows in few words comes first; then names, which divide all rows.
        value = np.where(np.isfinite(half), covered / np.maximum(half, 1), -1.0)
        tried = np.argsort(-value, kind="stable")[: TRIED if not options else 1]
        more = [at for at in tried.tolist() if value[at] > 0]
        if depth > 1 and not options:
            more += [at for at in np.flatnonzero(cost == 1).tolist() if at not in more]
        options += [self._choice(int(conditions[at]), mask, targets, depth) for at in more]
        return options

    def _shortest_fits(
        self, wrong: Packed, sizes: npt.NDArray[np.int64], where: Packed, short: int
    ) -> npt.NDArray[np.float64]:
        """Return the size of the shortest expression without a fault `where`, infinite for none.

        Either the condition is among the first, `short` ones, or the expression among FEW.
        """
        found = np.full(len(where), np.inf)
        for part, most in ((slice(short), len(wrong)), (slice(short, None), FEW)):
            if len(where[part]) and len(wrong):
                self.work += WORK * len(wrong[:most]) * len(where[part])
                fits = disjoint(where[part], wrong[:most])
                first = fits.argmax(axis=1)
                met = fits[np.arange(len(fits)), first]
                found[part] = np.where(met, sizes[first], np.inf)
        return found

    def _choice(self, at: int, mask: Asked, targets: tuple[int, ...], depth: int) -> Program | None:
        truth = self.bank.values[self._conditions[at]] > 0
        yes = self._solved(mask & truth, targets, depth - 1)
        no = self._solved(mask & ~truth, targets, depth - 1) if yes else None
        if yes is None or no is None:
            return None
        size = 1 + int(self._cost[at]) + yes.size + no.size
        test = self.bank.node(int(self._conditions[at]))
        match test:
            case ast.UnaryOp(ast.Not(), inner):
                return Choice(size - 1, inner, no, yes)
            case _:
                return Choice(size, test, yes, no)

    def _plain(self, target: int, mask: Asked) -> Found | None:
        """Return the shortest expression of the bank that fits a target; a constant if one does."""
        wanted = self.targets[target]
        asked = wanted.asked & mask
        values = wanted.column.values[asked]
        if not len(values):
            # What is free is what it is where it is first asked for.
            values = wanted.column.values[wanted.asked][:1]
        if len(values) and (values == values[0]).all():
            value = int(values[0])
            return Found(constant(value, wanted.column), 1 + (value < 0))
        fits = disjoint(self._wrong[target], packed(mask[None]))[:, 0]
        if not fits.any():
            return None
        places = self._places[target][fits][:MOST_ALIKE]
        size = self.bank.sizes[int(places[0])]
        # Of what is as short, what does not read a name that stands for a constant here.
        fixed = self._fixed(mask)
        place = min(
            (at for at in places.tolist() if self.bank.sizes[at] == size),
            key=lambda at: (int(self.bank.read[at]) & fixed).bit_count(),
        )
        return Found(self.bank.node(place), size)

    def _fixed(self, mask: Asked) -> int:
        """Return the names, as bits of a number, that are constant in some rows."""
        key = mask.tobytes()
        if key not in self._fixed_in:
            self._fixed_in[key] = sum(
                1 << place
                for place, column in enumerate(self._named)
                if len(values := column.values[mask]) and (values == values[0]).all()
            )
        return self._fixed_in[key]

    def _returned(
        self, mask: Asked, found: Sequence[Found | None], targets: tuple[int, ...]
    ) -> Returned | None:
        if not all(found):
            return None
        kept = self._keeps(mask, targets)
        told = [
            one
            for at, one in zip(targets, found, strict=True)
            if one and not (kept and self.targets[at].follows)
        ]
        size = 1 + kept + sum(one.size for one in told)
        return Returned(size, tuple(one.node for one in told), kept)

    def _keeps(self, mask: Asked, targets: tuple[int, ...]) -> bool:
        """Return whether all of several states stay as they are in these rows."""
        states = [at for at in targets if self.targets[at].follows]
        if len(states) < 2:
            return False
        for at in states:
            old, target = self._unchanged[at], self.targets[at]
            if old is None or ((old != target.column.values) & target.asked & mask).any():
                return False
        return True

    def _selected(self, target: int) -> Found | None:
        """Return the shortest tuple of expressions of which an index takes one."""
        best: Found | None = None
        for place in self._tables.names:
            index, size = self.bank.values[place], self.bank.sizes[place]
            count = int(index.max()) + 1
            if not 2 < count <= MOST_SELECTED:
                continue
            entries = [self._plain(target, index == value) for value in range(count)]
            if not all(entries):
                continue
            total = 1 + size + sum(entry.size for entry in entries if entry)
            if best is None or total < best.size:
                listed = ast.Tuple([entry.node for entry in entries if entry])
                best = Found(ast.Subscript(listed, self.bank.node(place)), total)
        return best

    def _table(self, target: int, mask: Asked) -> Found | None:
        """Return the shortest table of constants that gives a target."""
        wanted = self.targets[target]
        return self._tables.shortest(
            wanted.column, wanted.asked & mask, everywhere=bool(mask.all())
        )
