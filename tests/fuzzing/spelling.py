"""A machine written as a task file, its states being all kinds of values."""

import random
from collections.abc import Callable

from .fields import Value, bits_of, letters, lines
from .machines import Answer, Machine, Place

TWINS = (
    *("1", "True", "1.0", "0", "False", "0.0", "-0.0", "(1,)", "(True,)", "(1.0,)", "((), 0.0)"),
    *("((), -0.0)", "frozenset({1})", "frozenset({True})", "(1+0j)", "None", "''", "b''", "()"),
)
"""Values of which some are equal to Python, and yet behave differently."""

POINT = """\
from collections import namedtuple

Point = namedtuple("Point", "x y")
"""
FROZEN = """\
from dataclasses import dataclass


@dataclass(frozen=True)
class Mode:
    level: int
    up: bool
"""
ENUM = """\
from enum import Enum

Light = Enum("Light", [f"L{n}" for n in range(64)])
"""


class Spelling:
    """How the states of one task file are written, and what has to stand above them."""

    def __init__(self, rng: random.Random, size: int, *, odd: bool = False) -> None:
        self.preamble, self.odd = "", odd
        numbers = range(size)
        kinds = ("int", "int", "str", "bits", "float", "nested", "point", "frozen", "enum", "big")
        kind = "twins" if odd and size <= len(TWINS) else rng.choice(kinds)
        match kind:
            case "twins":
                self.states = rng.sample(TWINS, size)
            case "int":
                first = rng.choice((0, 0, -2, 1))
                self.states = [str(n + first) for n in numbers]
            case "str":
                self.states = [repr("state " + chr(97 + n)) for n in numbers]
            case "bits":
                self.states = [repr(tuple(d == "1" for d in f"{n:05b}")) for n in numbers]
            case "float":
                self.states = [repr(n / 2 - 1) for n in numbers]
            case "nested":
                self.states = [f"(({n % 2}, 'a'), ({n // 2},), None)" for n in numbers]
            case "point":
                self.preamble = POINT
                self.states = [f"Point(x={n % 2}, y={n // 2})" for n in numbers]
            case "frozen":
                self.preamble = FROZEN
                self.states = [f"Mode(level={n // 2}, up={n % 2 == 1})" for n in numbers]
            case "enum":
                self.preamble = ENUM
                self.states = [f"Light.L{n}" for n in numbers]
            case "big":
                self.states = [str(10**20 + n) for n in numbers]


def task_text(
    rng: random.Random,
    machine: Machine,
    *,
    odd: bool = False,
    legal: bool = True,
    spoilt: dict[Place, str] | None = None,
) -> str:
    """Return a task file that is the machine; no place that is illegal, or too late, is defined.

    With `legal=False` the text has no `legal` and no `horizon`, as a program may. `spoilt` has
    entries of the table that are to be written otherwise, "" for none at all.
    """
    spelling = Spelling(rng, machine.size, odd=odd)
    states, spoilt = spelling.states, spoilt or {}
    names = [field.name for field in machine.inputs]
    several = len(machine.outputs) > 1
    rows = []
    for place, (following, answer) in sorted(machine.table.items()):
        if (place in machine.illegal and legal) or spoilt.get(place) == "":
            continue
        told = repr(answer) if several else repr(answer[0])
        entry = spoilt.get(place, f"({states[following]}, {told})")
        state, letter = place
        rows.append(f"    repr(({', '.join([states[state], *map(repr, letter)])},)): {entry},")
    text = ['"""A random machine."""', spelling.preamble, *lines(machine.inputs, machine.outputs)]
    text += [f"start = {states[0]}"]
    if legal and machine.horizon:
        text.append(f"horizon = {machine.horizon}")
    text += ["TABLE = {", *rows, "}", ""]
    called = ", ".join(["state", *names])
    text += [f"def step({called}):", f"    return TABLE[repr(({called},))]", ""]
    if legal and machine.illegal:
        refused = [
            f"    repr(({', '.join([states[state], *map(repr, letter)])},)),"
            for state, letter in sorted(machine.illegal)
        ]
        text += ["REFUSED = {", *refused, "}", "", f"def legal({called}):"]
        text += [f"    return repr(({called},)) not in REFUSED", ""]
    return "\n".join(line for line in text if line is not None)


def graph_text(machine: Machine, name: str = "machine") -> str:
    """Return the machine as a graph of logic: one state of as many levels, and tables over it.

    All that the machine leaves open has to be decided.
    """
    size = max(machine.size, 2)
    text = [f"graph {name} (logic)"]
    for field in machine.inputs + machine.outputs:
        if field.encoding:
            text.append(f"port {field.name} in {field.low}..{field.high} {field.encoding}")
    inputs = [bit for field in machine.inputs for bit in field.bits]
    text += [f"input {bit} in {{False, True}}" for bit in inputs]
    levels = ", ".join(map(str, range(size)))
    text.append(f"state s = 0 then n near {{{levels}}}")
    words = {bits_of(machine.inputs, letter): letter for letter in letters(machine.inputs)}

    def table(column: list[Value]) -> str:
        column = [*column, *column][:size]
        return f"({', '.join(map(repr, column))},)[s]"

    def choice(column: dict[tuple[bool, ...], str], bits: tuple[bool, ...] = ()) -> str:
        """Return nested choices by one bit after the other; words of no letter are left out."""
        left = [word for word in column if word[: len(bits)] == bits]
        if len(left) == 1:
            return column[left[0]]
        yes, no = (any(word[len(bits)] is side for word in left) for side in (True, False))
        if not (yes and no):
            return choice(column, (*bits, yes))
        body, orelse = choice(column, (*bits, True)), choice(column, (*bits, False))
        return f"({body} if {inputs[len(bits)]} else {orelse})"

    def over(value: Callable[[int, Answer], Value]) -> str:
        return choice(
            {
                bits: table([value(*machine.table[state, letter]) for state in range(machine.size)])
                for bits, letter in words.items()
            }
        )

    text.append(f"logic n = {over(lambda following, _: following)}")
    ends, place = [], 0
    for number, field in enumerate(machine.outputs):
        for position, bit in enumerate(field.bits):
            text.append(
                f"logic o{place} = "
                + over(lambda _, answer, n=number, p=position, f=field: f.encoded(answer[n])[p])
            )
            ends.append(f"output {bit} = o{place}")
            place += 1
    return "\n".join([*text, *ends]) + "\n"
