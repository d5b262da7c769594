"""Evaluate the equations that `emit --to boolean` prints: `~`, `&`, `^`, `|`, and brackets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .running import CALLED, called


@dataclass(frozen=True)
class Bit:
    """A truth value for which the four signs mean what they mean in Boolean algebra."""

    value: bool

    def __invert__(self) -> "Bit":
        return Bit(not self.value)

    def __and__(self, other: "Bit") -> "Bit":
        return Bit(self.value and other.value)

    def __or__(self, other: "Bit") -> "Bit":
        return Bit(self.value or other.value)

    def __xor__(self, other: "Bit") -> "Bit":
        return Bit(self.value != other.value)


def solved(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the equations say, given inputs and states: `y` and `s'` by name.

    Of a name with several levels, such as `[s' == 2]`, the one level whose equation holds.
    Raises ValueError where several do.
    """
    known, found = dict(values), set()
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        # An equals sign with blanks around it stands between the sides only: `==` has two.
        left, right = re.split(r"\s+=\s+", line, maxsplit=1)
        truth = _reckoned(right, known)
        truth = _truth(right, known) if truth is None else truth
        level = re.fullmatch(r"\[(\S+) == (-?\d+)\]", left)
        if level is None:
            known[left] = truth
        elif truth:
            if level[1] in found:
                raise ValueError(f"{level[1]} has two levels")
            found.add(level[1])
            known[level[1]] = int(level[2])
    return known


def _reckoned(text: str, values: Mapping[str, Any]) -> int | None:
    """Return the integer that a right side is if it is one in brackets; None for any other."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "[") - (sign == "]")
        if depth == 0 and place < len(text) - 1:
            return None
    if not text.startswith("["):
        return None
    found = eval(called(text[1:-1]), {**values, **CALLED})
    return None if isinstance(found, bool) else int(found)


def _truth(text: str, values: Mapping[str, Any]) -> bool:
    """Return whether an equation's right side holds."""
    plain, asked = "", []
    depth = first = 0
    for place, sign in enumerate(text):
        depth += sign == "["
        if depth == 1 and sign == "[":
            first = place
        if depth == 0:
            plain += sign
        depth -= sign == "]"
        if depth == 0 and sign == "]":
            question = called(text[first + 1 : place])
            asked.append(Bit(bool(eval(question, {**values, **CALLED}))))
            plain += f"_asked[{len(asked) - 1}]"
    names: dict[str, Any] = {name: Bit(v) for name, v in values.items() if isinstance(v, bool)}
    names["_asked"] = asked
    # Python reads True and False as its own; there is nothing else in an equation to be read so.
    constants = re.sub(r"\b(True|False)\b", r"_is\1", plain)
    names |= {"_isTrue": Bit(True), "_isFalse": Bit(False)}
    result = eval(constants, {"__builtins__": {}}, names)
    assert isinstance(result, Bit)
    return result.value
