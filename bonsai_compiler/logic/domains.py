"""What values the nodes of a graph of logic can take, and expressions that respect them."""

from bonsai_compiler.ir.expression import (
    Constant,
    Expression,
    at_least,
    at_most,
    choice,
    compared,
)
from bonsai_compiler.ir.graph import Graph, Input, Logic, State
from bonsai_compiler.ir.integers import input_readings
from bonsai_compiler.ir.kinds import Kind
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


def next_expression(state: State, expression: Expression, domains: Domains) -> Expression:
    """Return the expression for a state's next value, held among its levels where need be.

    A bool that a level is fed with counts as 0 or 1.
    """
    if not state.levels:
        return expression
    if kind_of(expression, domains) is Kind.BIT:
        expression = choice(expression, Constant(1), Constant(0))
    top = int(state.levels[-1])
    values = values_taken(expression, domains)
    if values[-1] > top:
        expression = at_most(expression, top)
    return at_least(expression, 0) if values[0] < 0 else expression


def output_expression(expression: Expression, domains: Domains) -> Expression:
    """Return the expression for an output: a bool as it is, a level where it is above 0."""
    two_valued = kind_of(expression, domains) is Kind.BIT
    return expression if two_valued else compared(expression, ">", Constant(0))
