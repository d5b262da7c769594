"""Conditions and values in English, where that is as quick to read as the expression; else as code.

What is said of a bit is that it is True or False, and of bits that are added up, how many are.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from bonsai_compiler.ir.expression import OPPOSITES, Constant, Expression, Name, Operation
from bonsai_compiler.ir.interpreter import FUNCTIONS

COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

GATES = {
    ("and", 2): "AND",
    ("or", 2): "OR",
    ("==", 0): "NOR",
    ("==", 1): "XOR",
    ("!=", 1): "XNOR",
    ("!=", 2): "NAND",
    (">=", 1): "OR",
    (">=", 2): "AND",
    ("<", 1): "NOR",
    ("<", 2): "NAND",
}
"""What asks how many of two bits are True."""

COMPARED = {
    "==": "is",
    "!=": "is not",
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
}
"""A comparison in words."""


class Words:
    """Says expressions, given the highest value of each name, and what to call some of them.

    `tops` are 1 for bits. `called` gives other words for names, such as "the new count"; `labels`
    are the words of a port that has words for its values.
    """

    def __init__(
        self,
        tops: Mapping[str, int],
        called: Mapping[str, str],
        labels: Mapping[str, Sequence[str]],
    ) -> None:
        self._tops = tops
        self._called = called
        self._labels = labels

    def condition(self, tree: Expression) -> str:
        """Return when an expression holds, as what may follow "when"."""
        return self._said(tree) or f"`{tree}`"

    def value(self, tree: Expression, owner: str = "") -> str:
        """Return what an expression is, as what may follow "is"; in the words of its `owner`."""
        match tree:
            case Constant(value) if owner in self._labels:
                return self._labels[owner][value]
            case Name(name):
                return self._name(name)
            case Operation("not", (Name(name),)):
                return f"the contrary of {self._name(name)}"
            case Constant():
                return tree.text
        return self.gate(tree) or f"`{tree}`"

    def is_condition(self, tree: Expression) -> bool:
        """Return whether an expression is a condition that can be said in English."""
        return not isinstance(tree, Constant) and self._said(tree) is not None

    def gate(self, tree: Expression) -> str | None:
        """Return "a XOR b" and the like for a known function of two bits; None for any other."""
        match tree:
            case Operation(("and" | "or") as operator, (one, other)):
                return self._joined(GATES[operator, 2], one, other)
            case Operation("!=", (one, other)) if names := self._joined("XOR", one, other):
                return names
            case Operation("==", (one, other)) if names := self._joined("XNOR", one, other):
                return names
            case Operation(sign, (Operation("+", (one, other)), Constant(count))):
                word = GATES.get((sign, count))
                return word and self._joined(word, one, other)
        return None

    def _joined(self, word: str, one: Expression, other: Expression) -> str | None:
        match one, other:
            case Name(first), Name(second) if self._is_bit(first) and self._is_bit(second):
                return f"{self._name(first)} {word} {self._name(second)}"
        return None

    def _said(self, tree: Expression) -> str | None:
        match tree:
            case Operation("and" | "or" as operator, parts):
                said = [self._simple(part) for part in parts]
                return listed([part or "" for part in said], operator) if all(said) else None
        return self._simple(tree)

    def _simple(self, tree: Expression) -> str | None:
        """Return a condition that is not made of others in words; None if there are none."""
        if (odd := self._exclusive(tree)) is not None:
            return odd
        match tree:
            case Constant(value):
                return "it is any tick" if value else "it is no tick"
            case Name(name) if self._is_bit(name):
                return f"{self._name(name)} is True"
            case Operation("not", (Name(name),)):
                return f"{self._name(name)} is False"
            case Operation("==" | "!=" as sign, (Name(one), Name(other))):
                verb = "are equal" if sign == "==" else "differ"
                return f"{self._name(one)} and {self._name(other)} {verb}"
            case Operation(sign, (Name(one), Name(other))) if sign in COMPARED:
                return f"{self._name(one)} {COMPARED[sign]} {self._name(other)}"
            case Operation("==" | "!=" as sign, (Operation("%", (rest, two)), Constant(left))) if (
                two == Constant(2)
            ):
                return self._even_or_odd(rest, odd=(sign == "==") == bool(left))
            case Operation(sign, (total, Constant(count))) if sign in OPPOSITES:
                return self._compared(sign, total, int(count))
        return None

    def _exclusive(self, tree: Expression) -> str | None:
        """Return that an odd or even number of bits are True, for three or more that are XORed."""
        names, contrary = self._differing(tree)
        if len(names) < 3:
            return None
        among = listed([self._name(name) for name in names], "and")
        return f"an {'even' if contrary else 'odd'} number of {among} are True"

    def _differing(self, tree: Expression) -> tuple[list[str], bool]:
        """Return the bits of a chain of `!=` and `==`, and whether it holds where they are even."""
        match tree:
            case Name(name) if self._is_bit(name):
                return [name], False
            case Operation("!=" | "==" as sign, (one, other)):
                left, first = self._differing(one)
                right, second = self._differing(other)
                if left and right:
                    return left + right, (first != second) != (sign == "==")
        return [], False

    def _even_or_odd(self, rest: Expression, *, odd: bool) -> str | None:
        word = "odd" if odd else "even"
        if isinstance(rest, Name):
            return f"{self._name(rest.name)} is {word}"
        counted_ = [part.name for part in _summands(rest) if isinstance(part, Name)]
        if len(counted_) == len([*_summands(rest)]) and all(map(self._is_bit, counted_)):
            return f"an {word} number of {listed(list(map(self._name, counted_)), 'and')} are True"
        return None

    def _compared(self, sign: str, total: Expression, count: int) -> str | None:
        parts = [*_summands(total)]
        names = [part.name for part in parts if isinstance(part, Name) and part.name in self._tops]
        if len(names) < len(parts):
            return f"`{total}` {COMPARED[sign]} {count}"
        if len(names) == 1 and names[0] in self._labels:
            return self._among(names[0], sign, count)
        if len(names) == 1:
            return f"{self._name(names[0])} {COMPARED[sign]} {count}"
        if all(map(self._is_bit, names)):
            return how_many(sign, count, [self._name(name) for name in names])
        if sign in ("==", "!=") and count in (0, sum(self._tops[name] for name in names)):
            return self._at_the_end(names, at_top=count > 0, all_of_them=sign == "==")
        return f"`{total}` {COMPARED[sign]} {count}"

    def _among(self, name: str, sign: str, count: int) -> str:
        """Return which words a port may have."""
        holds = FUNCTIONS[sign](np.arange(len(self._labels[name])), count).tolist()
        chosen = [label for label, held in zip(self._labels[name], holds, strict=True) if held]
        others = [label for label in self._labels[name] if label not in chosen]
        if len(others) < len(chosen):
            return f"{self._name(name)} is not {listed(others, 'or')}"
        return f"{self._name(name)} is {listed(chosen, 'or')}"

    def _at_the_end(self, names: list[str], *, at_top: bool, all_of_them: bool) -> str:
        """Return that all names have their highest, or all their lowest value, or not all."""
        said = []
        for name in names:
            if self._is_bit(name):
                said.append(f"{self._name(name)} is {at_top == all_of_them}")
            else:
                end = self._tops[name] if at_top else 0
                said.append(f"{self._name(name)} is {'' if all_of_them else 'not '}{end}")
        return listed(said, "and" if all_of_them else "or")

    def _is_bit(self, name: str) -> bool:
        return self._tops.get(name) == 1

    def _name(self, name: str) -> str:
        return self._called.get(name, name)


def _summands(total: Expression) -> Iterator[Expression]:
    match total:
        case Operation("+", (left, right)):
            yield from _summands(left)
            yield from _summands(right)
        case _:
            yield total


def how_many(sign: str, count: int, names: Sequence[str]) -> str:
    """Return how many of some bits are True, in words."""
    among, every = listed(names, "and"), len(names)
    if sign in ("<=", ">"):
        sign, count = {"<=": "<", ">": ">="}[sign], count + 1
    verb = "is" if count == 1 else "are"
    match sign:
        case "==" if count == 0:
            return (
                f"neither {listed(names, 'nor')} is True"
                if every == 2
                else f"none of {among} is True"
            )
        case "==" if count == every:
            return f"{among} are {'both' if every == 2 else 'all'} True"
        case "!=" if count == every:
            return f"{among} are not {'both' if every == 2 else 'all'} True"
        case "!=" if count == 0:
            return f"at least one of {among} is True"
        case "==":
            return f"exactly {counted(count)} of {among} {verb} True"
        case "!=":
            return f"any number but {counted(count)} of {among} are True"
        case ">=":
            return f"at least {counted(count)} of {among} {verb} True"
        case _:
            return f"fewer than {counted(count)} of {among} are True"


def counted(count: int) -> str:
    """Return a number in words where it is small."""
    return COUNTED[count] if 0 <= count < len(COUNTED) else str(count)


def listed(items: Sequence[str], conjunction: str) -> str:
    """Return items as a list in a sentence."""
    if len(items) < 2:
        return "".join(items) or "none"
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"
