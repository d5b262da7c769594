"""What values the nodes of a graph of logic can take, and expressions that respect them."""

from bonsai_compiler.ir.graph import Graph, Input, Logic, State
from bonsai_compiler.ir.integers import input_readings
from bonsai_compiler.ir.rewriting import canonical
from bonsai_compiler.ir.values import TRUTH, Domains, kind_of, values_taken


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
                domains[name] = values_taken(expression, domains)
            case _:
                continue
    return domains


def next_expression(state: State, text: str, domains: Domains) -> str:
    """Return the expression for a state's next value, held among its levels where need be.

    A bool that a level is fed with counts as 0 or 1.
    """
    if not state.levels:
        return text
    if kind_of(text, domains) is bool:
        text = canonical(f"1 if {text} else 0")
    top = int(state.levels[-1])
    values = values_taken(text, domains)
    if values[-1] > top:
        text = f"min({text}, {top})"
    return f"max({text}, 0)" if values[0] < 0 else text


def output_expression(text: str, domains: Domains) -> str:
    """Return the expression for an output: a bool as it is, a level where it is above 0."""
    return text if kind_of(text, domains) is bool else f"({text}) > 0"
