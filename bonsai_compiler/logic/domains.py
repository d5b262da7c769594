"""What values the nodes of a graph of logic can take, and expressions that respect them."""

from itertools import product

import numpy as np

from bonsai_compiler.expression import Kind, arguments, evaluate, kind
from bonsai_compiler.ir import Graph, Input, Logic, State
from bonsai_compiler.logic.integers import input_readings

Domains = dict[str, tuple[int, ...]]
TRUTH = (False, True)


def value_domains(graph: Graph) -> Domains:
    """Return the values that each node can take, over all choices of what it reads."""
    domains: Domains = {}
    readings = input_readings(graph)
    for node in graph.nodes:
        match node:
            case Input(name):
                domains[name] = TRUTH
            case State(name, _, _, levels):
                domains[name] = tuple(map(int, levels)) or TRUTH
            case Logic(name, expression) if expression in readings:
                domains[name] = tuple(readings[expression].values)
            case Logic(name, expression):
                names = arguments(expression)
                choices = np.array(list(product(*(domains[source] for source in names))))
                columns = dict(zip(names, choices.T, strict=True)) if names else {}
                results = np.atleast_1d(evaluate(expression, columns))
                truth = kind_of(expression, domains) is bool
                domains[name] = TRUTH if truth else tuple(map(int, np.unique(results)))
            case _:
                continue
    return domains


def is_truth(name: str, domains: Domains) -> bool:
    """Return whether a node is a bool, and no level."""
    return domains[name] is TRUTH


def next_expression(state: State, text: str, domains: Domains) -> str:
    """Return the expression for a state's next value, held among its levels where need be."""
    if not state.levels or kind_of(text, domains) is bool:
        return text
    top = int(state.levels[-1])
    names = arguments(text)
    choices = np.array(list(product(*(domains[source] for source in names))))
    results = np.atleast_1d(evaluate(text, dict(zip(names, choices.T, strict=True))))
    if results.max() > top:
        text = f"min({text}, {top})"
    return f"max({text}, 0)" if results.min() < 0 else text


def output_expression(text: str, domains: Domains) -> str:
    """Return the expression for an output: a bool as it is, a level where it is above 0."""
    return text if kind_of(text, domains) is bool else f"({text}) > 0"


def kind_of(text: str, domains: Domains) -> Kind:
    """Return whether an expression over these nodes is a bool or a level."""
    kinds: dict[str, Kind] = {name: bool if is_truth(name, domains) else int for name in domains}
    return kind(text, kinds)
