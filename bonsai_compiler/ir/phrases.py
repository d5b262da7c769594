"""Phrases: the text of an expression in the making, what it costs to read, how tightly it binds.

Every expression that the compiler writes is put together from these, so that all of them have
Python's own spacing, few brackets and no `not not`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum


class Binding(IntEnum):
    """How tightly an expression holds together; what binds less tightly needs brackets."""

    CHOICE = 0
    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    SUM = 5
    REMAINDER = 6
    ATOM = 7


OPPOSITES = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of text; `cost` counts its names, constants, negations and choices.

    `opposite` says the contrary, where that takes no further `not`.
    """

    text: str
    cost: int
    binding: Binding = Binding.ATOM
    opposite: "Phrase | None" = field(default=None, compare=False)

    def within(self, binding: Binding) -> str:
        """Return the text, in brackets if it binds less tightly than `binding`."""
        return f"({self.text})" if self.binding < binding else self.text


TRUE = Phrase("True", 1)
FALSE = Phrase("False", 1)


def name(text: str) -> Phrase:
    """Return a name as a phrase."""
    return Phrase(text, 1)


def truth(value: object) -> Phrase:
    """Return `True` or `False`."""
    return TRUE if value else FALSE


def number(value: int) -> Phrase:
    """Return an integer as a phrase."""
    return Phrase(repr(value), 1)


def negated(part: Phrase) -> Phrase:
    """Return the contrary of a phrase, without a `not` where there is another way."""
    if part in (TRUE, FALSE):
        return truth(part == FALSE)
    if part.opposite:
        return replace(part.opposite, opposite=replace(part, opposite=None))
    text = f"not {part.within(Binding.NOT)}"
    return Phrase(text, part.cost + 1, Binding.NOT, part)


def joined(binding: Binding, parts: Sequence[Phrase]) -> Phrase:
    """Return phrases joined by `and` or `or`, as `binding` says; one alone stays as it is."""
    if len(parts) == 1:
        return parts[0]
    word = " and " if binding is Binding.AND else " or "
    text = word.join(part.within(binding) for part in parts)
    return Phrase(text, sum(part.cost for part in parts), binding)


def choice(test: Phrase, yes: Phrase, no: Phrase) -> Phrase:
    """Return `yes if test else no`, the other way round where the test is a negation."""
    if test.binding is Binding.NOT:
        test, yes, no = negated(test), no, yes
    text = f"{yes.within(Binding.OR)} if {test.within(Binding.OR)} else {no.text}"
    return Phrase(text, test.cost + yes.cost + no.cost + 1, Binding.CHOICE)


def compared(left: Phrase, sign: str, right: Phrase) -> Phrase:
    """Return a comparison."""

    def written(sign: str) -> Phrase:
        text = f"{left.within(Binding.SUM)} {sign} {right.within(Binding.SUM)}"
        return Phrase(text, left.cost + right.cost, Binding.COMPARISON)

    return replace(written(sign), opposite=written(OPPOSITES[sign]))


def differ(left: Phrase, right: Phrase) -> Phrase:
    """Return `left != right` of two bools, `==` where one of them is a negation."""
    sign = "!="
    if right.binding is Binding.NOT:
        right, sign = negated(right), OPPOSITES[sign]
    if left.binding is Binding.NOT:
        left, sign = negated(left), OPPOSITES[sign]
    return compared(left, sign, right)


def added(left: Phrase, sign: str, right: Phrase) -> Phrase:
    """Return a sum or a difference, as `sign` says."""
    text = f"{left.within(Binding.SUM)} {sign} {right.within(Binding.REMAINDER)}"
    return Phrase(text, left.cost + right.cost, Binding.SUM)


def remainder(left: Phrase, right: Phrase) -> Phrase:
    """Return what is left of a division."""
    text = f"{left.within(Binding.REMAINDER)} % {right.within(Binding.ATOM)}"
    return Phrase(text, left.cost + right.cost, Binding.REMAINDER)


def called(function: str, left: Phrase, right: Phrase) -> Phrase:
    """Return `min` or `max` of two."""
    return Phrase(f"{function}({left.text}, {right.text})", 1 + left.cost + right.cost)


def looked_up(entries: Iterable[Phrase], index: Phrase) -> Phrase:
    """Return a table with an index."""
    texts = [entry.text for entry in entries]
    listed = ", ".join(texts) + "," * (len(texts) == 1)
    return Phrase(f"({listed})[{index.text}]", len(texts) + index.cost)
