"""The shortest program that is found: parts that are used again get a name.

A name is worth its line where what follows becomes shorter by more: the next value of a state, an
output, a sum of which several targets are functions.
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bonsai_compiler.reading.columns import Column, Target, Values
from bonsai_compiler.reading.enough import LONGEST_PART
from bonsai_compiler.reading.lookups import PART
from bonsai_compiler.reading.moves import moves
from bonsai_compiler.reading.program import (
    Choice,
    Found,
    Named,
    Program,
    Returned,
    least_with_names,
    reads,
    size_as_it_stands,
    size_of,
)
from bonsai_compiler.reading.rows import functions
from bonsai_compiler.reading.search import Search
from bonsai_compiler.reading.values import values_of

Measure = Callable[[Program], int]

_Nameable = tuple[str, Found, Column]
"""What may get a name: how it is called, the expression, and a column of its kind."""

LONGEST, ENTRIES = 9, 2**22
SHORTER, FEWER = 7, 2**19
"""The longest expressions of the bank, and its entries: of the first search, and of those with
names for parts."""

REPEATED = 2
"""What it counts to return the same twice: a reader has to see that it is the same."""

MOST_PARTS = 4
ROUNDS = 3
KEPT = 2
"""How many such parts are tried, how many names follow each other, and from how many of the
shortest programs another name is looked for."""

MOST_READ = 100
"""What takes more than that to read is left without names: it stays long, and they take seconds."""

GAINED = 1.25
"""How many times as much as another program, which is known, one may be that is given names."""

FEW_TARGETS, SHORT_TABLE = 2, 32
"""Where nothing was found at first for so few targets, names helped only in tables of few rows."""

MOST_WORK = 2**28
"""How much is worked out for names, as `Search` counts it, before what there is has to do."""


@dataclass(frozen=True, eq=False)
class _Context:
    """The names given so far, each with its expression, and the search over what there is now."""

    names: tuple[tuple[str, Found], ...]
    search: Search
    measure: Measure

    @cached_property
    def program(self) -> Program | None:
        """The whole program, with the names that are read, each after what it needs."""
        program = self.search.best
        for name, found in reversed(self.names) if program else ():
            if program is not None and name in reads(program):
                program = Named(2 + found.size + program.size, name, found.node, program)
        return program

    @cached_property
    def weight(self) -> float:
        """How much there is to read as it will be written, and to think about twice."""
        program = self.program
        if program is None:
            return np.inf
        awkward = program.size - size_as_it_stands(program) + REPEATED * _repeated(program)
        return self.measure(program) + awkward


def shortest_program(
    columns: Sequence[Column], targets: Sequence[Target], measure: Measure, least: float = np.inf
) -> tuple[Program, float] | None:
    """Return the program that is the least to read, and how much; None where none is found.

    States and inputs are `columns`. `measure` says how long a program is when it is written. To
    that comes what a reader has to think about twice. One is known already that is the `least`.
    """
    first = _Context((), Search(columns, targets, LONGEST, ENTRIES), measure)
    program, weight = first.program, first.weight
    most = min(MOST_READ, GAINED * least)
    if program is not None and not least_with_names(len(targets)) < weight <= most:
        return program, weight
    if program is None and (first.search.over or _is_plain(columns, targets)):
        # Of six machines of 14 to 26 states names found one program, with 189 to read.
        return None
    contexts, best = [first], first
    worked = 0
    met: set[frozenset[str]] = set()
    if program is None:
        # What needs several of the others is found by none of their names alone.
        best = _with_results(first)
        contexts.append(best)
    for _ in range(ROUNDS):
        found: list[_Context] = []
        for context in (more for before in contexts for more in _with_name(before, met)):
            # What it takes is known once it is weighed.
            if np.isfinite(context.weight):
                found.append(context)
            worked += context.search.work
            if worked > MOST_WORK:
                break
        contexts = sorted(found, key=lambda context: context.weight)[:KEPT]
        # That a name pays with the next one only was met in none of 75 programs.
        if not contexts or contexts[0].weight >= best.weight:
            break
        best = contexts[0]
    if best.program is None:
        return None
    return best.program, best.weight


def _is_plain(columns: Sequence[Column], targets: Sequence[Target]) -> bool:
    """Return whether a table is long, and of so few targets that none needs several others."""
    return len(targets) <= FEW_TARGETS and len(targets[0].asked) > SHORT_TABLE


def _with_name(context: _Context, met: set[frozenset[str]]) -> Iterator[_Context]:
    """Yield contexts with one name more; what was `met` is not named again in another order."""
    for nameable in _nameable(context):
        name, found, _ = nameable
        names = (*context.names, (name, found))
        key = frozenset(
            f"{'' if one.startswith(PART) else one}: {ast.dump(value.node)}" for one, value in names
        )
        if key not in met:
            met.add(key)
            yield _named(context, nameable)


def _with_results(context: _Context) -> _Context:
    """Return a context in which results have names, one after the other, until all are found."""
    while context.program is None and not context.search.over:
        nameable = next(_results(context), None)
        if nameable is None:
            break
        context = _named(context, nameable)
    return context


def _named(context: _Context, nameable: _Nameable) -> _Context:
    """Return the context with one name more."""
    name, found, like = nameable
    search = context.search
    columns = {column.name: column for column in search.columns}
    # The words that it gives may be in no column so far.
    values = values_of(found.node, {**columns, name: like}, search.rows)
    more = [*search.columns, Column(name, like.kind, values, like.words)]
    again = Search(more, search.targets, SHORTER, FEWER)
    return _Context((*context.names, (name, found)), again, context.measure)


def _results(context: _Context) -> Iterator[_Nameable]:
    """Yield the targets that are found and have no name yet."""
    search = context.search
    given = {name for name, _ in context.names}
    # Outputs first: what a state becomes is more often told by one of them than they by it.
    order = sorted(zip(search.targets, search.apart, strict=True), key=lambda one: one[0].follows)
    for target, found in order:
        name = next_name(target.follows) if target.follows else target.column.name
        if found is not None and found.size > 2 and name not in given:
            yield name, found, target.column


def _nameable(context: _Context) -> Iterator[_Nameable]:
    """Yield what may get a name: results, and parts of several."""
    search = context.search
    given = {name for name, _ in context.names}
    yield from _results(context)
    parts = [Found(search.bank.node(at), search.bank.sizes[at]) for at in _parts(search)]
    if not given:
        parts += moves(search.columns, search.targets)
    for at, found in enumerate(parts):
        name = f"{PART}{len(given)} {at}"
        yield name, found, Column(name, "integer", np.zeros(0, np.int16))


def next_name(state: str) -> str:
    """Return what the next value of a state is called before names are given out."""
    return f"next {state}"


def _parts(search: Search) -> list[int]:
    """Return places in the bank of which two targets or more are functions, best first.

    What tells no more and no less than one thing that has a name already is none of them.
    """
    bank = search.bank
    places = bank.places("integer", LONGEST_PART)
    places = places[np.array([bank.sizes[at] >= 3 for at in places.tolist()], dtype=bool)]
    values = bank.values[places]
    places = places[(values != values[:, :1]).any(axis=1)]
    values = bank.values[places] - bank.values[places].min(axis=1, initial=0)[:, None]
    told = np.zeros(len(places), dtype=np.int64)
    for target in search.targets:
        told += functions(values[:, target.asked], target.column.values[target.asked])
    known = {_division(column.values) for column in search.columns if column.read is None}
    found: list[int] = []
    for at in np.argsort(-told, kind="stable").tolist():
        if told[at] < 2 or len(found) == MOST_PARTS:
            break
        division = _division(values[at])
        if division not in known:
            known.add(division)
            found.append(int(places[at]))
    return found


def _division(values: Values) -> bytes:
    """Return which rows have one value in common, whatever that is."""
    _, first, which = np.unique(values, return_index=True, return_inverse=True)
    return first[which].tobytes()


def _repeated(program: Program) -> int:
    """Return how many of the values that a program returns, none of them a name, are so again."""
    match program:
        case Returned(_, values, _):
            long = [ast.dump(value) for value in values if size_of(value) > 2]
            return len(long) - len({*long})
        case Choice(_, _, yes, no):
            return max(_repeated(yes), _repeated(no))
        case Named(_, _, _, rest):
            return _repeated(rest)
