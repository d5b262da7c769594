"""A program that was found, as a small tree, and how much of it there is to read."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from bonsai_compiler.reading.size import counted


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


def size_of(node: ast.expr) -> int:
    """Return how much an expression is to read."""
    return sum(counted(part) for part in ast.walk(node))


def size_as_it_stands(program: Program) -> int:
    """Return how long a program is, written without regard to what it says more shortly."""
    match program:
        case Returned(_, values, kept):
            return 1 + kept + sum(size_of(value) for value in values)
        case Choice(_, test, yes, no):
            return 1 + size_of(test) + size_as_it_stands(yes) + size_as_it_stands(no)
        case Named(_, _, value, rest):
            return 2 + size_of(value) + size_as_it_stands(rest)


def least_with_names(targets: int) -> int:
    """Return the least size of a program that gives a name, `x += y`, and returns its targets."""
    return 3 + 1 + targets


def reads(program: Program) -> set[str]:
    """Return the names that a program reads."""
    match program:
        case Returned(_, values, _):
            return {name for value in values for name in names_in(value)}
        case Choice(_, test, yes, no):
            return names_in(test) | reads(yes) | reads(no)
        case Named(_, name, value, rest):
            return names_in(value) | (reads(rest) - {name})


def names_in(node: ast.expr) -> set[str]:
    """Return the names in an expression."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def least(programs: Iterable[Program | None]) -> Program | None:
    """Return the shortest of some programs, the first of several."""
    found = [program for program in programs if program is not None]
    return min(found, key=lambda program: program.size, default=None)


def inline(program: Program) -> Found | None:
    """Return a program of one target as an expression."""
    match program:
        case Returned(size, (value,)):
            return Found(value, size - 1)
        case Choice(_, test, yes, no):
            first, second = inline(yes), inline(no)
            if first is None or second is None:
                return None
            size = 1 + size_of(test) + first.size + second.size
            return Found(ast.IfExp(test, first.node, second.node), size)
        case _:
            return None
