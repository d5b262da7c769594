"""Whatever a user may name on the command line: graphs, networks, tasks and emitted programs."""

import sys
from pathlib import Path

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir import Graph
from bonsai_compiler.names import identifier
from bonsai_compiler.networks.imported import load_wiring
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.networks.wiring import Wiring
from bonsai_compiler.passes.dead_code import dead_code
from bonsai_compiler.proof.behaviour import (
    Behaviour,
    GraphBehaviour,
    MachineBehaviour,
    ProgramBehaviour,
)
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.task import Task
from bonsai_compiler.specification.task_file import load_task, read_task
from bonsai_compiler.text import load
from bonsai_compiler.verify import verify


def read_text(path: str) -> str:
    """Return the text of a file, or of standard input for `-`."""
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise BonsaiError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise BonsaiError(f"{path}: is not text in UTF-8") from None


def read_graph(path: str, task: Task | None = None) -> Graph:
    """Return the graph of a `.bonsai` text or of a network's `.json`, well formed.

    A task says what a network's inputs and outputs are.
    """
    if path.endswith(".py"):
        raise BonsaiError(f"{path}: a graph is wanted here (.bonsai or .json), not a program")
    return parse_graph(read_text(path), path, task)


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
    for what, names, width in (("inputs", task.inputs, inputs), ("outputs", task.outputs, outputs)):
        if len(names) != width:
            raise BonsaiError(f"{place}: has {width} {what}, but {task.path} has {len(names)}")


def read_source(path: str, task: Task | None = None) -> Graph | Task:
    """Return what a file holds: a task or program (.py), or else a graph; `-` may be either.

    A task says what a network's inputs and outputs are.
    """
    if path.endswith(".py"):
        return load_task(Path(path))
    text = read_text(path)
    lines = [line for line in text.splitlines() if line.split("#")[0].strip()]
    if path == "-" and lines and not lines[0].lstrip().startswith(("graph", "{")):
        return read_task(text.encode(), Path("stdin"))
    return parse_graph(text, path, task)


def as_specification(source: Graph | Task) -> Behaviour:
    """Return the behaviour to prove against; a task's is tabulated whole."""
    if isinstance(source, Graph):
        return GraphBehaviour(dead_code(source))
    if not source.has_step:
        raise BonsaiError(f"{source.path}: there is no step to prove against, only examples")
    return MachineBehaviour(tabulate(source))


def as_candidate(source: Graph | Task, specification: Behaviour) -> Behaviour:
    """Return the behaviour to be judged; a program is stepped only where the search leads.

    A graph gets the letters that the specification knows.
    Of a graph only what has an effect: a state that nothing reads may wander without end.
    """
    if isinstance(source, Graph):
        return GraphBehaviour(dead_code(source), specification.alphabet)
    return ProgramBehaviour(source)


def _numbered(letter: str, width: int) -> tuple[str, ...]:
    return (letter,) if width == 1 else tuple(f"{letter}{place}" for place in range(width))
