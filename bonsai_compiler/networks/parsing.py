"""Graphs from text: their own language, or a network's JSON, lifted and given its names."""

from pathlib import Path

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.names import identifier
from bonsai_compiler.ir.text import load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.networks.fields import parse_json
from bonsai_compiler.networks.graph_file import wiring_of
from bonsai_compiler.networks.lift import Wiring, lift, wired
from bonsai_compiler.networks.network_file import network_of
from bonsai_compiler.specification.task import Task


def parse_graph(text: str, path: str, task: Task | None = None) -> Graph:
    """Return the graph that `text` is, as text or as a network's JSON, well formed."""
    if path.endswith(".json") or text.lstrip().startswith("{"):
        wiring = load_wiring(text, path)
        if task is None:
            graph = lift_unnamed(wiring, "network" if path == "-" else path)
        else:
            graph = lift_for(task, wiring, path)
    else:
        graph = load(text, path)
    verify(graph, path)
    return graph


def lift_unnamed(wiring: Wiring, path: str) -> Graph:
    """Return the lifted network with inputs x or x0, x1, ... and outputs y or y0, y1, ..."""
    name = identifier(Path(path).stem)
    return lift(
        wiring, name, _numbered("x", wiring.input_width), _numbered("y", len(wiring.outputs))
    )


def lift_for(task: Task, wiring: Wiring, place: str) -> Graph:
    """Return the lifted network with the inputs, outputs and integers of a task, and its name.

    Raises BonsaiError, which names the place, where it has more of them or fewer.
    """
    expect_widths(task, wiring.input_width, len(wiring.outputs), place)
    return lift(wiring, identifier(task.name), task.inputs, task.outputs, task.ports)


def expect_widths(task: Task, inputs: int, outputs: int, place: str) -> None:
    """Raise BonsaiError unless a network has as many inputs and outputs as a task has bits."""
    for what, names, width in (("input", task.inputs, inputs), ("output", task.outputs, outputs)):
        if len(names) != width:
            has = f"{width} {what}{'' if width == 1 else 's'}"
            raise BonsaiError(f"{place}: has {has}, but {task.path} has {len(names)}")


def _numbered(letter: str, width: int) -> tuple[str, ...]:
    return (letter,) if width == 1 else tuple(f"{letter}{place}" for place in range(width))


def load_wiring(text: str, place: str) -> Wiring:
    """Return the network that JSON `text` holds, neuron by neuron.

    Raises BonsaiError, beginning with `place`, for anything that is not a whole network.
    """
    document = parse_json(text, place)
    if isinstance(document, dict) and "inputLayer" in document:
        wiring = wiring_of(document, place)
    else:
        wiring = wired(network_of(document, place))
    if not wiring.outputs:
        raise BonsaiError(f"{place}: the network has no outputs; there is nothing to compile")
    return wiring
