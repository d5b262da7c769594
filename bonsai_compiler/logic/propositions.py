"""Propositions of `~`, `&`, `|` and `^` as text, in the notation and the order of sympy.

The functions below make them of others without brackets that say nothing, constants, and what is
there twice.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

NEGATION, CONJUNCTION, DISJUNCTION, DIFFERENCE = "~", "&", "|", "^"
NAMES = {CONJUNCTION: "And", NEGATION: "Not", DISJUNCTION: "Or", DIFFERENCE: "Xor"}
"""What operators are called: things of one size are in the order of these names."""


@dataclass(frozen=True)
class Proposition:
    """A `name`, or an operator of some parts, in order.

    `contrary` is the name of what holds where this name does not, if it has one.
    """

    operator: str = ""
    parts: tuple["Proposition", ...] = ()
    name: str = ""
    contrary: str = field(default="", compare=False)

    def __str__(self) -> str:
        parts = [f"({part})" if len(part.parts) > 1 else str(part) for part in self.parts]
        if self.operator == NEGATION:
            return NEGATION + parts[0]
        return self.name or f" {self.operator} ".join(parts) or str(self == TRUE)

    @cached_property
    def size(self) -> int:
        """Of how many names and operators it is made."""
        return 1 + sum(part.size for part in self.parts)

    @cached_property
    def literals(self) -> int:
        """How many names and constants there are to read."""
        return sum(part.literals for part in self.parts) or 1

    @cached_property
    def rank(self) -> tuple[Any, ...]:
        """What puts the parts of a proposition in order: the short ones come first."""
        parts = tuple(part.rank for part in self.parts)
        return self.size, NAMES.get(self.operator, ""), self.name, len(parts), parts


TRUE, FALSE = Proposition(CONJUNCTION), Proposition(DISJUNCTION)


def negation(part: Proposition) -> Proposition:
    """Return what holds where a proposition does not."""
    if part in (TRUE, FALSE):
        return FALSE if part == TRUE else TRUE
    if part.operator == NEGATION:
        return part.parts[0]
    if part.contrary:
        return Proposition(name=part.contrary, contrary=part.name)
    return Proposition(NEGATION, (part,))


def _joined(operator: str, parts: Iterable[Proposition]) -> Proposition:
    neutral, deciding = (TRUE, FALSE) if operator == CONJUNCTION else (FALSE, TRUE)
    found: set[Proposition] = set()
    for part in parts:
        found |= set(part.parts) if part.operator == operator else {part}
    found.discard(neutral)
    if deciding in found or any(negation(part) in found for part in found):
        return deciding
    return _of(operator, found)


all_of = partial(_joined, CONJUNCTION)
"""Return that all of some propositions hold."""

any_of = partial(_joined, DISJUNCTION)
"""Return that at least one of some propositions holds."""


def differ(parts: Iterable[Proposition]) -> Proposition:
    """Return that an odd number of propositions hold."""
    found: set[Proposition] = set()
    for part in parts:
        # What is there twice makes no difference.
        found ^= set(part.parts) if part.operator == DIFFERENCE else {part}
    odd = TRUE in found
    whole = _of(DIFFERENCE, found - {TRUE, FALSE}) if found - {TRUE, FALSE} else FALSE
    return negation(whole) if odd else whole


def _of(operator: str, parts: set[Proposition]) -> Proposition:
    """Return distinct parts in order; one alone is the whole."""
    if len(parts) == 1:
        return parts.pop()
    return Proposition(operator, tuple(sorted(parts, key=lambda part: part.rank)))


def with_parts(
    formulas: Sequence[tuple[str, Proposition]], fresh: Callable[[], str]
) -> Iterator[tuple[str, list[tuple[str, Proposition]], Proposition]]:
    """Yield each name with the parts that get names before it, and what is left of its formula.

    A part that is there several times gets a name where there is less to read so. A formula of
    some other name goes by that.
    """
    names: dict[Proposition, Proposition] = {}
    counts: Counter[Proposition] = Counter()
    for _, formula in formulas:
        counts.update(_within(formula))
    wanted = {part for part, count in counts.items() if (count - 1) * part.literals > count + 1}

    def shortened(part: Proposition, parts: list[tuple[str, Proposition]]) -> Proposition:
        if part in names:
            return names[part]
        inner = replace(part, parts=tuple(shortened(own, parts) for own in part.parts))
        if part not in wanted:
            return inner
        parts.append((fresh(), inner))
        names[part] = Proposition(name=parts[-1][0])
        return names[part]

    for name, formula in formulas:
        parts: list[tuple[str, Proposition]] = []
        # The whole has a name already.
        left = replace(formula, parts=tuple(shortened(own, parts) for own in formula.parts))
        yield name, parts, names.get(formula, left)


def _within(formula: Proposition) -> Iterator[Proposition]:
    """Yield all parts of a formula that are made of others."""
    for part in formula.parts:
        if len(part.parts) > 1:
            yield part
        yield from _within(part)
