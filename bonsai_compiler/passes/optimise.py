"""The pipeline of `opt`: any passes on any graph; the first that breaks the behaviour ends it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches

from bonsai_compiler.differences.walk import Step
from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.oracle.oracle import Oracle
from bonsai_compiler.passes.base import Pass
from bonsai_compiler.passes.checking import right_on
from bonsai_compiler.passes.manager import Applied, Manager
from bonsai_compiler.passes.pipeline_text import Application


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
    oracle: Oracle,
    tell: Callable[[Graph, Step], None],
) -> Optimised:
    """Return what came of a graph, pass by pass; `tell` hears of each with the graph before it.

    Each is checked as its manager does, and what is left at the end once more against the oracle,
    with random simulation. Raises BonsaiError for a pass that cannot work on its graph.
    """
    _expect_dialects(graph, pipeline)
    manager = Manager(oracle, patient=True)
    stages = [Step("start", graph)]
    for application in pipeline:
        before = stages[-1].graph
        applied = _applied(application, before, manager)
        tell(before, applied.step)
        stages.append(applied.step)
        if applied.refuted:
            verdict = Verdict("refuted", 0, counterexample=applied.example)
            return Optimised(tuple(stages), verdict, broken=True)
    verdict = oracle.verdict(oracle.candidate(stages[-1].graph))
    example = verdict.counterexample
    right = [example is None or right_on(stage.graph, example) for stage in stages]
    if all(right) or not right[0]:
        return Optimised(tuple(stages), verdict, broken=False)
    return Optimised(tuple(stages[: right.index(False) + 1]), verdict, broken=True)


def _applied(application: Application, before: Graph, manager: Manager) -> Applied:
    """Return what a pass makes of a graph; raises BonsaiError if it cannot be left out."""
    kind, given = application.kind, application.given
    if given is not None:
        _expect_nodes(given, before)
    applied = manager.apply(kind, before, given)
    if applied.unreadable:
        raise BonsaiError(f"{kind.name}: cannot write this graph as logic: {applied.unreadable}")
    if not applied.step.check and kind.gives is not None:
        raise BonsaiError(
            f"{kind.name}: the states of the graph have no end, or it is wrong; put snap before"
        )
    return applied


def _expect_dialects(graph: Graph, pipeline: Sequence[Application]) -> None:
    dialect = graph.dialect
    for kind in (application.kind for application in pipeline):
        if kind.takes not in (None, dialect):
            raise BonsaiError(
                f"{kind.name}: works on {kind.takes.value}, but the graph is {dialect.value} here"
            )
        dialect = kind.gives or dialect


def _expect_nodes(given: Pass, graph: Graph) -> None:
    """Raise BonsaiError if parameters name a node that the graph does not have."""
    known = [node.name for node in graph.nodes]
    for word in _words([getattr(given, item.name) for item in fields(given)]):
        if word not in known:
            close = get_close_matches(word, known, 1)
            hint = f"; did you mean '{close[0]}'?" if close else ""
            raise BonsaiError(f"{given.name}: the graph has no '{word}'{hint}")


def _words(value: object) -> Iterator[str]:
    """Yield every text in a literal; in the parameters of a pass, each is a node's name."""
    match value:
        case str():
            yield value
        case dict():
            yield from (word for pair in value.items() for word in _words(pair))
        case list() | tuple() | set():
            yield from (word for item in value for word in _words(item))
