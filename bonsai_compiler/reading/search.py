"""The shortest expressions that are found for the targets of a table, apart and together.

What is short is in the bank. What is longer is a choice, whose condition is in the bank, between
what is short in the rows on either side of it (as in Alur et al., "Scaling enumerative program
synthesis via divide and conquer", 2017), a tuple of expressions with an index, or a table of
constants. Sizes are those of `size`.
"""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bonsai_compiler.reading.bank import Bank, Leaf, Places
from bonsai_compiler.reading.columns import Asked, Column, Target, Values
from bonsai_compiler.reading.size import counted

Packed = npt.NDArray[np.uint64]

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

WORK = 4
"""What it counts to hold an expression against a condition, beside a value in a bank."""

SPLITS = 60
"""How often rows are taken apart for one target, or for all together."""

MOST_ENTRIES = 40
MOST_SELECTED = 8
"""Entries of the largest table of constants, and of the largest tuple of expressions."""

PART = "part "
"""What the names of parts begin with that are neither states nor outputs."""

MOST_ALIKE = 16
"""Of how many expressions that fit, all as short, one is chosen."""

MOST_TABLES = 10
"""How many indices, the shortest ones, are tried for a table."""

AWKWARD = 4
"""What an index that is no name counts more than it is long: a reader has to work it out."""

INDEX = 5
"""The size of the longest index of a table."""


@dataclass(frozen=True, slots=True)
class Found:
    """An expression, and how much it is to read."""

    node: ast.expr
    size: int


