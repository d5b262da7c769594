"""Reads emitted Boolean equations as a user would, with sympy, and steps them."""

import re

import numpy as np
from sympy import Symbol, lambdify
from sympy.parsing.sympy_parser import parse_expr

from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.interpreter import evaluate
from bonsai_compiler.ir.parsing import parse


def solved(text: str, graph: Graph, sequence: np.ndarray) -> list[tuple[bool, ...]]:
    """Return the outputs of each tick, computed from the equations alone."""
    atoms: dict[str, str] = {}
    equations = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            left, right = (part.strip() for part in line.split(" = ", 1))
            name, level = re.fullmatch(r"\[?(\S+?)(?: == (-?\d+)\])?", left).groups()
            equations.append((name, level, right, _parsed(_without_atoms(right, atoms))))
    states = {node.name: node.init for node in graph.states}
    answers = []
    for bits in np.asarray(sequence, dtype=bool).tolist():
        values = {**dict(zip((node.name for node in graph.inputs), bits, strict=True)), **states}
        results, following = {}, dict(states)
        for name, level, right, formula in equations:
            reckoned = _reckoned(right, values)
            true = reckoned or _value(formula, values, atoms)
            if level is None or true:
                result = true if level is None else int(level)
                result = result if reckoned is None else reckoned
                if name.endswith("'"):
                    following[name[:-1]] = result
                else:
                    results[name] = values[name] = result
        states = following
        answers.append(tuple(results[node.name] > 0 for node in graph.outputs))
    return answers


def _reckoned(right, values):
    """Return the integer that a right side is if it is one in brackets; None for any other."""
    if not right.startswith("[") or _without_atoms(right, {}) != "atom0":
        return None
    columns = {name: np.array([value]) for name, value in values.items()}
    found = np.atleast_1d(evaluate(parse(right[1:-1]), columns))[0]
    return None if isinstance(found, bool | np.bool_) else int(found)


def _without_atoms(text, atoms):
    """Return the text with each `[...]` replaced by a plain name, kept in `atoms`."""
    while "[" in text:
        start = end = text.index("[")
        depth = 0
        while depth or end == start:
            depth += {"[": 1, "]": -1}.get(text[end], 0)
            end += 1
        mark = f"atom{len(atoms)}"
        atoms[mark] = text[start + 1 : end - 1]
        text = text[:start] + mark + text[end:]
    return text


def _parsed(text):
    """Return the names that a formula reads, and the formula as a function of their values."""
    names = sorted(set(re.findall(r"[^\W\d]\w*", text)) - {"True", "False"})
    symbols = {name: Symbol(name) for name in names}
    # Not sympify: it would take ^ for a power.
    return names, lambdify(list(symbols.values()), parse_expr(text, symbols), "math")


def _value(formula, values, atoms):
    names, function = formula
    columns = {name: np.array([value]) for name, value in values.items()}
    asked = [np.atleast_1d(evaluate(parse(atoms.get(name, name)), columns))[0] for name in names]
    return bool(function(*map(bool, asked)))
