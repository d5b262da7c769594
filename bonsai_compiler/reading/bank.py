"""All short expressions over some columns, one for each behaviour: the shortest.

Expressions are made bottom up, shorter ones first, and told apart by their values in all rows
(observational equivalence, as in Udupa et al., "TRANSIT", 2013). What nobody would write is not
made: sums of conditions, remainders of choices, comparisons of constants. Sizes are those of
`size`; what a reader has to think about twice counts for more than it is long.
"""

import ast
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
import numpy.typing as npt

from bonsai_compiler.reading.columns import Values
from bonsai_compiler.reading.operators import BOUNDS, COMPARISONS, built

ENTRIES = 2**23
"""How many values, rows times expressions, are worked out for a bank at most."""

LEAST_ROWS = 64
"""What few rows count for, since each expression costs time of its own."""

SLICE = 2**18
"""How many values are worked out at once."""

Places = npt.NDArray[np.int64]

Shape = Literal["name", "constant", "sum", "bounded", "step", "choice", "truth", "joint", "part"]
"""What an expression looks like: a name, a constant, a sum or product, what is held within bounds
(a remainder, quotient, minimum or maximum), a choice of two constants or another choice, a
condition, conditions joined by `and` or `or`, an entry of a tuple."""


WHOLE: tuple[Shape, ...] = ("name", "sum", "part")
"""What integers are added up, multiplied and divided."""


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """An expression to begin with: what Python calls it, how much it is to read, its values."""

    node: ast.expr
    size: int
    kind: str
    values: Values
    shape: Shape = "name"


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Expressions made by one operator: operands (n, arity), values (n, rows)."""

    kind: str
    shape: Shape
    operator: str
    operands: Places
    values: Values


class Bank:
    """Expressions by place, shorter ones first: `values` (places, rows), `sizes`, `kinds`.

    None is longer than `longest`, nor than what is there when that is `enough`.
    """

    def __init__(
        self,
        leaves: Sequence[Leaf],
        longest: int,
        entries: int = ENTRIES,
        enough: Callable[["Bank"], bool] = lambda _: False,
    ) -> None:
        self._rows = len(leaves[0].values)
        numbers = [leaf.values for leaf in leaves if leaf.kind != "sequence"]
        self._bound = 2 * max(1, *(int(np.abs(values).max(initial=1)) for values in numbers))
        self._left = self._entries = entries
        self._made: list[Leaf | tuple[str, Places]] = []
        self._rows_of: list[int] = []
        self._known: dict[str, set[int]] = {}
        self._parts: list[Values] = [np.zeros((0, self._rows), np.int16)]
        self._by_size: dict[tuple[str, Shape, int], list[int]] = {}
        draw = np.random.default_rng(0)
        self._key = draw.integers(1, 2**62, self._rows, dtype=np.int64) | 1
        self._kinds = [np.zeros(0, np.str_)]
        self.kinds = self._kinds[0]
        self.sizes: list[int] = []
        self.values: Values = self._parts[0]
        names = [leaf for leaf in leaves if leaf.shape == "name"]
        bit_of = {id(leaf): 1 << place for place, leaf in enumerate(names[:62])}
        self._reads: list[npt.NDArray[np.int64]] = []
        self.read = np.zeros(0, np.int64)
        self._whole: dict[tuple[str, int, tuple[Shape, ...]], Places] = {}
        for self._size in range(1, longest + 1):
            size = self._size
            for leaf in leaves:
                if leaf.size == size and self._new(leaf.kind, leaf.shape, size, leaf.values[None]):
                    self._made.append(leaf)
                    self._rows_of.append(0)
                    self._reads.append(np.array([bit_of.get(id(leaf), 0)], np.int64))
            self._join()
            for batch in self._batches(size):
                self._left -= len(batch.values) * max(self._rows, LEAST_ROWS)
                fresh = self._new(batch.kind, batch.shape, size, batch.values)
                if fresh:
                    self._made += [(batch.operator, batch.operands)] * len(fresh)
                    self._rows_of += fresh
                    read = self.read[batch.operands[fresh]]
                    self._reads.append(np.bitwise_or.reduce(read, axis=1))
            self._join()
            if enough(self):
                break

    @property
    def work(self) -> int:
        """How many values were worked out."""
        return self._entries - self._left

    def __len__(self) -> int:
        return len(self._made)

    def node(self, place: int) -> ast.expr:
        """Return the expression at a place."""
        made = self._made[place]
        if isinstance(made, Leaf):
            return made.node
        operator, operands = made
        return built(operator, [self.node(at) for at in operands[self._rows_of[place]].tolist()])

    def places(self, kind: str, longest: int | None = None) -> Places:
        """Return the places of all expressions of a kind, the shorter ones first."""
        most = len(self) if longest is None else bisect_right(self.sizes, longest)
        return np.flatnonzero(self.kinds[:most] == kind)

    def _join(self) -> None:
        self.values, self.kinds = np.concatenate(self._parts), np.concatenate(self._kinds)
        self._parts, self._kinds = [self.values], [self.kinds]
        self.read = np.concatenate([self.read, *self._reads])
        self._reads = []

    def _new(self, kind: str, shape: Shape, size: int, values: Values) -> list[int]:
        """Add the values (n, rows) that are new, and return which those are."""
        keys = (values.astype(np.int64) @ self._key).tolist()
        known = self._known.setdefault(kind, set())
        before = len(known)
        fresh = []
        for at, key in enumerate(keys):
            known.add(key)
            if len(known) > before:
                before += 1
                fresh.append(at)
        if kind == "integer" and fresh:
            within = np.abs(values[fresh]).max(axis=1) <= self._bound
            fresh = [at for at, fits in zip(fresh, within.tolist(), strict=True) if fits]
        if not fresh:
            return []
        places = range(len(self.sizes), len(self.sizes) + len(fresh))
        self._parts.append(values[fresh])
        self._kinds.append(np.full(len(fresh), kind))
        self.sizes += [size] * len(fresh)
        self._by_size.setdefault((kind, shape, size), []).extend(places)
        return fresh

    def _of(self, kind: str, size: int, *shapes: Shape) -> Places:
        """Return the places of expressions of a kind and size, of some shapes or any."""
        key = kind, size, shapes
        if size < self._size and key in self._whole:
            return self._whole[key]
        found: list[int] = []
        for (own, shape, measured), places in self._by_size.items():
            if own == kind and measured == size and (not shapes or shape in shapes):
                found += places
        self._whole[key] = np.array(sorted(found), dtype=np.int64)
        return self._whole[key]

    def _met(self) -> list[str]:
        """Return the kinds that there are, in the order in which they were met."""
        return [*dict.fromkeys(kind for kind, _, _ in self._by_size)]

    def _batches(self, size: int) -> Iterator[_Batch]:
        """Yield what is made of shorter expressions, nicest first."""
        # There may be no room for what comes last, and a name modulo 5 is worth more than a sum.
        for left in range(1, min(4, size - 1)):
            yield from self._divided(left, size - 1 - left)
        inner = self._of("bit", size - 1, "name", "part", "joint")
        if len(inner):
            yield _Batch("bit", "truth", "not", inner[:, None], 1 - self.values[inner])
        for left in range(1, size - 1):
            yield from self._truths(left, size - 1 - left)
        for left in range(1, size - 1):
            yield from self._integers(left, size - 1 - left)
        for left in range(4, size - 1):
            yield from self._divided(left, size - 1 - left)
        yield from self._choices(size)

    def _pairs(self, one: Places, other: Places) -> Iterator[tuple[Places, Values, Values]]:
        """Yield pairs of places with their values, some at a time."""
        if not len(one) or not len(other):
            return
        several = max(1, SLICE // (self._rows * len(other)))
        for start in range(0, len(one), several):
            if self._left <= 0:
                return
            some = one[start : start + several]
            first, second = np.repeat(some, len(other)), np.tile(other, len(some))
            pairs = np.stack([first, second], axis=1)
            yield pairs, self.values[first], self.values[second]

    def _truths(self, left: int, right: int) -> Iterator[_Batch]:
        if left <= right:
            for places, first, second in self._two_of("bit", left, right):
                yield _Batch("bit", "joint", "and", places, first & second)
                yield _Batch("bit", "joint", "or", places, first | second)
        # Whether two conditions differ is harder to read than whether two names do.
        for simple, more in ((True, 0), (False, 1)):
            if left > right - more or right - more < 1:
                continue
            shapes: tuple[Shape, ...] = ("name", "part") if simple else ("truth", "joint")
            for places, first, second in self._two_of("bit", left, right - more, *shapes):
                apart = first ^ second
                yield _Batch("bit", "truth", "!=", places, apart)
                yield _Batch("bit", "truth", "==", places, 1 - apart)
        if right > 2:
            return
        for kind in self._met():
            if kind == "bit":
                continue
            shapes = ("name", "sum", "bounded", "part")
            signs = list(COMPARISONS) if kind == "integer" else ["==", "!="]
            # More than 3 is at least 4. A sum counts for more beside what is no number.
            least = [sign for sign in signs if sign not in ("<=", ">=")]
            names = self._of(kind, right, "name", "part")
            sided = [
                (self._of(kind, left, *shapes), self._of(kind, right, "constant"), least),
                (self._of(kind, left, "name", "part"), names, signs),
                (self._of(kind, left - 1, "sum"), names, signs),
                (self._of(kind, left - 2, "bounded"), names, signs),
            ]
            for one, other, asked in sided:
                for places, first, second in self._pairs(one, other):
                    for sign in asked:
                        held = COMPARISONS[sign][1](first, second).astype(np.int16)
                        yield _Batch("bit", "truth", sign, places, held)

    def _two_of(
        self, kind: str, left: int, right: int, *shapes: Shape
    ) -> Iterator[tuple[Places, Values, Values]]:
        """Yield pairs that vary, each once; of `shapes` only the second is asked to be."""
        one, other = self._of(kind, left), self._of(kind, right, *shapes)
        variable = [at[self._varies(at)] for at in (one, other)]
        for places, first, second in self._pairs(*variable):
            kept = places[:, 0] < places[:, 1] if left == right else slice(None)
            yield places[kept], first[kept], second[kept]

    def _varies(self, places: Places) -> npt.NDArray[np.bool_]:
        values = self.values[places]
        return np.asarray((values != values[:, :1]).any(axis=1))

    def _divided(self, left: int, right: int) -> Iterator[_Batch]:
        """Yield remainders and quotients."""
        constants = self._of("integer", right, "constant")
        constants = constants[self.values[constants][:, 0] > 1]
        for places, first, second in self._pairs(self._of("integer", left, *WHOLE), constants):
            yield _Batch("integer", "bounded", "%", places, np.mod(first, second))
        for places, first, second in self._pairs(self._of("integer", left - 2, *WHOLE), constants):
            yield _Batch("integer", "bounded", "//", places, np.floor_divide(first, second))

    def _integers(self, left: int, right: int) -> Iterator[_Batch]:
        """Yield sums and products, and the less or more of two."""
        constants = self._of("integer", right, "constant")
        constants = constants[self.values[constants][:, 0] > 0]
        one, other = self._of("integer", left, *WHOLE), self._of("integer", right, *WHOLE)
        bits = self._of("bit", right, "name")
        steps = self._of("integer", right, "step")
        summed = [
            (one, np.concatenate([other, bits, constants, steps])),
            (self._of("bit", left, "name"), bits),
            (self._of("bit", left - 1, "name"), constants),
        ]
        for first_of, second_of in summed:
            for places, first, second in self._pairs(first_of, second_of):
                kept = self._apart(places)
                yield _Batch("integer", "sum", "+", places[kept], first[kept] + second[kept])
        for places, first, second in self._pairs(one, np.concatenate([other, constants])):
            kept = self._apart(places)
            yield _Batch("integer", "sum", "-", places[kept], first[kept] - second[kept])
        # To take away a bit, or to multiply one, makes a reader think twice.
        if right > 1:
            odd = self._of("bit", right - 1, "name")
            for places, first, second in self._pairs(one, odd):
                kept = self._apart(places)
                yield _Batch("integer", "sum", "-", places[kept], first[kept] - second[kept])
        begun = self._of("integer", left, "constant")
        begun = begun[self.values[begun][:, 0] > 0]
        for places, first, second in self._pairs(begun, self._of("integer", right - 1, *WHOLE)):
            yield _Batch("integer", "sum", "-", places, first - second)
        factors = begun[self.values[begun][:, 0] > 1]
        harder = [self._of("integer", right - 1, "sum"), self._of("bit", right - 1, "name")]
        plain = self._of("integer", right, "name", "part")
        for places, first, second in self._pairs(factors, np.concatenate([plain, *harder])):
            yield _Batch("integer", "sum", "*", places, first * second)
        bounded = self._of("integer", left, "name", "sum", "part", "bounded")
        zero = self._of("integer", right, "constant") if right == 1 else constants
        bounds = np.concatenate([other, zero])
        for places, first, second in self._pairs(bounded, bounds):
            for operator, bound in BOUNDS.items():
                yield _Batch("integer", "bounded", operator, places, bound(first, second))

    def _apart(self, places: Places) -> npt.NDArray[np.bool_]:
        """Return which pairs have no name in common: nobody adds up the same twice."""
        return np.asarray(self.read[places[:, 0]] & self.read[places[:, 1]] == 0)

    def _choices(self, size: int) -> Iterator[_Batch]:
        """Yield choices between what is short: longer ones are found from what is wanted."""
        fixed: tuple[Shape, ...] = ("constant",)
        free: tuple[Shape, ...] = ("name", "part")
        for asked, yes in product(range(1, 4), (1, 2, 3)):
            no = size - 1 - asked - yes
            if no not in (1, 2, 3):
                continue
            tests = self._of("bit", asked, "name", "truth", "joint")
            for kind, first, second in product(self._met(), (fixed, free), (fixed, free)):
                shape: Shape = "step" if first == second == fixed else "choice"
                one, other = self._of(kind, yes, *first), self._of(kind, no, *second)
                for places, high, low in self._pairs(one, other):
                    kept = places[:, 0] != places[:, 1]
                    if not kept.any() or not len(tests):
                        continue
                    pairs = places[kept]
                    several = max(1, SLICE // (self._rows * len(pairs)))
                    for start in range(0, len(tests), several):
                        if self._left <= 0:
                            return
                        some = tests[start : start + several]
                        chosen = np.repeat(some, len(pairs))
                        operands = np.column_stack([chosen, np.tile(pairs, (len(some), 1))])
                        truth = self.values[some, None] > 0
                        values = np.where(truth, high[None, kept], low[None, kept])
                        yield _Batch(kind, shape, "if", operands, values.reshape(-1, self._rows))
