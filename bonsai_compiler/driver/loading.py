"""Whatever a user may name on the command line: graphs, networks, tasks and emitted programs."""

import sys
from pathlib import Path

from bonsai_compiler.driver.run_folder import last_graph, program_of
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.networks.parsing import parse_graph
from bonsai_compiler.specification.task import Task
from bonsai_compiler.specification.task_file import load_task, read_task
from bonsai_compiler.system.reading import MOST_BYTES, read_utf8


def read_text(path: str) -> str:
    """Return the text of a file, or of standard input for `-`."""
    if path != "-":
        return read_utf8(Path(path))
    try:
        text = sys.stdin.read(MOST_BYTES + 1)
    except OSError as error:
        raise BonsaiError(f"stdin: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise BonsaiError("stdin: is not text in UTF-8") from None
    if len(text) > MOST_BYTES:
        raise BonsaiError(f"stdin: is larger than {MOST_BYTES >> 20} MB, the most that is read")
    return text


def read_graph(path: str, task: Task | None = None) -> Graph:
    """Return the graph of a `.bonsai` text or of a network's `.json`, well formed.

    Of a run's folder it is the last one. A task says what a network's inputs and outputs are.
    """
    if path.endswith(".py"):
        raise BonsaiError(f"{path}: a graph is wanted here (.bonsai or .json), not a program")
    if path != "-" and Path(path).is_dir():
        return last_graph(Path(path))
    return parse_graph(read_text(path), path, task)


def read_task_at(path: Path) -> Task:
    """Return the task in a file; of a run's folder it is the program, which is a task as well."""
    return load_task(program_of(path) if path.is_dir() else path)


def read_source(path: str, task: Task | None = None) -> Graph | Task:
    """Return what a file holds: a task or program (.py), or else a graph; `-` may be either.

    Of a run's folder it is the program. A task says what a network's inputs and outputs are.
    """
    if path == "-":
        return parse_source(read_text(path), task)
    if Path(path).is_dir():
        return read_task_at(Path(path))
    if path.endswith(".py"):
        return load_task(Path(path))
    return parse_graph(read_text(path), path, task)


def parse_source(text: str, task: Task | None = None, name: str = "stdin") -> Graph | Task:
    """Return what a text is: a graph or network, as its first line says, or else a program.

    `name` is what the program is called.
    """
    lines = [line for line in text.splitlines() if line.split("#")[0].strip()]
    if lines and not lines[0].lstrip().startswith(("graph", "{")):
        return read_task(text.encode(), Path(name))
    return parse_graph(text, "-", task)
