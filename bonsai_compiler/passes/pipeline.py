"""Run the passes, check each, keep every step."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from bonsai_compiler.differences.walk import Step
from bonsai_compiler.equivalence.search import explore
from bonsai_compiler.equivalence.system import GraphBehaviour
from bonsai_compiler.ir.expression import UnreadableError
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.text import dump, load, number
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.oracle.oracle import QUICK, Judge
from bonsai_compiler.passes import HOLD_TO_LEVELS, LOGIC_PASSES, REDUCE, ROUND, TIDY, Pass
from bonsai_compiler.passes.drift import endless
from bonsai_compiler.passes.journal import Entry, short_name
from bonsai_compiler.passes.parameters import Tuning
from bonsai_compiler.system.deadline import NEVER, Deadline

VARIANTS: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset({"quantize"}),
    frozenset({"clip", "quantize"}),
)
"""Which passes to leave out, tried in turn until the states snap to levels that prove right."""

QUICK_TICKS = 256
"""How far an exact pass is followed while nothing is finite; without inputs, tick by tick."""

OUT_OF_TIME = "left out: no time was left"

MOST_ROUNDS = 12
"""Rounds of passes until nothing changes; more than a few mean that two passes undo each other."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """All steps, from the lifted network on; `settled` if the last graph is finite and right."""

    steps: tuple[Step, ...]
    settled: bool

    @property
    def graph(self) -> Graph:
        """The graph of the last step."""
        return self.steps[-1].graph

    @property
    def neurons(self) -> Graph:
        """The last graph that consists of neurons only."""
        graphs = [step.graph for step in self.steps]
        return next(graph for graph in reversed(graphs) if graph.dialect is Dialect.NEURONS)


class BrokenPassError(Exception):
    """A pass on logic changed behaviour: a fault of the compiler, never of the user."""


def compile_graph(lifted: Graph, tuning: Tuning) -> Compiled:
    """Return the steps from a lifted network to its smallest graph of neurons, and to logic.

    What is not settled stays a graph of neurons.
    """
    return lower_graph(reduce_graph(settle_graph(lifted, tuning), tuning), tuning)


def settle_graph(lifted: Graph, tuning: Tuning, deadline: Deadline = NEVER) -> Compiled:
    """Return the steps from a lifted network to a finite graph, reduced once, or as time allows.

    Lossy passes go as far as the judge accepts. Where clipped and quantized states do not snap to
    levels that are proved right, gentler variants of the pipeline are tried; where none do, the
    first is only tidied.
    """
    verify(lifted)
    begun = (Step("lift", lifted, seconds=0.0),)
    attempts = []
    for left_out in VARIANTS:
        passes = tuple(item for item in HOLD_TO_LEVELS if item.name not in left_out)
        attempts.append(_run(passes, begun, tuning, deadline, settled=False))
        if attempts[-1].settled:
            return _run(REDUCE, attempts[-1].steps, tuning, deadline, settled=True)
    return _run(TIDY, attempts[0].steps, tuning, deadline, settled=False)


def reduce_graph(compiled: Compiled, tuning: Tuning, deadline: Deadline = NEVER) -> Compiled:
    """Return the steps with rounds of all passes, until a whole round changes nothing.

    Of these rounds only the steps that changed something are kept. A graph that is not settled
    stays as it is.
    """
    if not compiled.settled:
        return compiled
    steps = compiled.steps
    for _ in range(MOST_ROUNDS):
        more = _run(ROUND, steps, tuning, deadline, settled=True).steps[len(steps) :]
        pairs = pairwise((steps[-1], *more))
        changed = tuple(step for before, step in pairs if step.graph != before.graph)
        steps += changed
        if not changed:
            break
    return Compiled(steps, settled=True)


def lower_graph(compiled: Compiled, tuning: Tuning, deadline: Deadline = NEVER) -> Compiled:
    """Return the steps with those to logic appended, or none of them past the deadline.

    Where the graph is not settled, the step `snap` says instead which states keep to no levels.
    """
    if not compiled.settled:
        steps = (
            replace(step, deed=endless(step.graph)) if step.name == "snap" else step
            for step in compiled.steps
        )
        return Compiled(tuple(steps), settled=False)
    return _run(LOGIC_PASSES, compiled.steps, tuning, deadline, settled=True)


def _run(
    passes: Iterable[Pass],
    steps: tuple[Step, ...],
    tuning: Tuning,
    deadline: Deadline,
    *,
    settled: bool,
) -> Compiled:
    """Return the steps with those of some passes appended, as many as are begun in time."""
    owner = short_name(steps[0].graph)
    for item in passes:
        before = steps[-1].graph
        key = owner, item.name, short_name(before), settled
        entry = tuning.journal.find(key)
        if entry is None and deadline.passed:
            steps += (Step(item.name, before, "", OUT_OF_TIME, 0.0),)
            break
        if entry is None:
            step, settled, last = _made(item, before, tuning, deadline, settled=settled)
            # What was cut short is no longer so when there is more time; and logic that is read
            # back is another text for the same.
            if not deadline.passed and step.graph.dialect is Dialect.NEURONS:
                tuning.journal.note(_entry(key, step, settled=settled, last=last))
        else:
            graph = load(entry.graph, "the checkpoint")
            step = Step(item.name, graph, entry.check, entry.deed, entry.seconds, entry.checks)
            settled, last = entry.settled, entry.last
        steps += (step,)
        if last:
            break
    return Compiled(steps, settled)


def _entry(key: tuple[str, str, str, bool], step: Step, *, settled: bool, last: bool) -> Entry:
    text = dump(step.graph)
    return Entry(
        *key,
        text,
        step.deed,
        step.check,
        step.seconds or 0.0,
        step.checks,
        settled=settled,
        last=last,
    )


def _made(
    item: Pass, before: Graph, tuning: Tuning, deadline: Deadline, *, settled: bool
) -> tuple[Step, bool, bool]:
    """Return what a pass makes of a graph, whether that is settled, and whether no pass follows."""
    started, asked = time.perf_counter(), tuning.judge.checks
    parameters = tuning.parameters(item.name, before, deadline)
    try:
        after = before if parameters is None else item.function(before, **parameters)
    except UnreadableError as error:
        parameters, after, deed = None, before, f"left out: {error}"
    else:
        deed = "left out: nothing accepted" if parameters is None else deed_of(parameters)
    check = ""
    if parameters is not None:
        verify(after, item.name)
        settled = settled or item.name == "snap"
        check = _check(item, before, after, tuning.judge, settled=settled)
    if check == "refuted":
        if after.dialect is Dialect.LOGIC:
            raise BrokenPassError(f"the pass '{item.name}' broke this graph:\n{dump(before)}")
        # Even an exact pass adds in another order; where a sum stands exactly on an edge of
        # the activation or of a level, the last bit can decide.
        after, check, deed = before, "", "left out: it would change the behaviour"
    checks, seconds = tuning.judge.checks - asked, time.perf_counter() - started
    last = parameters is None and item.name in ("snap", "lower")
    return Step(item.name, after, check, deed, seconds, checks), settled, last


def _check(item: Pass, before: Graph, after: Graph, judge: Judge, *, settled: bool) -> str:
    """Return how a step checks: once settled it is finite, and proved unless nothing can be."""
    if settled:
        found = judge.explore(after)
        if not found.closed or found.failing is not None:
            return "refuted"
        return "proved" if found.joint else "accepted"
    if item.exact:
        alphabet = judge.candidate(before).alphabet
        own, wanted = GraphBehaviour(after, alphabet), GraphBehaviour(before, alphabet)
        alike = explore(own, wanted, QUICK, QUICK_TICKS)
        return "equal" if alike.failing is None else "refuted"
    return "accepted" if judge.accepts(after) else "refuted"


def deed_of(parameters: Mapping[str, Any]) -> str:
    """Return what was chosen, in a few words."""

    def counted(what: str) -> Callable[[Any], str]:
        return lambda value: f"{len(value)} {what}{'' if len(value) == 1 else 's'}"

    words: dict[str, Callable[[Any], str]] = {
        "threshold": lambda value: f"threshold {value:.3g}",
        "step": lambda value: f"step {number(value)}",
        "terms": counted("term"),
        "twins": counted("twin"),
        "ends": counted("end"),
        "codes": lambda value: ", ".join(value) or "nothing to recode",
        "numbers": counted("number"),
        "levels": lambda value: (
            ", ".join(f"{name}: {counted('level')(ladder)}" for name, ladder in value.items())
            or "finite as it is"
        ),
    }
    told = {name: value for name, value in parameters.items() if value is not None}
    return ", ".join(words[name](value) for name, value in told.items() if name in words)
