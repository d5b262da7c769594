"""Expressions of logic in the notation that C, Rust and JavaScript share, but for a few signs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce

from bonsai_compiler.ir.expression import (
    OPPOSITES,
    Constant,
    Expression,
    Name,
    Operation,
    Table,
)
from bonsai_compiler.ir.kinds import Kind
from bonsai_compiler.targets.steps import Steps


def plain(text: str) -> str:
    """Return a text as it is."""
    return text


@dataclass(frozen=True)
class Notation:
    """What differs between the languages, as functions from texts of operands.

    `number` makes an integer of a bool where none is one by itself, `wide` an integer of the width
    that sums need. `remainder` is for what may be negative; `table` takes the entries, whether they
    are bools, and the place.
    """

    choice: Callable[[str, str, str], str]
    least: Callable[[str, str], str]
    greatest: Callable[[str, str], str]
    remainder: Callable[[str, str], str]
    table: Callable[[list[str], bool, str], str]
    number: Callable[[str], str] | None = None
    wide: Callable[[str], str] = plain
    methods: bool = False
    """Whether the least, the greatest and the remainder are asked of their first operand."""
    blocks: bool = False
    """Whether the parts of a choice stand in blocks of their own, and need no brackets."""
    same: str = "=="
    other: str = "!="


@dataclass
class Writer:
    """Writes the expressions of a step, whose names are `called` as this says."""

    steps: Steps
    notation: Notation
    called: Mapping[str, str]
    used: set[str] = field(default_factory=set)
    """Which helpers of the notation were needed: "min", "max" and "mod"."""

    def bare(self, expression: Expression) -> str:
        """Return an expression as it stands alone."""
        match expression:
            case Name(name):
                return self.called[name]
            case Constant(value):
                if expression.kind is Kind.BIT:
                    return "true" if value else "false"
                return str(int(value))
            case Table(entries, index):
                constants = [self.bare(Constant(entry)) for entry in entries]
                bools = self.steps.is_bool(expression)
                return self.notation.table(constants, bools, self.bare(index))
            case Operation(operator, operands):
                return self._operated(operator, operands)
        raise AssertionError(f"{expression!r} is no expression")

    def bracketed(self, expression: Expression) -> str:
        """Return an expression as an operand."""
        text = self.bare(expression)
        loose = isinstance(expression, Operation) and expression.operator not in ("min", "max")
        negative = isinstance(expression, Constant) and expression.value < 0
        cast = isinstance(expression, Name) and " as " in text
        return f"({text})" if loose or negative or cast else text

    def _operated(self, operator: str, operands: tuple[Expression, ...]) -> str:
        say = self.notation
        if operator in ("and", "or"):
            return f" {'&&' if operator == 'and' else '||'} ".join(map(self.bracketed, operands))
        if operator == "not":
            return f"!{self.bracketed(operands[0])}"
        if operator == "if":
            return say.choice(*map(self.bare if say.blocks else self.bracketed, operands))
        if operator in OPPOSITES:
            sign = {"==": say.same, "!=": say.other}.get(operator, operator)
            return f" {sign} ".join(map(self.bracketed, operands))
        if operator in ("+", "-"):
            left, right = operands
            # What is added up from the left needs neither brackets nor another type.
            sums = isinstance(left, Operation) and left.operator in ("+", "-")
            total = self.bare(left) if sums else say.wide(self._number(left))
            return f"{total} {operator} {self._number(right)}"
        if operator == "%" and int(self.steps.values(operands[0])[0]) >= 0:
            return " % ".join(map(self.bracketed, operands))
        first, *rest = map(self.bare, operands)
        if say.methods:
            first = self.bracketed(operands[0])
        self.used.add("mod" if operator == "%" else operator)
        joined = {"%": say.remainder, "min": say.least, "max": say.greatest}[operator]
        return reduce(joined, rest, first)

    def _number(self, expression: Expression) -> str:
        """Return an operand of arithmetic, in which a bool counts as 0 or 1."""
        if self.steps.is_bool(expression) and self.notation.number is not None:
            return self.notation.number(self.bare(expression))
        return self.bracketed(expression)
