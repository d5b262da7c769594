"""What the report of a run says, every field checked: the folder may come from anywhere."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bonsai_compiler.driver.precedence import VERDICTS
from bonsai_compiler.equivalence.verdict import Counterexample, Verdict
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.names import expect_file_name


@dataclass(frozen=True, slots=True)
class PassTold:
    """What a report tells of one pass."""

    name: str
    check: str = ""
    deed: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A report; `task` is empty and `passes` are none where it does not say."""

    task: str
    verdict: Verdict
    network_counterexample: Counterexample | None
    passes: tuple[PassTold, ...]


def read_report(text: str, graph: Graph, place: str) -> Report:
    """Return what a report says of a run that ended with a graph.

    Raises BonsaiError, beginning with `place`, for what no run would write.
    """
    try:
        told = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        _expect_printable(told)
        example = _counterexample(told, graph)
        return Report(
            expect_file_name(told["task"], place) if "task" in told else "",
            _verdict(told, example),
            _counterexample(told.get("network") or {}, graph),
            tuple(map(_pass, told.get("passes") or ())),
        )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise BonsaiError(f"{place}: is no report of a run; compile again") from None


def _refuse(word: str) -> float:
    raise ValueError(word)


def _finite(word: str) -> float:
    value = float(word)
    return value if math.isfinite(value) else _refuse(word)


def _expect_printable(value: object) -> None:
    """Raise ValueError unless each text in a document is one line that gives no orders."""
    match value:
        case str() if not value.isprintable():
            raise ValueError(value)
        case dict():
            for pair in value.items():
                _expect_printable(list(pair))
        case list():
            for item in value:
                _expect_printable(item)


def _pass(told: Mapping[str, Any]) -> PassTold:
    seconds = told.get("seconds")
    return PassTold(
        _text(told["name"]),
        _text(told.get("check", "")),
        _text(told.get("what", "")),
        None if seconds is None else float(seconds),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _count(told: Mapping[str, Any], name: str) -> int | None:
    value = told.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise ValueError(value)
    return value


def _verdict(told: Mapping[str, Any], example: Counterexample | None) -> Verdict:
    kind = told["verdict"]
    if kind not in VERDICTS or (kind == "refuted") != (example is not None):
        raise ValueError(kind)
    return Verdict(
        kind,
        0,
        _count(told, "horizon"),
        _count(told, "depth"),
        _count(told, "random"),
        example,
        bool(told.get("shortest")),
    )


def _counterexample(told: Mapping[str, Any], graph: Graph) -> Counterexample | None:
    example = told.get("counterexample")
    if not example:
        return None
    ticks = {len(example[part]) for part in ("inputs", "outputs", "expected")}
    if len(ticks) != 1 or 0 in ticks:
        raise ValueError(ticks)
    return Counterexample(
        tuple(tuple(map(bool, graph.given.encoded(values))) for values in example["inputs"]),
        tuple(graph.told.encoded(values) for values in example["outputs"]),
        tuple(graph.told.encoded(values) for values in example["expected"]),
    )
