"""bonsai_compiler from Python and notebooks: the commands as functions on values.

Nothing is written unless `out` says where, and nothing is printed unless `progress` is set. The
user's mistakes raise BonsaiError with one clear line.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, cast

from bonsai_compiler import workflow
from bonsai_compiler.build import Result
from bonsai_compiler.climbing.settings import Settings
from bonsai_compiler.differences.diff import Difference
from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.ir import Graph
from bonsai_compiler.proof.verdict import Verdict
from bonsai_compiler.sources import read_source
from bonsai_compiler.specification.task import Task
from bonsai_compiler.specification.task_file import read_task
from bonsai_compiler.specification.task_object import as_task
from bonsai_compiler.terminal import quietly
from bonsai_compiler.traces.running import record, runner_of
from bonsai_compiler.traces.sequence import as_sequence
from bonsai_compiler.traces.trace import Trace
from bonsai_compiler.verify import verify

TaskLike = str | Path | Task | type | Callable[..., Any]
"""A task file's path, a task, a class with inputs, outputs, start and step, or a step function."""

Source = Graph | Result | TaskLike
"""Whatever has a behaviour: a graph, a task, a result (its program), or a file of any kind."""


def grow(
    task: TaskLike,
    *,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    start: Hashable = ...,
    seed: int = 0,
    budget: float | None = None,
    growth: Mapping[str, Any] | None = None,
    engine: Literal["auto", "kernel", "tensor"] = "auto",
    device: str | None = None,
    out: str | Path | None = None,
    force: bool = False,
    progress: bool = False,
) -> Result:
    """Grow networks for a task, compile them, and return the smallest that is proved.

    `inputs`, `outputs` and `start` belong to a bare step function. `budget` is in seconds, None
    for one that fits the task; `growth` changes the recipe, such as {"steps": 2000}. With `out`
    the results are written to the folder OUT/<task>/, or beside a better result there unless
    `force` is set.
    """
    if budget is not None and not budget >= 1.0:
        raise BonsaiError(f"the budget is {shown(budget)}; it must be seconds, 1 or more")
    given = as_task(task, inputs, outputs, start)
    given = replace(given, growth={**given.growth, **(growth or {})})
    settings = Settings(seed, engine, device, budget=budget)
    with quietly(not progress):
        return workflow.grow_and_compile(given, _folder(out), settings, force=force)


def compile(  # noqa: A001, as the command is called
    network: str | Path | Mapping[str, Any] | Graph,
    task: TaskLike | None = None,
    *,
    out: str | Path | None = None,
    force: bool = False,
    progress: bool = False,
) -> Result:
    """Compile a trained network against a task, or against itself.

    The network is a JSON file of either of the article's formats, such a document as a dict, or a
    graph of neurons. With `out` the results are written to the folder OUT/<task or network>/, or
    beside a better result there unless `force` is set.
    """
    against, folder = None if task is None else as_task(task), _folder(out)
    with quietly(not progress):
        match network:
            case Graph():
                return workflow.compile_lifted(network, against, folder, force=force)
            case str() | Path():
                return workflow.compile_file(str(network), against, folder, force=force)
            case Mapping():
                text = _as_json(network)
                return workflow.compile_text(
                    text, "the network", "network", against, folder, force=force
                )
            case _:
                raise BonsaiError(f"{shown(network)} is no network; give a path, a dict or a graph")


def load(path: str | Path) -> Graph | Task:
    """Return what a file holds: a task or program (.py), or else a graph (.bonsai, .json)."""
    return read_source(str(path))


def check(candidate: Source, specification: Source) -> Verdict:
    """Return whether the candidate behaves as the specification does, with a counterexample if not.

    Only sequences that the specification finds legal count.
    """
    return workflow.held_against(_source(candidate), _source(specification))[0]


def run(source: Source, sequence: str | int | Iterable[Any]) -> Trace:
    """Return what every signal carries over a sequence of inputs.

    The sequence holds a word a tick, "10 11 01" or ["10", "11"]; or bools or integers, or tuples of
    them; or it is a number of ticks, where there are no inputs.
    """
    runner = runner_of(_source(source))
    return record(runner, as_sequence(sequence, runner.given))


def diff(before: Graph, after: Graph) -> Difference:
    """Return what changed from one graph to another, node by node."""
    return Difference(before, after)


def emit(graph: Graph, to: str = "python") -> str | bytes:
    """Return a graph as "python", "boolean", "dot" or "svg", or in bytes as "png"."""
    return workflow.emit(graph, to)


def _source(source: Source) -> Graph | Task:
    match source:
        case Graph():
            verify(source, source.name)
            return source
        case Result():
            return read_task(source.program.encode(), Path(f"{source.name}.py"))
        case str() | Path():
            return read_source(str(source))
        case _:
            return as_task(source)


def _folder(out: str | Path | None) -> Path | None:
    return None if out is None else Path(out)


def _as_json(document: Mapping[str, Any]) -> str:
    try:
        return json.dumps(cast(dict[str, Any], document))
    except (TypeError, ValueError, RecursionError) as error:
        raise BonsaiError(f"the network is no JSON document ({error})") from None
