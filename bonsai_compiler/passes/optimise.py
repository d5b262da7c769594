"""Run any pipeline on a graph; the first pass that breaks the behaviour ends it."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

from bonsai_compiler.differences.walk import Step
from bonsai_compiler.equivalence.product import Alongside
from bonsai_compiler.equivalence.system import GraphBehaviour, MachineBehaviour
from bonsai_compiler.equivalence.verdict import Counterexample, Verdict
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.expression import UnreadableError
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.interpreter import run
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.oracle.examples import ExamplesJudge
from bonsai_compiler.oracle.oracle import SpecificationJudge
from bonsai_compiler.passes.parameters import Tuning
from bonsai_compiler.passes.pipeline import deed_of
from bonsai_compiler.passes.pipeline_text import Application

Judging = SpecificationJudge | ExamplesJudge


@dataclass(frozen=True, slots=True)
class Optimised:
    """Every stage and the verdict on the last; if `broken`, it is the last pass that is to blame.

    A graph that is refuted but not broken was as wrong before any pass.
    """

    stages: tuple[Step, ...]
    verdict: Verdict
    broken: bool

    @property
    def graph(self) -> Graph:
        """What came of the graph."""
        return self.stages[-1].graph


def optimise(
    graph: Graph,
    pipeline: Sequence[Application],
    judge: Judging,
    tell: Callable[[Graph, Step], None],
) -> Optimised:
    """Return what came of a graph, pass by pass; `tell` hears of each with the graph before it.

    An exact pass is held against the graph before it, a lossy one against the judge, and what is
    left at the end once more against the judge, with long runs. Raises BonsaiError for a pass that
    cannot work on its graph.
    """
    _expect_dialects(graph, pipeline)
    tuning = Tuning(judge)
    stages = [Step("start", graph)]
    for application in pipeline:
        before = stages[-1].graph
        stage, example = _applied(application, before, judge, tuning)
        tell(before, stage)
        stages.append(stage)
        if example is not None:
            verdict = Verdict("refuted", 0, counterexample=example)
            return Optimised(tuple(stages), verdict, broken=True)
    verdict = judge.verdict(judge.candidate(stages[-1].graph))
    example = verdict.counterexample
    right = [example is None or right_on(stage.graph, example) for stage in stages]
    if all(right) or not right[0]:
        return Optimised(tuple(stages), verdict, broken=False)
    return Optimised(tuple(stages[: right.index(False) + 1]), verdict, broken=True)


def right_on(graph: Graph, example: Counterexample) -> bool:
    """Return whether a graph answers as expected on the last tick of a counterexample."""
    bits = np.array(example.inputs, dtype=bool).reshape(len(example.inputs), len(graph.inputs))
    values = run(graph, bits)
    answers = [bool(values[node.name][-1]) for node in graph.outputs]
    return all(
        wanted is None or given == wanted
        for given, wanted in zip(answers, example.expected[-1], strict=True)
    )


def _applied(
    application: Application, before: Graph, judge: Judging, tuning: Tuning
) -> tuple[Step, Counterexample | None]:
    """Return what a pass makes of a graph, and an input that shows what it broke, or None."""
    started = time.perf_counter()
    name, item, parameters = application.name, application.item, application.parameters
    _expect_nodes(name, parameters, before)
    found = parameters or tuning.parameters(name, before)
    if found is None:
        if item.gives is not None:
            raise BonsaiError(
                f"{name}: the states of the graph have no end, or it is wrong; put snap before"
            )
        seconds = time.perf_counter() - started
        return Step(name, before, "", "left out: nothing accepted", seconds), None
    try:
        # The situations that a change of dialect takes are those of what has an effect.
        after = item.function(before if item.gives is None else live_part(before), **found)
    except ArithmeticError as error:
        raise BonsaiError(f"{name}: these parameters make no graph ({error})") from None
    except UnreadableError as error:
        raise BonsaiError(f"{name}: cannot write this graph as logic: {error}") from None
    verify(after, name)
    own = _exactly(before, after, judge) if item.exact else judge
    example = own.fault(after)
    check = "refuted" if example else "proved" if own.proves(after) else "accepted"
    return Step(name, after, check, deed_of(found), time.perf_counter() - started), example


def _exactly(before: Graph, after: Graph, judge: Judging) -> SpecificationJudge:
    """Return what an exact pass is held against: the graph before, on the legal inputs."""
    live = live_part(before)
    # What removes dead code is held against all of the graph: without it, both would be one.
    wanted = GraphBehaviour(before if live == live_part(after) else live)
    allowing = judge.specification if isinstance(judge, SpecificationJudge) else None
    if isinstance(allowing, MachineBehaviour):
        return SpecificationJudge(Alongside(wanted, allowing))
    return SpecificationJudge(wanted)


def _expect_dialects(graph: Graph, pipeline: Sequence[Application]) -> None:
    dialect = graph.dialect
    for application in pipeline:
        takes, gives = application.item.takes, application.item.gives
        if takes not in (None, dialect):
            raise BonsaiError(
                f"{application.name}: works on {takes.value}, but the graph is {dialect.value} here"
            )
        dialect = gives or dialect


def _expect_nodes(name: str, parameters: Mapping[str, Any], graph: Graph) -> None:
    """Raise BonsaiError if parameters name a node that the graph does not have."""
    known = [node.name for node in graph.nodes]
    for word in _words([*parameters.values()]):
        if word not in known:
            close = get_close_matches(word, known, 1)
            hint = f"; did you mean '{close[0]}'?" if close else ""
            raise BonsaiError(f"{name}: the graph has no '{word}'{hint}")


def _words(value: object) -> Iterator[str]:
    """Yield every text in a literal; in the parameters of a pass, each is a node's name."""
    match value:
        case str():
            yield value
        case dict():
            yield from (word for pair in value.items() for word in _words(pair))
        case list() | tuple() | set():
            yield from (word for item in value for word in _words(item))
