"""report.json: its fields, how it is written, and how it is read, wherever it comes from.

docs/report.schema.json says the same to others, with a line on what each field means.
"""

import json
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bonsai_compiler import __version__
from bonsai_compiler.driver.typed_json import as_kind, expect_printable, finite, refuse
from bonsai_compiler.equivalence.verdict import Counterexample, Verdict
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Dialect, Graph, size
from bonsai_compiler.ir.names import expect_file_name, function_name
from bonsai_compiler.ir.signals import Value
from bonsai_compiler.reading.size import reading_size
from bonsai_compiler.specification.task import Basis
from bonsai_compiler.system.folder import MARK

if TYPE_CHECKING:  # A reader of reports needs no compiler, which takes long to load.
    from bonsai_compiler.passes.pipeline import Compiled
    from bonsai_compiler.schedule.origin import Origin

VERDICTS: tuple[Literal["refuted", "tested", "proved"], ...] = ("refuted", "tested", "proved")
"""What a result may be, the worst first."""

Ticks = tuple[tuple[Value, ...], ...]
"""The values of the inputs or of the outputs, a tuple a tick."""


@dataclass(frozen=True, slots=True)
class ExampleReport:
    """A counterexample, in the values that a user sees."""

    inputs: Ticks
    outputs: Ticks
    expected: Ticks


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """The verdict on an imported network itself; where proved, by what, and for which roundings."""

    verdict: str = ""
    counterexample: ExampleReport | None = None
    shortest: bool = False
    by: str | None = None
    regions: int | None = None
    slack: float | None = None


@dataclass(frozen=True, slots=True)
class CodeReport:
    """The levels of a program's states in a state of the machine, and in what share of states met.

    The network's states that runs met in this state of the machine are on the same sides of the
    thresholds, in that share of them.
    """

    levels: tuple[int, ...]
    share: float


@dataclass(frozen=True, slots=True)
class MapReport:
    """How a program's states were read from the network's: what lies above thresholds of these.

    `states` are the machine's, the start first. With the thresholds `beside` them, `told` of all
    states that runs `met` say which of the machine's they are.
    """

    thresholds: Mapping[str, tuple[float, ...]]
    beside: Mapping[str, tuple[float, ...]]
    states: tuple[CodeReport, ...]
    told: int
    met: int


@dataclass(frozen=True, slots=True)
class TaskFileReport:
    """The file of the task, from the folder of results on, and what it held then."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class LogicReport:
    """The size of a graph of logic."""

    nodes: int
    arguments: int


@dataclass(frozen=True, slots=True)
class PassReport:
    """What one pass did, and the size of what it left."""

    name: str
    neurons: int = 0
    weights: int = 0
    states: int = 0
    check: str = ""
    what: str = ""
    seconds: float | None = None
    checks: int = 0


@dataclass(frozen=True, slots=True)
class AttemptReport:
    """What came of one recipe."""

    replicas: int
    solved: int
    resets: int
    steps: int
    mistakes: float
    settled: int = 0


@dataclass(frozen=True, slots=True)
class BudgetReport:
    """How long the run might take, else how long growing might; and whether that ended growing."""

    seconds: float
    struck: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a report says, in the order in which it is written.

    One of an older version may lack any field but the verdict: `task` is empty then.
    """

    task: str = ""
    function: str = ""
    task_file: TaskFileReport | None = None
    verdict: str
    horizon: int | None = None
    depth: int | None = None
    random: int | None = None
    counterexample: ExampleReport | None = None
    shortest: bool = False
    basis: Basis | None = None
    words: tuple[str, ...] = ()
    network: NetworkReport | None = None
    neurons: int | None = None
    weights: int | None = None
    states: int | None = None
    logic: LogicReport | None = None
    program_size: int | None = None
    task_size: int | None = None
    passes: tuple[PassReport, ...] | None = None
    map: MapReport | None = None
    rung: int | None = None
    rungs: tuple[AttemptReport, ...] = ()
    budget: BudgetReport | None = None
    replicas: int | None = None
    solved_replicas: int | None = None
    seconds: Mapping[str, float] | None = None
    seed: int | None = None
    engine: str | None = None
    device: str | None = None
    versions: Mapping[str, str] | None = None