@dataclass(frozen=True, slots=True)
class Returned:
    """What is returned, in the order of the targets: outputs alone if all states are `kept`."""

    size: int
    values: tuple[ast.expr, ...]
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One of two programs."""

    size: int
    test: ast.expr
    yes: "Program"
    no: "Program"


@dataclass(frozen=True, slots=True)
class Named:
    """A name for a value, and the program that uses it."""

    size: int
    name: str
    value: ast.expr
    rest: "Program"


Program = Returned | Choice | Named


class Search:
    """Looks for programs over one set of columns, none of which names a part.

    `work` counts what was worked out so far, about a hundred million in a second.
    """

    def __init__(
        self, columns: Sequence[Column], targets: Sequence[Target], longest: int, entries: int
    ) -> None:
        self.columns, self.targets = columns, targets
        self.rows = len(targets[0].asked)
        self.bank = Bank(_leaves(columns, targets, self.rows), longest, entries)
        self._left = SPLITS
        self.work = self.bank.work
        conditions = self.bank.places("bit", CONDITION)
        truth = self.bank.values[conditions] > 0
        varies = truth.any(axis=1) & ~truth.all(axis=1)
        self._conditions = conditions[varies][:MOST_CONDITIONS]
        self._truth = _packed(truth[varies][:MOST_CONDITIONS])
        self._cost = self._measured(self._conditions)
        self._places: list[Places] = []
        self._wrong: list[Packed] = []
        for target in targets:
            places = self.bank.places(target.column.kind)[:MOST_FITTED]
            wrong = (self.bank.values[places] != target.column.values) & target.asked
            self._places.append(places)
            self._wrong.append(_packed(wrong))
        held = {column.name: column.values for column in columns}
        self._unchanged = [held.get(target.follows) for target in targets]
        self._named = [column for column in columns if not column.is_part]
        self._fixed_in: dict[bytes, int] = {}
        self._memory: dict[tuple[bytes, tuple[int, ...]], Program | None] = {}

    def _measured(self, places: Places) -> npt.NDArray[np.int64]:
        return np.array([self.bank.sizes[at] for at in places.tolist()], dtype=np.int64)

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
        return _least(options)

    @cached_property
    def apart(self) -> list[Found | None]:
        """The shortest expression found for each target."""
        everything = np.ones(self.rows, dtype=bool)
        found = []
        for target in range(len(self.targets)):
            self._left = SPLITS
            program = self._solved(everything, (target,), NESTED)
            options = [_inline(program) if program is not None else None]
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
        if depth > 0 and len(self._conditions) and self._left > 0:
            self._left -= 1
            options = self._choices(mask, targets, depth)
        else:
            options = []
        tables = [
            found or self._table(target, mask) for found, target in zip(plain, targets, strict=True)
        ]
        options.append(self._returned(mask, tables, targets))
        return _least(options)

    def _choices(self, mask: Asked, targets: tuple[int, ...], depth: int) -> list[Program | None]:
        """Return programs that choose: between short ones, else with one side to be taken apart."""
        rows = _packed(mask[None])[0]
        among = self._truth & rows
        conditions = _first_of_each(among)
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
            kept = _first_of_each(wrong)
            sizes = self._measured(self._places[target][kept])
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
                fits = _disjoint(wrong[:most], where[part])
                first = fits.argmax(axis=0)
                met = fits[first, np.arange(fits.shape[1])]
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
        values = np.unique(wanted.column.values[asked])
        if len(values) == 1:
            value = int(values[0])
            return Found(constant(value, wanted.column), 1 + (value < 0))
        fits = ~(self._wrong[target] & _packed(mask[None])[0]).any(axis=1)
        if not fits.any():
            return None
        places = self._places[target][fits][:MOST_ALIKE]
        size = self.bank.sizes[int(places[0])]
        # Of what is as short, what does not read a name that stands for a constant here.
        fixed = self._fixed(mask)
        place = min(
            (at for at in places.tolist() if self.bank.sizes[at] == size),
            key=lambda at: (self.bank.read[at] & fixed).bit_count(),
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
        for place in self._names:
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
        """Return the shortest table of constants that gives a target, by one index or two."""
        wanted, asked = self.targets[target].column, self.targets[target].asked & mask
        indices = np.array(self._indices if mask.all() else self._names, dtype=np.int64)
        fits = indices[functions(self.bank.values[indices][:, asked], wanted.values[asked])]
        best: Found | None = None
        for place in fits[:MOST_TABLES].tolist():
            more = 0 if self._is_name(place) else AWKWARD
            index = Found(self.bank.node(place), self.bank.sizes[place] + more)
            entries = _entries(self.bank.values[place][asked], wanted.values[asked])
            if entries is not None:
                found = _looked_up(entries, wanted, index)
                best = found if best is None or found.size < best.size else best
        return best or self._table_of_two(wanted, asked)

    def _table_of_two(self, wanted: Column, asked: Asked) -> Found | None:
        best: Found | None = None
        wide = [at for at in self._names if self.bank.values[at].max() > 1]
        for one in wide:
            for other in self._names:
                first, second = self.bank.values[one], self.bank.values[other]
                width = int(second.max()) + 1
                entries = _entries((first * width + second)[asked], wanted.values[asked])
                if one == other or entries is None or len(entries) > MOST_ENTRIES:
                    continue
                full = (*entries, *[entries[-1]] * (-len(entries) % width))
                if best is None or 4 + len(full) < best.size:
                    rows: list[ast.expr] = [
                        ast.Tuple([constant(entry, wanted) for entry in full[at : at + width]])
                        for at in range(0, len(full), width)
                    ]
                    table = ast.Subscript(ast.Tuple(rows), self.bank.node(one))
                    best = Found(ast.Subscript(table, self.bank.node(other)), 4 + len(full))
        return best

    def _is_name(self, place: int) -> bool:
        """Return whether an index has a meaning of its own: a state, an input, an output."""
        node = self.bank.node(place)
        return isinstance(node, ast.Name) and not node.id.startswith(PART)

    @cached_property
    def _names(self) -> list[int]:
        """The places of indices with a meaning of their own."""
        return [at for at in self._indices if self.bank.sizes[at] == 1 and self._is_name(at)]

    @cached_property
    def _indices(self) -> list[int]:
        """The places of what can be an index: integers from 0 and named bits, the short first."""
        values = self.bank.values
        lengths = (("integer", INDEX), ("bit", 1))
        places = np.concatenate([self.bank.places(kind, length) for kind, length in lengths])
        low, high = values[places].min(axis=1), values[places].max(axis=1)
        fits = places[(low >= 0) & (high > 0) & (high < MOST_ENTRIES) & (low < high)]
        return sorted(fits.tolist(), key=lambda at: self.bank.sizes[at])[:200]


def _packed(rows: Asked) -> Packed:
    """Return truths (n, rows) as words of 64 bits, (n, words)."""
    bits = np.packbits(rows, axis=1)
    words = np.zeros((len(rows), -(-max(bits.shape[1], 1) // 8) * 8), dtype=np.uint8)
    words[:, : bits.shape[1]] = bits
    return words.view(np.uint64)


def _disjoint(one: Packed, other: Packed) -> Asked:
    """Return (n, m): which rows of one (n, words) have no bit in common with which of another."""
    clear = np.ones((len(one), len(other)), dtype=bool)
    for left, right in zip(one.T, other.T, strict=True):
        clear &= (left[:, None] & right[None, :]) == 0
    return clear


def _first_of_each(rows: Packed) -> npt.NDArray[np.int64]:
    """Return the place of the first of all equal rows, ascending."""
    whole = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1] * 8)))
    return np.sort(np.unique(whole.reshape(-1), return_index=True)[1])


def functions(indices: Values, wanted: Values) -> npt.NDArray[np.bool_]:
    """Return of which indices (n, rows), from 0 on, the wanted values (rows,) are a function."""
    shape = len(indices), int(indices.max(initial=0)) + 1
    low, high = np.full(shape, 2**14), np.full(shape, -(2**14))
    places = np.broadcast_to(np.arange(len(indices))[:, None], indices.shape), indices
    values = np.broadcast_to(wanted, indices.shape)
    np.minimum.at(low, places, values)
    np.maximum.at(high, places, values)
    return np.asarray(((low == high) | (high < low)).all(axis=1))


def _entries(index: Values, wanted: Values) -> tuple[int, ...] | None:
    """Return the entries of a table by index, None where one index has to give two values."""
    if not len(index):
        return None
    top = int(index.max()) + 1
    low, high = np.full(top, 2**14), np.full(top, -(2**14))
    np.minimum.at(low, index, wanted)
    np.maximum.at(high, index, wanted)
    known = high >= low
    if (low[known] != high[known]).any():
        return None
    return tuple(np.where(known, low, wanted.min()).tolist())


def _looked_up(entries: tuple[int, ...], wanted: Column, index: Found) -> Found:
    """Return a lookup, or for a bit a test of membership where that is shorter."""
    true = [place for place, entry in enumerate(entries) if entry]
    if wanted.kind == "bit" and 1 < len(true) < len(entries):
        listed = ast.Tuple([ast.Constant(place) for place in true])
        more = len(true) + (0 if isinstance(index.node, ast.Name) else AWKWARD)
        return Found(ast.Compare(index.node, [ast.In()], [listed]), index.size + 1 + more)
    table = ast.Tuple([constant(entry, wanted) for entry in entries])
    more = sum(1 + (entry < 0) for entry in entries)
    return Found(ast.Subscript(table, index.node), index.size + 1 + more)


def constant(value: int, column: Column) -> ast.expr:
    """Return a value of a column as Python writes it."""
    match column.kind:
        case "bit":
            return ast.Constant(bool(value))
        case "word":
            return ast.Constant(column.words[value])
        case _:
            return number(value)


def number(value: int) -> ast.expr:
    """Return an integer as Python writes it."""
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


def size_of(node: ast.expr) -> int:
    """Return how much an expression is to read."""
    return sum(counted(part) for part in ast.walk(node))


def _least(programs: Iterable[Program | None]) -> Program | None:
    """Return the shortest of some programs, the first of several."""
    found = [program for program in programs if program is not None]
    return min(found, key=lambda program: program.size, default=None)


def _inline(program: Program) -> Found | None:
    """Return a program of one target as an expression."""
    match program:
        case Returned(size, (value,)):
            return Found(value, size - 1)
        case Choice(_, test, yes, no):
            first, second = _inline(yes), _inline(no)
            if first is None or second is None:
                return None
            size = 1 + size_of(test) + first.size + second.size
            return Found(ast.IfExp(test, first.node, second.node), size)
        case _:
            return None


def _leaves(columns: Sequence[Column], targets: Sequence[Target], rows: int) -> list[Leaf]:
    """Return names and constants: truths, words, and the integers that may be of use."""
    leaves = [
        Leaf(_read(column), 3, column.kind, column.values, "part")
        if column.is_part
        else Leaf(_read(column), 1, column.kind, column.values)
        for column in columns
    ]
    every = [*columns, *(target.column for target in targets)]
    for truth in (False, True):
        values = np.full(rows, truth, dtype=np.int16)
        leaves.append(Leaf(ast.Constant(truth), 1, "bit", values, "constant"))
    for value in _constants(every):
        values = np.full(rows, value, dtype=np.int16)
        leaves.append(Leaf(number(value), 1 + (value < 0), "integer", values, "constant"))
    words = next((column.words for column in every if column.words), ())
    for place, word in enumerate(words):
        values = np.full(rows, place, dtype=np.int16)
        leaves.append(Leaf(ast.Constant(word), 1, "word", values, "constant"))
    return leaves


def _read(column: Column) -> ast.expr:
    """Return how a column is read."""
    if column.is_part:
        whole, index = column.name.removesuffix("]").split("[")
        return ast.Subscript(ast.Name(whole), ast.Name(index))
    return ast.Name(column.name)


MOST_CONSTANTS = 24


def _constants(columns: Sequence[Column]) -> list[int]:
    """Return the integers that may stand in a program: all values, and one more."""
    values = {-1, 0, 1, 2}
    for column in columns:
        if column.kind == "integer":
            met = np.unique(column.values).tolist()
            values |= {*met, met[-1] + 1}
    return sorted(values, key=lambda value: (abs(value), value < 0))[:MOST_CONSTANTS]
