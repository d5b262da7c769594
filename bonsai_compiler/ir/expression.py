"""The language of logic nodes: trees of bools and integers, in their tidiest form.

`and`, `or`, `not`, one comparison, `a if c else b`, `+` and `-`, `% 3`, `min` and `max` of two,
integers, bools, and a table with an index, `(2, 0, 1)[level]`. In `+` and `-` a bool counts as 0
or 1, as in `a + b + c >= 2`. As text, an expression is one of Python's own, with Python's
spacing; an emitted program holds it as it stands.

The functions below build operations so that each has one form: no `not not`, no `not a == b`, no
`and` within `and`, and no choice that asks for the contrary.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from bonsai_compiler.errors import shortened
from bonsai_compiler.ir.kinds import Kind, kind_of_value

DEEPEST = 80
"""How deeply an expression may be nested."""


class UnreadableError(ValueError):
    """Logic that no person could read, and Python's own parser hardly."""


class Precedence(IntEnum):
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
"""The comparisons, and which of them holds where one does not."""

PRECEDENCES = {
    "if": Precedence.CHOICE,
    "or": Precedence.OR,
    "and": Precedence.AND,
    "not": Precedence.NOT,
    **dict.fromkeys(OPPOSITES, Precedence.COMPARISON),
    "+": Precedence.SUM,
    "-": Precedence.SUM,
    "%": Precedence.REMAINDER,
    "min": Precedence.ATOM,
    "max": Precedence.ATOM,
}
"""All operators, as Python writes them."""

