"""A state that an output is called like has its name until the output takes it."""

import ast
from collections.abc import Iterator, Sequence
from copy import deepcopy

from bonsai_compiler.reading.statements import assigned


def renamed(statements: Sequence[ast.stmt], old: str, new: str) -> list[ast.stmt] | None:
    """Return statements in which what is called `old` is called `new`.

    None where the old value is read after something else was called `new`: there are no loops, so
    that what stands below comes later.
    """
    used = list(_used(statements))
    reads = [place for place, (name, is_read) in enumerate(used) if name == old and is_read]
    taken = [place for place, (name, _) in enumerate(used) if name == new]
    if taken and reads and taken[0] < reads[-1]:
        return None
    return [_again(line, old, new) for line in deepcopy(list(statements))]


def _used(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, bool]]:
    """Yield the names in the order in which they come into use, and whether each is read."""
    for node in nodes:
        match node:
            case ast.Assign(targets, value):
                yield from _used([value])
                yield from ((name, False) for name, _ in _used(targets))
            case ast.AugAssign(ast.Name(name), _, value):
                yield name, True
                yield from _used([value])
                yield name, False
            case ast.Name(name):
                yield name, True
            case _:
                yield from _used(list(ast.iter_child_nodes(node)))


def _again(line: ast.stmt, old: str, new: str) -> ast.stmt:
    for part in ast.walk(line):
        if isinstance(part, ast.Name) and part.id == old:
            part.id = new
    return _shortened(line)


def _shortened(line: ast.stmt) -> ast.stmt:
    match line:
        case ast.Assign([ast.Name(name)], value):
            return assigned(name, value)
        case ast.If(test, body, other):
            return ast.If(test, [*map(_shortened, body)], [*map(_shortened, other)])
        case _:
            return line
