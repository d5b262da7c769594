"""A program that was found, as Python's statements."""

import ast
import json
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy

from bonsai_compiler.reading.columns import Column, Target
from bonsai_compiler.reading.program import Choice, Named, Program, Returned, names_in, reads
from bonsai_compiler.reading.size import counted

Fresh = Callable[[str], str]


class Writer:
    """Writes the body of `step`, which calls all that it remembers together `memory`."""

    def __init__(
        self,
        columns: Sequence[Column],
        targets: Sequence[Target],
        memory: str,
        fresh: Fresh,
        begun: Sequence[ast.stmt] = (),
    ) -> None:
        """Take what there is, and lines that each body has `begun` with."""
        self._begun = begun
        self._states = [target.follows for target in targets if target.follows]
        self._inputs = {column.name for column in columns} - {*self._states}
        self._results = [target.column.name for target in targets if not target.follows]
        self._targets, self._memory, self._fresh = targets, memory, fresh

    def body(self, program: Program) -> list[ast.stmt]:
        """Return the statements, the unpacking of several states first where they are read."""
        names = {name: name for name in self._states}
        statements = [*self._begun, *self._written(program, names)]
        read = {name for line in statements for name in _in_order(line)}
        if len(self._states) > 1 and read & {*self._states}:
            targets = ast.Tuple([ast.Name(name) for name in self._states])
            statements.insert(0, ast.Assign([targets], ast.Name(self._memory), lineno=0))
        return statements

    def _written(self, program: Program, names: Mapping[str, str]) -> list[ast.stmt]:
        match program:
            case Returned():
                return self._returned(program, names)
            case Choice(_, test, yes, no):
                begun = ast.If(_called(test, names), self._written(yes, names), [])
                return [begun, *self._written(no, names)]
            case Named(_, name, value, rest):
                called, more = self._name(name, value, rest, names)
                lines = _unnested(called, _called(value, names))
                return [*lines, *self._written(rest, more)]

    def _name(
        self, name: str, value: ast.expr, rest: Program, names: Mapping[str, str]
    ) -> tuple[str, Mapping[str, str]]:
        """Return what a part is called, and the names from there on.

        The next value of a state, or a part that is made of it, takes its name where the old value
        is read no more.
        """
        later = reads(rest)
        free = [state for state in self._states if state not in later and state in names]
        followed = name.removeprefix("next ") if name.startswith("next ") else ""
        if followed:
            called = followed if followed in free else self._fresh(_next(followed))
        elif name in self._results and name not in self._inputs:
            called = name
        else:
            made_of = [part for part in _in_order(value) if part in free]
            called = made_of[0] if made_of and len(self._states) == 1 else self._fresh("total")
        if called in self._states:
            names = {old: new for old, new in names.items() if new != called}
        return called, {**names, name: called}

    def _returned(self, program: Returned, names: Mapping[str, str]) -> list[ast.stmt]:
        told = [target for target in self._targets if not (program.kept and target.follows)]
        values = [_called(value, names) for value in program.values]
        lines: list[ast.stmt] = []
        for at, (target, value) in enumerate(zip(told, values, strict=True)):
            if _depth(value) > MOST_NESTED:
                others = {
                    name for other in values if other is not value for name in names_in(other)
                }
                name = self._free(target, others)
                lines += _unnested(name, value)
                values[at] = ast.Name(name)
        pairs = list(zip(told, values, strict=True))
        following = [value for target, value in pairs if target.follows]
        results = [value for target, value in pairs if not target.follows]
        if program.kept:
            following = [ast.Name(self._memory)]
            if [one.id for one in results if isinstance(one, ast.Name)] == self._states:
                # What comes out is all that is remembered.
                results = following
        state = following[0] if len(following) == 1 else ast.Tuple(following)
        result = results[0] if len(results) == 1 else ast.Tuple(results)
        return [*lines, ast.Return(ast.Tuple([state if following else ast.Constant(None), result]))]

    def _free(self, target: Target, read: set[str]) -> str:
        """Return a name for what comes out of a target, beside what else is read."""
        if target.follows:
            taken = target.follows in read
            return self._fresh(_next(target.follows)) if taken else target.follows
        name = target.column.name
        return self._fresh(name) if name in read or name in self._inputs else name


def _next(state: str) -> str:
    return f"next_{state.rstrip('_')}"


MOST_NESTED = 2
"""How many conditionals there are within each other on a line."""


def _depth(node: ast.AST) -> int:
    """Return how many conditionals there are within each other."""
    inner = max(map(_depth, ast.iter_child_nodes(node)), default=0)
    return inner + isinstance(node, ast.IfExp)


def _unnested(name: str, value: ast.expr) -> list[ast.stmt]:
    """Return the lines that say `name = value`."""
    return _branches(name, value) if _depth(value) > MOST_NESTED else [assigned(name, value)]


def _branches(name: str, value: ast.expr) -> list[ast.stmt]:
    """Return a choice as a branch for each condition."""
    if not isinstance(value, ast.IfExp):
        return [assigned(name, value)]
    return [ast.If(value.test, _unnested(name, value.body), _branches(name, value.orelse))]


def _in_order(node: ast.AST) -> list[str]:
    return [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]


def _called(node: ast.expr, names: Mapping[str, str]) -> ast.expr:
    """Return an expression in which what has another name by now is called by that."""
    copied = deepcopy(node)
    for part in ast.walk(copied):
        if isinstance(part, ast.Name) and part.id in names:
            part.id = names[part.id]
    return copied


