"""Run a graph, and evaluate an expression: this is what the intermediate representation means.

One loop over the nodes, on columns: every value is an array with one element for each of the
(state, input) pairs that are computed side by side.
"""

from collections.abc import Mapping
from functools import partial, reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.expression import Constant, Expression, Name, Operation, Table
from bonsai_compiler.ir.graph import (
    Dialect,
    Graph,
    Input,
    Logic,
    Neuron,
    Output,
    Product,
    State,
)
from bonsai_compiler.ir.kinds import Kind

Values = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

FUNCTIONS: dict[str, Any] = {
    "not": np.logical_not,
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "+": partial(np.add, dtype=np.int64),
    "-": partial(np.subtract, dtype=np.int64),
    "%": np.remainder,
    "min": np.minimum,
    "max": np.maximum,
    "if": np.where,
    "and": lambda *operands: reduce(np.logical_and, operands),
    "or": lambda *operands: reduce(np.logical_or, operands),
}
"""What each operator means, element by element."""


def initial_states(graph: Graph) -> Floats:
    """Return the states on the first tick, shape (1, states)."""
    return np.array([[float(state.init) for state in graph.states]], dtype=np.float64) + 0.0


def evaluate_nodes(graph: Graph, states: Floats, bits: Bools) -> dict[str, Values]:
    """Return the value of every node, a column of n elements each; outputs are bools.

    `states` has shape (n, states), `bits` (n, inputs).
    """
    logical = graph.dialect is Dialect.LOGIC
    activations = graph.activation_of
    state_columns = iter(states.T)
    bit_columns = iter(bits.T)
    values: dict[str, Values] = {}
    for node in graph.nodes:
        match node:
            case Input(name):
                column = next(bit_columns)
                values[name] = column if logical else np.where(column, 1.0, -1.0)
            case State(name):
                stored = next(state_columns)
                whole = np.bool_ if node.kind is Kind.BIT else np.int64
                values[name] = stored.astype(whole if logical else np.float64)
            case Neuron(name) | Product(name) | Logic(name):
                values[name] = computed_values(node, activations, values, len(states))
            case Output(name, source):
                values[name] = values[source] > 0
    return values


def computed_values(
    node: Neuron | Product | Logic,
    activations: Mapping[str, Activation],
    values: Mapping[str, Values],
    count: int,
) -> Values:
    """Return what a node makes, (count,), of the values of the nodes that it reads."""
    match node:
        case Neuron(activation=activation):
            return neuron_values(node, activations[activation], values, count)
        case Product(_, left, right):
            with np.errstate(over="ignore", invalid="ignore"):
                return np.asarray(values[left] * values[right])
        case Logic(expression=expression):
            return np.broadcast_to(evaluate(expression, values), (count,))


def neuron_values(
    neuron: Neuron, activation: Activation, values: Mapping[str, Values], count: int
) -> Values:
    """Return what a neuron gives, (count,), from the values of the nodes that it reads."""
    # A sum may overflow to infinity; that is its value, and no cause for a warning.
    with np.errstate(over="ignore", invalid="ignore"):
        return activation(neuron_sum(neuron, values, count))


def neuron_sum(neuron: Neuron, values: Mapping[str, Values], count: int) -> Values:
    """Return what a neuron's activation is applied to, (count,)."""
    total: Values = np.zeros(count)
    for term in neuron.terms:
        total = total + term.weight * values[term.source]
    return np.asarray(total + neuron.bias)


def next_states(graph: Graph, values: Mapping[str, Values], count: int) -> Floats:
    """Return the states of the next tick, shape (count, states), from the values of this one."""
    columns = [nearest(values[state.next], state.levels) for state in graph.states]
    if not columns:
        return np.zeros((count, 0))
    # Adding 0.0 turns -0.0 into 0.0, so that equal states have equal bytes.
    return np.stack(columns, axis=1).astype(np.float64) + 0.0


def nearest(column: Values, levels: tuple[float, ...]) -> Values:
    """Return each value's nearest level (the lower of two equally near); all, without levels.

    NaN, which is greater than nothing, is held to the lowest.
    """
    if not levels:
        return column
    ladder = np.array(levels, dtype=np.float64)
    # Halved first: the sum of two levels may be too large for a double.
    places = np.searchsorted(ladder[1:] / 2 + ladder[:-1] / 2, column, side="left")
    return np.asarray(ladder[np.where(column == column, places, 0)])


def run(graph: Graph, sequence: Bools) -> dict[str, Values]:
    """Return every node's value over a sequence of inputs (ticks, inputs), one element a tick."""
    states = initial_states(graph)
    trace: list[dict[str, Values]] = []
    for bits in sequence:
        values = evaluate_nodes(graph, states, bits[None, :])
        states = next_states(graph, values, 1)
        trace.append(values)
    names = [node.name for node in graph.nodes]
    return {name: np.array([values[name][0] for values in trace]) for name in names}


def evaluate(expression: Expression, values: Mapping[str, Values]) -> Values:
    """Return the value of an expression, element by element, over equally long columns."""
    return np.asarray(_evaluated(expression, values))


def _evaluated(expression: Expression, values: Mapping[str, Values]) -> Any:
    match expression:
        case Name(name):
            return values[name]
        case Operation(operator, operands):
            return FUNCTIONS[operator](*[_evaluated(part, values) for part in operands])
        case Table(entries, index):
            places = np.asarray(_evaluated(index, values), dtype=np.int64)
            return np.take(np.array(entries), places, mode="clip")
        case Constant(value):
            return value
    raise AssertionError(f"{expression!r} is no expression")
