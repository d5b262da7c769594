"""What every imperative language is told of a graph of logic: assignments, next states, results.

Names in its expressions say where a value lies: `input.x`, `state.s0` or `local.n0`.
"""

from dataclasses import dataclass

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.expression import Expression, Name, arguments, substituted
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.integers import conditions, input_readings, reading
from bonsai_compiler.ir.kinds import Kind
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.values import TRUTH, Domains, Values, kind_of, values_taken
from bonsai_compiler.logic.domains import next_expression, output_expression, value_domains

INPUT, STATE, LOCAL = "input.", "state.", "local."


@dataclass(frozen=True, slots=True)
class Steps:
    """A tick as assignments: those to local names in order, the next states, and the results.

    `domains` has the values of all names. A bool is fed to a bool, an integer to an integer.
    """

    locals: tuple[tuple[str, Expression], ...]
    following: tuple[tuple[str, Expression], ...]
    results: tuple[tuple[Port | str, Expression], ...]
    domains: Domains

    def is_bool(self, expression: Expression) -> bool:
        """Return whether an expression is a bool."""
        return kind_of(expression, self.domains) is Kind.BIT

    def values(self, expression: Expression) -> Values:
        """Return the values that an expression takes."""
        return values_taken(expression, self.domains)

    @property
    def largest(self) -> int:
        """What no number on the way is larger than, whatever its sign."""
        ends = [*self.locals, *self.following, *self.results]
        parts = [part for _, expression in ends for part in _parts(expression)]
        numbers = [self.values(part) for part in parts]
        return max((abs(int(end)) for taken in numbers for end in (taken[0], taken[-1])), default=0)


def steps_of(graph: Graph, language: str) -> Steps:
    """Return a tick of a graph of logic; raises BonsaiError for one of neurons."""
    if graph.dialect is not Dialect.LOGIC:
        raise BonsaiError(
            f"{graph.name} is a graph of neurons, which is written in Python and C only, not in "
            f'{language}; lower it to logic first: bonsaic opt FILE --passes "clip, quantize, '
            f'snap, lower" --task TASK -o {graph.name}.logic.bonsai'
        )
    own, readings = value_domains(graph), input_readings(graph)
    domains: Domains = {}
    meaning: dict[str, Expression] = {}
    for field in graph.input_signals.fields:
        if isinstance(field, Port):
            whole = Name(f"{INPUT}{field.name}")
            domains[whole.name] = tuple(field.values)
            meaning |= zip(field.bits, conditions(field, whole), strict=True)
        else:
            meaning[field] = Name(f"{INPUT}{field}")
            domains[f"{INPUT}{field}"] = TRUTH
    for state in graph.states:
        meaning[state.name] = Name(f"{STATE}{state.name}")
        domains[f"{STATE}{state.name}"] = own[state.name]
    assigned = []
    for node in graph.logic:
        if (port := readings.get(node.expression)) is not None:
            meaning[node.name] = Name(f"{INPUT}{port.name}")
        else:
            name = f"{LOCAL}{node.name}"
            domains[name] = own[node.name]
            assigned.append((name, substituted(node.expression, meaning)))
            meaning[node.name] = Name(name)
    following = [
        (state.name, substituted(next_expression(state, Name(state.next), own), meaning))
        for state in graph.states
    ]
    ends = {
        output.name: substituted(output_expression(Name(output.source), own), meaning)
        for output in graph.outputs
    }
    sources = {output.name: output.source for output in graph.outputs}
    expressions = {node.name: node.expression for node in graph.logic}

    def result(field: Port | str) -> Expression:
        if not isinstance(field, Port):
            return ends[field]
        # Where all bits are asked of one integer, that is the result.
        tests = tuple(expressions.get(sources[bit]) for bit in field.bits)
        for name in arguments(tests[0]) if tests[0] else ():
            fits = own[name][0] >= field.low and own[name][-1] <= field.high
            if fits and tests == conditions(field, Name(name)):
                return meaning[name]
        return substituted(reading(field, field.bits), ends)

    results = [(field, result(field)) for field in graph.output_signals.fields]
    ends_read = [part for _, part in (*following, *results)]
    return Steps(_needed(assigned, ends_read), tuple(following), tuple(results), domains)


def _needed(
    assigned: list[tuple[str, Expression]], ends: list[Expression]
) -> tuple[tuple[str, Expression], ...]:
    """Return the assignments on which a next state or a result rests."""
    needed = {name for expression in ends for name in arguments(expression)}
    for name, expression in reversed(assigned):
        if name in needed:
            needed.update(arguments(expression))
    return tuple(pair for pair in assigned if pair[0] in needed)


def _parts(expression: Expression) -> list[Expression]:
    return [expression, *(part for inner in expression.parts for part in _parts(inner))]
