"""bonsai_compiler from Python and notebooks: the commands as functions on values.

Nothing is written unless `out` says where, and nothing is printed unless `progress` is set. The
user's mistakes raise BonsaiError with one clear line.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from bonsai_compiler import notebook  # noqa: F401  (gives each class its looks)
from bonsai_compiler.backends.program import Style
from bonsai_compiler.differences.diff import Difference, Step
from bonsai_compiler.driver import emission, workflow
from bonsai_compiler.driver.arguments import as_json, conventions_of, folder_of, path_of
from bonsai_compiler.driver.build import Result
from bonsai_compiler.driver.explaining import explained_source
from bonsai_compiler.driver.loading import parse_source, read_graph, read_source, task_given
from bonsai_compiler.driver.page_model import load_page_model, page_model_of, page_model_of_result
from bonsai_compiler.driver.styles import expect_style
from bonsai_compiler.driver.target import oracle_of
from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.fsm.machine_drawing import MachineDrawing as Portrait
from bonsai_compiler.fsm.machine_drawing import machine_drawing_of
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.learning.boxes import learned_task
from bonsai_compiler.networks.conventions import (
    Between,
    InputValues,
    Nonlinearity,
    OutputReading,
)
from bonsai_compiler.networks.parsing import expect_unsaid, lifted_module
from bonsai_compiler.networks.torch_module import is_module
from bonsai_compiler.page.page import page
from bonsai_compiler.passes.optimise import Optimised, optimise, parse_pipeline
from bonsai_compiler.schedule.settings import Settings
from bonsai_compiler.specification.task import Task
from bonsai_compiler.specification.task_file import read_task
from bonsai_compiler.system.terminal import quietly
from bonsai_compiler.system.writing import write_file
from bonsai_compiler.targets.about import UNKNOWN
from bonsai_compiler.traces.running import record, runner_of
from bonsai_compiler.traces.sequence import as_sequence
from bonsai_compiler.traces.trace import Trace

TaskLike = str | Path | Task | type | Callable[..., Any]
"""A task file's path, a task, a class with inputs, outputs, start and step, or a step function.

Or a black box: a class or object with inputs, outputs, `reset()` and `step(...)`.
"""

GraphLike = Graph | Result | str | Path
"""A graph, a result (its network of neurons), or a file or folder that holds a graph."""

Source = Graph | Result | TaskLike
"""Whatever has a behaviour: a graph, a task, a result (its program), or a file of any kind.