def reported(
    name: str,
    compiled: "Compiled",
    verdict: Verdict,
    origin: "Origin",
    seconds: Mapping[str, float],
    *,
    program: str,
    task: str,
    words: tuple[str, ...] = (),
) -> Report:
    """Return the report on a compiled network; `seconds` are those of the parts of the run.

    `program` and `task` are the texts of the emitted program and of its task; `words` explain it.
    """
    graph = compiled.graph
    neurons, logic = size(compiled.neurons), size(graph)
    return Report(
        task=name,
        function=function_name(name),
        verdict=verdict.kind,
        horizon=verdict.horizon,
        depth=verdict.depth,
        random=verdict.random,
        counterexample=_shown(verdict.counterexample, graph),
        shortest=verdict.shortest,
        basis=verdict.basis,
        words=words,
        network=_network(origin.network, graph),
        neurons=neurons.neurons,
        weights=neurons.weights,
        states=neurons.states,
        logic=LogicReport(logic.neurons, logic.weights) if graph.dialect is Dialect.LOGIC else None,
        program_size=reading_size(program),
        task_size=reading_size(task),
        passes=tuple(
            PassReport(
                step.name,
                step.size.neurons,
                step.size.weights,
                step.size.states,
                step.check,
                step.summary,
                round(step.seconds or 0.0, 4),
                step.checks,
            )
            for step in compiled.steps
        ),
        map=_map(compiled),
        rung=origin.attempt,
        rungs=tuple(AttemptReport(**asdict(attempt)) for attempt in origin.attempts),
        budget=BudgetReport(origin.budget, origin.struck) if origin.budget else None,
        replicas=origin.replicas,
        solved_replicas=origin.solved,
        seconds=seconds,
        seed=origin.seed,
        engine=origin.engine,
        device=origin.device,
        versions={
            "bonsai_compiler": __version__,
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in ("highspy", "numpy", "tinygrad")},
        },
    )


def document(report: Report) -> dict[str, Any]:
    """Return a report as JSON has it, in lists and dicts."""
    told: dict[str, Any] = json.loads(json.dumps(asdict(report)))
    return told


def as_text(document: Mapping[str, Any]) -> str:
    """Return the text of report.json."""
    return json.dumps(document, indent=2) + "\n"


def load(text: str, place: str) -> Report:
    """Return what a report says, every field checked; what is not known is passed over.

    Raises BonsaiError, beginning with `place`, for what no run would write.
    """
    with _expected(place):
        told = json.loads(text, parse_constant=refuse, parse_float=finite)
        expect_printable(told)
        report: Report = as_kind(Report, told)
        if "task" in told:
            expect_file_name(report.task, place)
        if report.verdict not in VERDICTS:
            raise ValueError(report.verdict)
        return report


def verdict_of(report: Report, graph: Graph, place: str) -> tuple[Verdict, Counterexample | None]:
    """Return a report's verdict, and the counterexample to the network that was imported.

    The run ended with `graph`. Raises BonsaiError as `load` does.
    """
    with _expected(place):
        example = _meant(report.counterexample, graph)
        kind = next(kind for kind in VERDICTS if kind == report.verdict)
        if (kind == "refuted") != (example is not None):
            raise ValueError(kind)
        told = report.horizon, report.depth, report.random, example, report.shortest
        verdict = Verdict(kind, 0, *told, basis=report.basis)
        return verdict, _meant(report.network.counterexample, graph) if report.network else None


def glimpsed(folder: Path) -> Mapping[str, Any]:
    """Return what the report of an earlier result says, unchecked; nothing if illegible."""
    try:
        told = json.loads((folder / MARK).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _network(verdict: Verdict | None, graph: Graph) -> NetworkReport | None:
    if verdict is None:
        return None
    proved = verdict.kind == "proved"
    return NetworkReport(
        verdict.kind,
        _shown(verdict.counterexample, graph),
        verdict.shortest,
        by=verdict.by if proved else None,
        regions=verdict.regions or None,
        slack=verdict.slack,
    )


def _map(compiled: "Compiled") -> MapReport | None:
    found = compiled.state_map
    if found is None:
        return None
    states = zip(found.codes, found.shares, strict=True)
    told = tuple(CodeReport(levels, share) for levels, share in states)
    return MapReport(found.cuts, found.beside, told, found.told, found.met)


def _shown(example: Counterexample | None, graph: Graph) -> ExampleReport | None:
    if example is None:
        return None
    inputs, outputs = graph.input_signals.values, graph.output_signals.values
    given, told = map(inputs, example.inputs), map(outputs, example.outputs)
    return ExampleReport(tuple(given), tuple(told), tuple(map(outputs, example.expected)))


def _meant(example: ExampleReport | None, graph: Graph) -> Counterexample | None:
    """Return the counterexample whose values a report shows."""
    if example is None:
        return None
    ticks = {len(part) for part in (example.inputs, example.outputs, example.expected)}
    if len(ticks) != 1 or 0 in ticks:
        raise ValueError(ticks)
    return Counterexample(
        tuple(tuple(map(bool, graph.input_signals.encoded(values))) for values in example.inputs),
        tuple(graph.output_signals.encoded(values) for values in example.outputs),
        tuple(graph.output_signals.encoded(values) for values in example.expected),
    )


@contextmanager
def _expected(place: str) -> Iterator[None]:
    """Raises BonsaiError, beginning with `place`, where what is read is no report."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError):
        raise BonsaiError(f"{place}: is no report of a run; compile again") from None
