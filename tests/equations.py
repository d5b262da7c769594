"""Reads emitted Boolean equations as a user would, with sympy, and steps them."""

import re

import numpy as np
from sympy import Symbol, sympify

from bonsai_compiler.expression import evaluate
from bonsai_compiler.ir import Graph


def solved(text: str, graph: Graph, sequence: np.ndarray) -> list[tuple[bool, ...]]:
    """Return the outputs of each tick, computed from the equations alone."""
    rows = [line.split(" = ", 1) for line in text.splitlines() if " = " in line and line[0] != "#"]
    atoms = {atom: f"atom{place}" for place, atom in enumerate(re.findall(r"\[.*?\](?!\[)", text))}
    equations = [(left.strip(), _parsed(right, atoms)) for left, right in rows]
    states = {node.name: node.init for node in graph.states}
    answers = []
    for bits in np.asarray(sequence, dtype=bool).tolist():
        values = {**dict(zip((node.name for node in graph.inputs), bits, strict=True)), **states}
        results, following = {}, dict(states)
        for left, formula in equations:
            true = _value(formula, values, atoms)
            name, level = re.fullmatch(r"\[?([^\s\]]+?)(?: == (-?\d+)\])?", left).groups()
            if level is None or true:
                result = true if level is None else int(level)
                if name.endswith("'"):
                    following[name[:-1]] = result
                else:
                    results[name] = values[name] = result
        states = following
        answers.append(tuple(bool(results[node.name]) for node in graph.outputs))
    return answers


def _parsed(text, atoms):
    for atom in sorted(atoms, key=len, reverse=True):
        text = text.replace(atom, atoms[atom])
    names = set(re.findall(r"[^\W\d]\w*", text)) - {"True", "False"}
    return sympify(text, locals={name: Symbol(name) for name in names})


def _value(formula, values, atoms):
    meaning = {mark: bool(_asked(atom, values)) for atom, mark in atoms.items()}
    known = {**{name: bool(value) for name, value in values.items()}, **meaning}
    return bool(formula.subs({symbol: known[symbol.name] for symbol in formula.free_symbols}))


def _asked(atom, values):
    expression = atom[1:-1]
    try:
        return evaluate(expression, {name: np.array([value]) for name, value in values.items()})[0]
    except (KeyError, IndexError, ValueError):
        return False