def assigned(name: str, value: ast.expr) -> ast.stmt:
    """Return `name = value`, as `name += ...` or under an `if` where that says the same."""
    match value:
        case ast.IfExp(test, changed, ast.Name(kept)) if kept == name:
            return ast.If(test, [assigned(name, changed)], [])
        case ast.IfExp(test, ast.Name(kept), changed) if kept == name:
            return ast.If(_negated(test), [assigned(name, changed)], [])
        case ast.BinOp(ast.Name(own), ast.Add() | ast.Sub() as operator, more) if own == name:
            return ast.AugAssign(ast.Name(name), operator, more)
        case ast.BinOp() if (added := _added(name, value)) is not None:
            return ast.AugAssign(ast.Name(name), ast.Add(), added)
        case _:
            return ast.Assign([ast.Name(name)], value, lineno=0)


def _negated(test: ast.expr) -> ast.expr:
    match test:
        case ast.UnaryOp(ast.Not(), inner):
            return inner
        case ast.Compare(left, [sign], [right]) if type(sign) in _OPPOSITE:
            return ast.Compare(left, [_OPPOSITE[type(sign)]()], [right])
        case _:
            return ast.UnaryOp(ast.Not(), test)


_PAIRS = ((ast.Eq, ast.NotEq), (ast.Lt, ast.GtE), (ast.Gt, ast.LtE), (ast.In, ast.NotIn))
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    one: other for pair in _PAIRS for one, other in (pair, pair[::-1])
}


def _added(name: str, value: ast.expr) -> ast.expr | None:
    """Return what a sum that begins with a name adds to it; None for any other expression."""
    match value:
        case ast.BinOp(ast.Name(own), ast.Add(), more) if own == name:
            return more
        case ast.BinOp(left, ast.Add() | ast.Sub() as operator, more):
            added = _added(name, left)
            return None if added is None else ast.BinOp(added, operator, more)
        case _:
            return None


def size_of_statements(statements: Sequence[ast.stmt]) -> int:
    """Return how much some statements are to read."""
    return sum(counted(part) for line in statements for part in ast.walk(line))


def as_lines(statements: Sequence[ast.stmt]) -> list[str]:
    """Return the lines of some statements, however long."""
    lines: list[str] = []
    for statement in statements:
        match statement:
            case ast.If(test, body, other):
                lines.append(f"if {as_text(test)}:")
                lines += [f"    {line}" for line in as_lines(body)]
                more = as_lines(other)
                if len(other) == 1 and isinstance(other[0], ast.If):
                    lines += [f"el{more[0]}", *more[1:]]
                elif other:
                    lines += ["else:", *(f"    {line}" for line in more)]
            case ast.Return(ast.Tuple([state, results])):
                lines.append(f"return {as_text(state)}, {as_text(results)}")
            case ast.Assign([ast.Tuple(names)], value):
                lines.append(f"{', '.join(map(as_text, names))} = {as_text(value)}")
            case ast.Assign([name], value):
                lines.append(f"{as_text(name)} = {as_text(value)}")
            case ast.AugAssign(name, operator, value):
                lines.append(f"{as_text(name)} {_SIGNS[type(operator)]}= {as_text(value)}")
            case _:
                raise TypeError(f"no statement of a program: {ast.dump(statement)}")
    return lines


_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Mod: "%",
    ast.FloorDiv: "//",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_CHOICE, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN, _ATOM = range(9)
"""How tightly an expression holds together; what binds less tightly needs brackets."""


def as_text(node: ast.expr, least: int = _CHOICE) -> str:
    """Return an expression as text, in brackets if it binds less tightly than `least`."""
    text, binding = _text(node)
    return f"({text})" if binding < least else text


def _text(node: ast.expr) -> tuple[str, int]:
    match node:
        case ast.Name(name):
            return name, _ATOM
        case ast.Constant(str() as word):
            return json.dumps(word, ensure_ascii=False), _ATOM
        case ast.Constant(value):
            return repr(value), _ATOM
        case ast.UnaryOp(ast.Not(), inner):
            return f"not {as_text(inner, _NOT)}", _NOT
        case ast.UnaryOp(_, inner):
            return f"-{as_text(inner, _SIGN)}", _SIGN
        case ast.BinOp(left, operator, right):
            own = _SUM if isinstance(operator, ast.Add | ast.Sub) else _PRODUCT
            return f"{as_text(left, own)} {_SIGNS[type(operator)]} {as_text(right, own + 1)}", own
        case ast.BoolOp(operator, parts):
            own, sign = (_AND, "and") if isinstance(operator, ast.And) else (_OR, "or")
            return f" {sign} ".join(as_text(part, own + 1) for part in parts), own
        case ast.Compare(left, [sign], [right]):
            first, second = as_text(left, _SUM), as_text(right, _SUM)
            return f"{first} {_SIGNS[type(sign)]} {second}", _COMPARISON
        case ast.IfExp(test, yes, no):
            first, second = as_text(yes, _OR), as_text(test, _OR)
            return f"{first} if {second} else {as_text(no)}", _CHOICE
        case ast.Call(function, arguments):
            return f"{as_text(function)}({', '.join(map(as_text, arguments))})", _ATOM
        case ast.Subscript(value, index):
            return f"{as_text(value, _ATOM)}[{as_text(index)}]", _ATOM
        case ast.Slice(low, high, by):
            ends = ["" if end is None else as_text(end) for end in (low, high, by)]
            return ":".join(ends if by else ends[:2]), _CHOICE
        case ast.Set(entries):
            return f"{{{', '.join(map(as_text, entries))}}}", _ATOM
        case ast.Starred(value):
            return f"*{as_text(value, _SUM)}", _CHOICE
        case ast.Tuple(entries):
            return f"({', '.join(map(as_text, entries))}{',' * (len(entries) == 1)})", _ATOM
    raise TypeError(f"no expression of a program: {ast.dump(node)}")
