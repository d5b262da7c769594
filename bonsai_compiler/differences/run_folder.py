"""Read a finished run back from its folder: the graph after each pass, and the verdict."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bonsai_compiler.differences.walk import Stage
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.folder import MARK
from bonsai_compiler.ir import Graph
from bonsai_compiler.proof.verdict import Counterexample, Verdict
from bonsai_compiler.sources import read_graph, read_text

STEP = re.compile(r"(\d+)-(\w+)\.bonsai")


@dataclass(frozen=True, slots=True)
class Run:
    """What each pass made, and what the report says; without one the rest stays empty.

    `verdict` is the verdict in words, `kind` in one word; the counterexamples are those to the
    program and to the network that it was compiled from.
    """

    stages: tuple[Stage, ...]
    task: str = ""
    kind: str = ""
    verdict: str | None = None
    counterexample: Counterexample | None = None
    network_counterexample: Counterexample | None = None


def read_run(folder: Path) -> Run:
    """Return the run in a folder of results, or in its `steps` folder.

    Raises BonsaiError where the folder holds no run, or steps and report do not belong together.
    """
    steps = folder / "steps" if (folder / "steps").is_dir() else folder
    names = _step_names(steps)
    graphs = [read_graph(str(steps / name)) for name in names]
    passes = [STEP.fullmatch(name)[2] for name in names]  # type: ignore[index]
    place = steps.absolute().parent / MARK
    if not place.is_file():
        return Run(tuple(map(Stage, passes, graphs)))
    try:
        report = json.loads(read_text(str(place)))
        told = report.get("passes") or [{"name": name} for name in passes]
        if [item["name"] for item in told] != passes:
            raise BonsaiError(f"{place}: tells of other passes than {steps} holds")
        example = _counterexample(report, graphs[-1])
        return Run(
            tuple(map(_stage, told, graphs)),
            str(report.get("task", "")),
            report["verdict"],
            _verdict(report, graphs[-1], example),
            example,
            _counterexample(report.get("network") or {}, graphs[-1]),
        )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise BonsaiError(f"{place}: is no report of a run; compile again") from None


def _step_names(steps: Path) -> Sequence[str]:
    """Return the files of the steps in order; there is one for each number from 0."""
    try:
        found = {path.name: STEP.fullmatch(path.name) for path in steps.iterdir()}
    except OSError as error:
        raise BonsaiError(f"{steps}: cannot be read ({error.strerror})") from None
    numbers = {name: int(match[1]) for name, match in found.items() if match}
    if not numbers:
        raise BonsaiError(
            f"{steps}: is no run; a folder of results has steps/00-lift.bonsai and so on"
        )
    if sorted(numbers.values()) != list(range(len(numbers))):
        raise BonsaiError(f"{steps}: the steps are not numbered 0, 1, 2, ...; compile again")
    return sorted(numbers, key=numbers.__getitem__)


def _stage(told: Mapping[str, Any], graph: Graph) -> Stage:
    seconds = told.get("seconds")
    return Stage(
        str(told["name"]),
        graph,
        str(told.get("check", "")),
        str(told.get("what", "")),
        None if seconds is None else float(seconds),
    )


def _verdict(report: Mapping[str, Any], graph: Graph, example: Counterexample | None) -> str:
    if report["verdict"] not in ("proved", "tested") and not example:
        raise ValueError
    verdict = Verdict(
        report["verdict"],
        0,
        report.get("horizon"),
        report.get("depth"),
        report.get("random"),
        example,
        bool(report.get("shortest")),
    )
    return verdict.describe(graph.given, graph.told)


def _counterexample(report: Mapping[str, Any], graph: Graph) -> Counterexample | None:
    example = report.get("counterexample")
    if not example:
        return None
    given, told = graph.given, graph.told
    return Counterexample(
        tuple(tuple(map(bool, given.encoded(values))) for values in example["inputs"]),
        tuple(told.encoded(values) for values in example["outputs"]),
        tuple(told.encoded(values) for values in example["expected"]),
    )
