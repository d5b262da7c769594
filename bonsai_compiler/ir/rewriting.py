"""Rewrite logic expressions: tidy text, names replaced, and how much there is to read."""

import ast
from collections.abc import Mapping
from functools import lru_cache

from bonsai_compiler.ir.expression import SIGNS, names_read, parse
from bonsai_compiler.ir.phrases import (
    Binding,
    Phrase,
    added,
    called,
    choice,
    compared,
    joined,
    looked_up,
    name,
    negated,
    number,
    remainder,
    truth,
)


def canonical(expression: str) -> str:
    """Return the expression with Python's own spacing, few brackets and no `not not`.

    `a if not c else b` becomes `b if c else a`, and nested `and`s and `or`s become one.
    """
    return phrase(expression).text


def occurrences(expression: str, name: str) -> int:
    """Return how often an expression reads a name."""
    return names_read(parse(expression)).count(name)


def cost(expression: str) -> int:
    """Return how much there is to read: names, constants, negations and choices.

    What joins them, `and`, `!=` or `+`, counts nothing, nor do brackets.
    """
    return phrase(expression).cost


def substitute(expression: str, replacements: Mapping[str, str]) -> str:
    """Return the expression with names replaced by whole expressions."""
    known = {name: phrase(replacements[name]) for name in replacements}
    return _phrase(parse(expression), known).text


@lru_cache(maxsize=65536)
def phrase(expression: str) -> Phrase:
    """Return an expression as a tidy phrase."""
    return _phrase(parse(expression), {})


def _phrase(tree: ast.expr, known: Mapping[str, Phrase]) -> Phrase:
    def of(part: ast.expr) -> Phrase:
        return _phrase(part, known)

    match tree:
        case ast.Name(id=text):
            return known[text] if text in known else name(text)
        case ast.Constant(value=bool(value)):
            return truth(value)
        case ast.Constant(value=int(value)):
            return number(value)
        case ast.UnaryOp(operand=operand):
            return negated(of(operand))
        case ast.BoolOp(op=operator, values=operands):
            binding = Binding.AND if isinstance(operator, ast.And) else Binding.OR
            return joined(binding, [of(part) for part in operands])
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return choice(of(test), of(body), of(orelse))
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return compared(of(left), SIGNS[type(operator)], of(right))
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            return remainder(of(left), of(right))
        case ast.BinOp(left=left, op=operator, right=right):
            return added(of(left), SIGNS[type(operator)], of(right))
        case ast.Call(func=ast.Name(id=function), args=[left, right]):
            return called(function, of(left), of(right))
        case ast.Subscript(value=ast.Tuple(elts=items), slice=index):
            place = of(index)
            entries = [of(item) for item in items]
            # A place outside the table stays for `verify` to refuse.
            if place.text.isdigit() and int(place.text) < len(entries):
                return entries[int(place.text)]
            return looked_up(entries, place)
    raise AssertionError(f"{ast.unparse(tree)} was not admitted by parse")
