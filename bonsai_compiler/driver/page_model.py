"""From what a user names to a page model: a finished run's folder, a graph, a network, a task."""

import ast
from pathlib import Path

from bonsai_compiler.backends.boolean import emit_boolean
from bonsai_compiler.backends.python import emit_python
from bonsai_compiler.differences.diff import Step
from bonsai_compiler.driver.build import Result
from bonsai_compiler.driver.explaining import explained
from bonsai_compiler.driver.loading import Run, read_run, read_source
from bonsai_compiler.equivalence.system import (
    GraphSystem,
    ProgramSystem,
    TransitionSystem,
    expect_same_interface,
)
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.log import from_csv
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.names import expect_file_name
from bonsai_compiler.ir.parsing import module_tree
from bonsai_compiler.networks.conventions import UNSAID, Conventions
from bonsai_compiler.networks.parsing import expect_unsaid
from bonsai_compiler.oracle.compare import as_specification
from bonsai_compiler.page.model import (
    ONLY_EXAMPLES,
    PageModel,
    Status,
    expected_of,
    machine_of,
    page_model,
    scenarios,
)
from bonsai_compiler.specification.machine_file import PLAIN, MachineReading
from bonsai_compiler.specification.task import Task

NO_TASK = (
    "No task was given to hold the outputs against, or to say which inputs may come; "
    "--task names one."
)
NOT_JUDGED = Status("not judged", "bonsaic check and bonsaic compile say whether it is right")
A_TASK = Status("task", "what a network is grown for, and held against")


def load_page_model(
    path: Path,
    task: Task | None = None,
    conventions: Conventions = UNSAID,
    reading: MachineReading = PLAIN,
) -> PageModel:
    """Return the page model of the run in a folder, or of the graph, network or task in a file.

    With a task, the inputs that it finds legal and the outputs that it expects are shown too.
    """
    if path.is_dir():
        expect_unsaid(conventions, str(path))
        return _of_run(path, task)
    name = "stdin" if str(path) == "-" else expect_file_name(path.stem, str(path))
    return page_model_of(read_source(str(path), task, conventions, reading), task, name)


def page_model_of(source: Graph | Task, task: Task | None, name: str) -> PageModel:
    """Return the page model of a graph that is called `name`, or of a task."""
    if isinstance(source, Task):
        return _of_task(source)
    texts = emit_python(source), _equations(source)
    stages = (Step("as it stands", source),)
    doc = task.doc if task else ""
    wanted = _wanted(source, task)
    words = explained(source, None if isinstance(wanted, str) else wanted)
    return page_model(name, doc, stages, wanted, NOT_JUDGED, texts, words=words)


def page_model_of_result(result: Result, task: Task | None) -> PageModel:
    """Return the page model of a result, which may have been written nowhere."""
    if result.folder is not None:
        return _of_run(result.folder, task)
    graph, verdict, network = result.compiled.graph, result.verdict, result.network
    wrong = network.counterexample if network else None
    return page_model(
        result.name,
        _docstring(result.program, result.name),
        result.steps,
        _wanted(graph, task),
        Status(verdict.kind, verdict.describe(graph.input_signals, graph.output_signals)),
        (result.program, _equations(graph)),
        scenarios(verdict.counterexample, wrong, len(result.steps) - 1),
        words=result.words,
    )


def _of_run(folder: Path, task: Task | None) -> PageModel:
    run = read_run(folder)
    program, table = run.text(f"{run.name}.py"), run.text("growth.csv")
    return page_model(
        run.name,
        _docstring(program, str(run.root / f"{run.name}.py")),
        run.stages,
        _wanted(run.stages[-1].graph, task),
        _status(run, task),
        (program, run.text(f"{run.name}.bool.txt")),
        scenarios(run.counterexample, run.network_counterexample, len(run.stages) - 1),
        from_csv(table, str(run.root / "growth.csv")) if table else (),
        run.words,
    )


def _status(run: Run, task: Task | None) -> Status:
    """Return a run's verdict; a page that does not know the task may show what is not legal."""
    if run.verdict is None:
        return NOT_JUDGED
    return Status(run.kind, run.verdict if task else f"{run.verdict}. {NO_TASK}")


def _docstring(program: str, place: str) -> str:
    """Return what a program says of itself; it is read, and not run."""
    try:
        return ast.get_docstring(module_tree(program)) or ""
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise BonsaiError(f"{place}: is no Python; compile again") from None


def _of_task(task: Task) -> PageModel:
    if not task.has_step:
        raise BonsaiError(f"{task.path}: there is no step to show, only examples")
    machine = as_specification(task)
    return PageModel(
        task.name,
        task.doc,
        task.input_signals,
        task.output_signals,
        (),
        A_TASK,
        expected_of(machine),
        machine_of(ProgramSystem(task), machine),
        task.source,
        "",
    )


def _wanted(graph: Graph, task: Task | None) -> TransitionSystem | str:
    if task is None:
        return NO_TASK
    if not task.has_step:
        return ONLY_EXAMPLES
    wanted = as_specification(task)
    expect_same_interface(GraphSystem(graph), wanted)
    return wanted


def _equations(graph: Graph) -> str:
    return emit_boolean(graph) if graph.dialect is Dialect.LOGIC else ""
