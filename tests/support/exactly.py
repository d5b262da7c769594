"""Networks in fifty digits, node by node: what every bound is held against."""

import mpmath

from bonsai_compiler.ir.activation import ameo_pieces
from bonsai_compiler.ir.graph import Product


def exact(activation, x):
    """The value of an activation at x, in fifty digits."""
    x = mpmath.mpf(x)
    match activation.kind:
        case "tanh":
            return mpmath.tanh(x)
        case "sigmoid":
            return 1 / (1 + mpmath.exp(-x))
        case "relu":
            return max(x, mpmath.mpf(0))
        case "step":
            return mpmath.mpf(x > 0)
        case "linear":
            return x
    pieces = ameo_pieces(activation.factor, activation.leak)
    piece = next(piece for piece in pieces if x <= piece.end)
    offset = x - piece.centre
    return sum(mpmath.mpf(part) * offset**power for power, part in enumerate(piece.coefficients))


def exactly(graph, states, bits):
    """The values of all nodes in fifty digits, and the states of the next tick."""
    given = zip(graph.inputs + graph.states, [*(2 * bits - 1.0), *states], strict=True)
    values = {node.name: mpmath.mpf(value) for node, value in given}
    for node in graph.computed:
        if isinstance(node, Product):
            values[node.name] = values[node.left] * values[node.right]
        else:
            total = sum(
                (mpmath.mpf(t.weight) * values[t.source] for t in node.terms), mpmath.mpf(0)
            )
            activation = graph.activation_of[node.activation]
            values[node.name] = exact(activation, total + mpmath.mpf(node.bias))
    return values, [kept(values[state.next], state.levels) for state in graph.states]


def kept(value, levels):
    return min(levels, key=lambda level: abs(level - value)) if levels else value