_SIDES = {
    **dict.fromkeys(OPPOSITES, (Precedence.SUM, Precedence.SUM)),
    "+": (Precedence.SUM, Precedence.REMAINDER),
    "-": (Precedence.SUM, Precedence.REMAINDER),
    "%": (Precedence.REMAINDER, Precedence.ATOM),
}
"""What must bind as tightly on the left and on the right of an operator to need no brackets."""


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A name, a constant, an operation or a table; equal where the text is.

    `cost` counts what there is to read: names, constants, negations and choices. What joins them,
    `and`, `!=` or `+`, counts nothing, nor do brackets. `depth` is how deeply it is nested, and
    `precedence` how tightly it holds together.
    """

    text: str = field(init=False, repr=False)
    cost: int = field(init=False, repr=False)
    depth: int = field(init=False, repr=False)
    precedence: Precedence = field(init=False, repr=False)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Expression) and self.text == other.text)

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return self.text

    @property
    def parts(self) -> tuple["Expression", ...]:
        """The expressions that it is made of, in the order in which a reader meets them."""
        return ()

    def within(self, precedence: Precedence) -> str:
        """Return the text, in brackets if it binds less tightly than `precedence`."""
        return f"({self.text})" if self.precedence < precedence else self.text

    def _measured(
        self, text: str, cost: int, depth: int, precedence: Precedence = Precedence.ATOM
    ) -> None:
        # Once, from what the parts know: what is long is then as quick to compare as what is not.
        put = object.__setattr__
        put(self, "text", text)
        put(self, "cost", cost)
        put(self, "depth", depth)
        put(self, "precedence", precedence)


@dataclass(frozen=True, slots=True, eq=False)
class Name(Expression):
    """The value of a node."""

    name: str

    def __post_init__(self) -> None:
        self._measured(self.name, 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Constant(Expression):
    """A bool or an integer."""

    value: int

    def __post_init__(self) -> None:
        self._measured(repr(self.value), 1, 1 + (self.value < 0))

    @property
    def kind(self) -> Kind:
        """A bit or a level."""
        return kind_of_value(self.value)


@dataclass(frozen=True, slots=True, eq=False)
class Operation(Expression):
    """An operator of PRECEDENCES and its operands; of `if` the test comes first."""

    operator: str
    operands: tuple[Expression, ...]

    def __post_init__(self) -> None:
        cost = sum([part.cost for part in self.operands])
        cost += self.operator in ("if", "not", "min", "max")
        depth = 1 + max([part.depth for part in self.operands])
        text = _written(self.operator, self.operands)
        self._measured(text, cost, depth, PRECEDENCES[self.operator])

    @property
    def parts(self) -> tuple[Expression, ...]:
        if self.operator == "if":
            test, yes, no = self.operands
            return yes, test, no
        return self.operands


@dataclass(frozen=True, slots=True, eq=False)
class Table(Expression):
    """Constants, of which an index takes one, the first for 0."""

    entries: tuple[int, ...]
    index: Expression

    def __post_init__(self) -> None:
        listed = ", ".join(map(repr, self.entries)) + "," * (len(self.entries) == 1)
        depth = 1 + max(self.index.depth, 2 + (min(self.entries) < 0))
        self._measured(f"({listed})[{self.index}]", len(self.entries) + self.index.cost, depth)

    @property
    def parts(self) -> tuple[Expression, ...]:
        return (self.index,)


TRUE = Constant(True)
FALSE = Constant(False)


def _written(operator: str, operands: tuple[Expression, ...]) -> str:
    """Return the text of an operation, with the brackets that Python needs."""
    sides = _SIDES.get(operator)
    if sides:
        left, right = operands
        return f"{left.within(sides[0])} {operator} {right.within(sides[1])}"
    match operator:
        case "if":
            test, yes, no = operands
            return f"{yes.within(Precedence.OR)} if {test.within(Precedence.OR)} else {no.text}"
        case "not":
            return f"not {operands[0].within(Precedence.NOT)}"
        case "min" | "max":
            return f"{operator}({', '.join([part.text for part in operands])})"
        case _:
            own = PRECEDENCES[operator]
            return f" {operator} ".join([part.within(own) for part in operands])


def negated(part: Expression) -> Expression:
    """Return the contrary of an expression, without a `not` where there is another way."""
    match part:
        case Constant(value) if part.kind is Kind.BIT:
            return FALSE if value else TRUE
        case Operation("not", (inner,)):
            return inner
        case Operation(sign, operands) if sign in OPPOSITES:
            return Operation(OPPOSITES[sign], operands)
        case _:
            return Operation("not", (part,))


def joined(operator: str, parts: Sequence[Expression]) -> Expression:
    """Return expressions joined by `and` or `or`; one alone stays as it is."""
    if len(parts) == 1:
        return parts[0]
    flat: list[Expression] = []
    for part in parts:
        same = isinstance(part, Operation) and part.operator == operator
        flat += part.parts if same else [part]
    return Operation(operator, tuple(flat))


def choice(test: Expression, yes: Expression, no: Expression) -> Expression:
    """Return `yes if test else no`, the other way round where the test is a negation."""
    if test.precedence is Precedence.NOT:
        test, yes, no = negated(test), no, yes
    return Operation("if", (test, yes, no))


def compared(left: Expression, sign: str, right: Expression) -> Expression:
    """Return a comparison."""
    return Operation(sign, (left, right))


def differ(left: Expression, right: Expression) -> Expression:
    """Return `left != right` of two bools, `==` where one of them is a negation."""
    sign = "!="
    if right.precedence is Precedence.NOT:
        right, sign = negated(right), OPPOSITES[sign]
    if left.precedence is Precedence.NOT:
        left, sign = negated(left), OPPOSITES[sign]
    return compared(left, sign, right)


def added(left: Expression, right: Expression) -> Expression:
    """Return a sum."""
    return Operation("+", (left, right))


def taken_away(left: Expression, right: Expression) -> Expression:
    """Return a difference."""
    return Operation("-", (left, right))


def shifted(integer: Expression, by: int) -> Expression:
    """Return an integer plus a number."""
    if by == 0:
        return integer
    return added(integer, Constant(by)) if by > 0 else taken_away(integer, Constant(-by))


def remainder(left: Expression, divisor: int) -> Expression:
    """Return what is left of a division."""
    return Operation("%", (left, Constant(divisor)))


def at_least(integer: Expression, bound: int) -> Expression:
    """Return an integer held at a bound or above."""
    return Operation("max", (integer, Constant(bound)))


def at_most(integer: Expression, bound: int) -> Expression:
    """Return an integer held at a bound or below."""
    return Operation("min", (integer, Constant(bound)))


def looked_up(entries: Iterable[int], index: Expression) -> Expression:
    """Return a table with an index, or its entry where the index is a number."""
    table = Table(tuple(entries), index)
    match index:
        # A place outside the table stays for `verify` to refuse.
        case Constant(place) if index.kind is Kind.LEVEL and 0 <= place < len(table.entries):
            return Constant(table.entries[place])
    return table


def operation(operator: str, operands: Sequence[Expression]) -> Expression:
    """Return an operation in its tidiest form."""
    match operator, operands:
        case "not", (part,):
            return negated(part)
        case "if", (test, yes, no):
            return choice(test, yes, no)
        case (("and" | "or"), _):
            return joined(operator, operands)
        case _:
            return Operation(operator, tuple(operands))


def substituted(expression: Expression, known: Mapping[str, Expression]) -> Expression:
    """Return the expression with names replaced by whole expressions."""
    match expression:
        case Name(name):
            return known.get(name, expression)
        case Operation(operator, operands):
            return operation(operator, [substituted(part, known) for part in operands])
        case Table(entries, index):
            return looked_up(entries, substituted(index, known))
        case _:
            return expression


def names_read(expression: Expression) -> Iterator[str]:
    """Yield every name that an expression reads, in the order in which a reader meets them."""
    if isinstance(expression, Name):
        yield expression.name
    for part in expression.parts:
        yield from names_read(part)


def arguments(expression: Expression) -> tuple[str, ...]:
    """Return the names that an expression reads, each once, in order of first appearance."""
    return tuple(dict.fromkeys(names_read(expression)))


def readable(expression: Expression) -> Expression:
    """Return the expression itself; raises UnreadableError where it is nested too deeply."""
    expect_readable(expression.depth, expression.text)
    return expression


def expect_readable(depth: int, text: str) -> None:
    """Raise UnreadableError for a text that is nested too deeply."""
    if depth > DEEPEST:
        fault = f"'{shortened(text)}' is nested too deeply; give parts of it names"
        raise UnreadableError(fault)
