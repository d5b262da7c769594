"""Graphs and machines as plain data that the page can run: JSON, with nothing left to parse."""

from typing import Any

from bonsai_compiler.ir.activation import Activation, ameo_pieces, padded
from bonsai_compiler.ir.expression import Constant, Expression, Name, Operation, Table, arguments
from bonsai_compiler.ir.graph import Graph, Input, Logic, Neuron, Node, Output, State
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Signals
from bonsai_compiler.ir.text import dump_node
from bonsai_compiler.specification.machine import Machine


def runnable_graph(graph: Graph) -> dict[str, Any]:
    """Return a graph as data: nodes in order of evaluation, activations as tables of pieces."""
    return {
        "dialect": graph.dialect.value,
        "activations": {
            "linear": {"kind": "linear"},
            **{name: _activation(kind) for name, kind in graph.activations},
        },
        "nodes": [{**_node(node), "line": dump_node(node, graph.dialect)} for node in graph.nodes],
    }


def runnable_machine(machine: Machine) -> dict[str, Any]:
    """Return a machine as data: rows a state, a column a letter, -1 where no letter leads."""
    return {
        "successor": machine.successor.tolist(),
        "output": machine.output.tolist(),
        "legal": machine.legal.astype(int).tolist(),
        "horizon": machine.horizon,
    }


def runnable_signals(signals: Signals) -> list[dict[str, Any]]:
    """Return the fields of signals as data; a port has its bits, and the word of each value."""
    return [
        {
            "name": field.name,
            "bits": field.bits,
            "low": field.low,
            "words": ["".join("01"[bit] for bit in word) for word in field.words.tolist()],
        }
        if isinstance(field, Port)
        else {"name": field}
        for field in signals.fields
    ]


def runnable_expression(expression: Expression) -> list[Any]:
    """Return an expression of logic as nested lists, the operator first."""
    match expression:
        case Name(name):
            return ["name", name]
        case Constant(value):
            return ["value", value]
        case Operation(operator, operands):
            return [operator, *map(runnable_expression, operands)]
        case Table(entries, index):
            return ["table", runnable_expression(index), *entries]
    raise AssertionError(f"{expression!r} is no expression")


def _node(node: Node) -> dict[str, Any]:
    match node:
        case Input(name):
            return {"kind": "input", "name": name}
        case State(name, init, following, levels):
            return {
                "kind": "state",
                "name": name,
                "init": init,
                "next": following,
                "levels": list(map(float, levels)),
            }
        case Neuron(name, activation, bias, terms):
            return {
                "kind": "neuron",
                "name": name,
                "activation": activation,
                "bias": bias,
                "terms": [[term.weight, term.source] for term in terms],
            }
        case Logic(name, expression):
            return {
                "kind": "logic",
                "name": name,
                "expression": runnable_expression(expression),
                "text": str(expression),
                "reads": list(arguments(expression)),
            }
        case Output(name, source):
            return {"kind": "output", "name": name, "source": source}


def _activation(activation: Activation) -> dict[str, Any]:
    if activation.kind != "ameo":
        return {"kind": activation.kind}
    pieces = padded(ameo_pieces(activation.factor, activation.leak))
    return {
        "kind": "pieces",
        "ends": [piece.end for piece in pieces[:-1]],
        "centres": [piece.centre for piece in pieces],
        "coefficients": [list(piece.coefficients) for piece in pieces],
    }