A str of several lines is the text of a program or graph, any other a path.
"""


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
    recipe: Literal["auto", "article"] = "auto",
    smallest: Literal["weights", "neurons", "states", "program"] = "weights",
    out: str | Path | None = None,
    force: bool = False,
    progress: bool = False,
    style: Style = "readable",
) -> Result:
    """Grow networks for a task, compile them, and return the smallest that is proved.

    `inputs`, `outputs` and `start` belong to a bare step function. `budget` is in seconds, None
    for one that fits the task; `growth` changes the recipe, such as {"steps": 2000}. With the
    `recipe` "article" networks grow in the article's own way, without a table. `smallest` says what
    of all that is proved is to be small. With `out` the results are written to the folder
    OUT/<task>/, or beside a better result there unless `force` is set. In the `style` "network" the
    program has a line for each neuron.
    """
    settings = Settings(seed, engine, device, budget=budget, recipe=recipe, smallest=smallest)
    folder, told = folder_of(out), expect_style(style)
    given = _task(task, inputs, outputs, start)
    if growth is not None:
        if not isinstance(growth, Mapping):
            wish = "it must be a dict, such as {'steps': 6000}"
            raise BonsaiError(f"growth is {shown(growth)}; {wish}")
        given = replace(given, growth={**given.growth, **growth})
    with quietly(not progress):
        return workflow.grow_and_compile(given, folder, settings, force=force, style=told)


def compile(  # noqa: A001, as the command is called
    network: str | Path | Mapping[str, Any] | Graph | Any,
    task: TaskLike | None = None,
    *,
    input_values: InputValues | None = None,
    output: OutputReading = "positive",
    activation: Nonlinearity | None = None,
    between: Between | None = None,
    h0: str | Path | None = None,
    out: str | Path | None = None,
    force: bool = False,
    progress: bool = False,
    style: Style = "readable",
) -> Result:
    """Compile a trained network against a task, or against itself.

    The network is a JSON file of either of the article's formats, such a document as a dict, a
    graph of neurons, the state dict of PyTorch in a `.safetensors` file, a model of ONNX or Keras,
    or a live `torch.nn.Module`. What it does not say is said by `input_values`, `output`,
    `activation`, `between` and `h0`, as by the flags of the command. With `out` the results are
    written to the folder OUT/<task or network>/, or beside a better result there unless `force` is
    set. In the `style` "network" the program has a line for each neuron.
    """
    against, folder, told = _optional(task), folder_of(out), expect_style(style)
    conventions = conventions_of(input_values, output, activation, between, h0)
    with quietly(not progress):
        match network:
            case Graph():
                expect_unsaid(conventions, network.name)
                return workflow.compile_lifted(network, against, folder, force=force, style=told)
            case str() | Path():
                return workflow.compile_file(
                    str(network), against, folder, conventions=conventions, force=force, style=told
                )
            case Mapping():
                text, place = as_json(network), "the network"
                return workflow.compile_text(
                    text,
                    place,
                    "network",
                    against,
                    folder,
                    conventions=conventions,
                    force=force,
                    style=told,
                )
            case _ if is_module(network):
                return workflow.compile_module(
                    network, against, folder, conventions=conventions, force=force, style=told
                )
            case _:
                raise BonsaiError(
                    f"{shown(network)} is no network; give a path, a dict, a graph or a module"
                )


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
    return record(runner, as_sequence(sequence, runner.input_signals))


def diff(before: GraphLike, after: GraphLike) -> Difference:
    """Return what changed from one graph to another, node by node."""
    return Difference(_graph(before), _graph(after))


def emit(graph: GraphLike, to: str = "python", **options: str | bool) -> str | bytes:
    """Return a graph as "python", "svg", "c", "verilog" and so on; "png" and "aiger" in bytes.

    `bonsaic list` has all names; the options are those of `bonsaic emit`: reset, registered,
    and style: "network" is a program in Python with a line for each node.
    """
    return emission.emit(_graph(graph), to, UNKNOWN, **options)


def explain(source: Source | Any, task: TaskLike | None = None) -> str:
    """Return in words what a graph, network, program or task does: what was recognised, no more.

    A paragraph is a line: what the states remember, when that changes, what each output is. A task
    says which inputs are legal.
    """
    against = _optional(task)
    return "\n".join(explained_source(_source(source, against), against))


def machine(
    source: Source | Any,
    task: TaskLike | None = None,
    *,
    input_values: InputValues | None = None,
    output: OutputReading = "positive",
    activation: Nonlinearity | None = None,
    between: Between | None = None,
    h0: str | Path | None = None,
) -> Portrait:
    """Return the minimal finite machine behind a graph, network, program or task.

    A network's file or a live `torch.nn.Module` may need the keywords that `compile` has. Where a
    network's states never repeat, it is asked for its machine: `learned` says by how many questions
    and with what verdict. With a task, its legal inputs count, and `comparison` says whether the
    machine is its own.
    """
    against = _optional(task)
    conventions = conventions_of(input_values, output, activation, between, h0)
    match source:
        case _ if is_module(source):
            given: Graph | Task = lifted_module(source, against, conventions)
            return machine_drawing_of(given, against, "the network")
        case str() | Path() if not _is_text(source):
            given = read_source(str(source), against, conventions)
        case _:
            expect_unsaid(conventions, _named(source))
            given = _source(source, against)
    return machine_drawing_of(given, against, _named(source))


def opt(graph: GraphLike, passes: str, task: TaskLike | None = None) -> Optimised:
    """Return what passes make of a graph, such as "clip(threshold=0.2), drop", each checked.

    Lossy passes are held against the task, or else against the graph. A graph that is wrong before
    any pass is returned as it is, with the verdict on it.
    """
    against = _optional(task)
    if not isinstance(passes, str):
        raise BonsaiError(f"passes are {shown(passes)}; give a text such as 'clip, quantize'")
    pipeline, given = parse_pipeline(passes), _graph(graph, against)
    oracle = oracle_of(given, against)
    example = None if against is None else oracle.fault(given)
    if example is not None:
        verdict = Verdict("refuted", 0, counterexample=example)
        return Optimised((Step("start", given),), verdict, broken=False)
    return optimise(given, pipeline, oracle, lambda *_: None)


def view(source: Source, task: TaskLike | None = None, *, out: str | Path | None = None) -> str:
    """Return the page that shows a graph, network, task or result, or a run's folder, as HTML.

    With a task, the inputs that it finds legal and the outputs that it expects are shown too. With
    `out` the page is written there.
    """
    against = _optional(task)
    match source:
        case Result():
            page_model = page_model_of_result(source, against)
        case str() | Path() if not _is_text(source):
            page_model = load_page_model(Path(source), against)
        case _:
            page_model = page_model_of(_source(source, against), against, _named(source))
    shown_page = page(page_model)
    if out is not None:
        write_file(path_of(out), shown_page)
    return shown_page


def _source(source: Source, task: Task | None = None) -> Graph | Task:
    match source:
        case Graph():
            verify(source, source.name)
            return source
        case Result():
            return read_task(source.program.encode(), Path(f"{source.name}.py"))
        case str() if _is_text(source):
            return parse_source(source, task, "program.py")
        case str() | Path():
            return read_source(str(source), task)
        case _:
            return task_given(source)


def _graph(graph: GraphLike, task: Task | None = None) -> Graph:
    match graph:
        case Graph():
            verify(graph, graph.name)
            return graph
        case Result():
            return graph.graph
        case str() | Path():
            return read_graph(str(graph), task)
        case _:
            raise BonsaiError(f"{shown(graph)} is no graph; give a graph, a result or a path")


def _task(
    task: TaskLike,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    start: Hashable = ...,
) -> Task:
    if _is_text(task):
        return learned_task(read_task(str(task).encode(), Path("program.py")))
    return task_given(task, inputs, outputs, start)


def _optional(task: TaskLike | None) -> Task | None:
    return None if task is None else _task(task)


def _is_text(source: object) -> bool:
    """Return whether a str is a program or graph itself, and no path to one."""
    return isinstance(source, str) and "\n" in source


def _named(source: Source) -> str:
    """Return what a source is called in errors."""
    match source:
        case Graph() | Result():
            return source.name
        case str() | Path():
            return "program" if _is_text(source) else str(source)
        case _:
            return shown(source)
