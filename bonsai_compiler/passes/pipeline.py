"""The pipeline of `compile`: rows of passes, of which those that break a graph are left out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from bonsai_compiler.differences.diff import Step
from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.ir.graph import Dialect, Graph, Product, size
from bonsai_compiler.ir.interpreter import Floats
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.ir.text import dump, load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.oracle.falsify import random_simulation
from bonsai_compiler.passes import HOLD_TO_LEVELS, LOGIC_PASSES, REDUCE, ROUND, TIDY
from bonsai_compiler.passes.base import Pass
from bonsai_compiler.passes.checking import right_on
from bonsai_compiler.passes.journal import Entry, short_name
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.passes.simplify import Simplify
from bonsai_compiler.passes.threshold import StateMap, Threshold
from bonsai_compiler.system.deadline import NEVER, Deadline

VARIANTS: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset({"quantize"}),
    frozenset({"clip", "quantize"}),
)
"""Which passes to leave out, tried in turn until the states snap to levels that prove right."""

OUT_OF_TIME = "left out: no time was left"

WORTH = 2.0
"""How much more there may be to read in logic that came of a small graph of neurons."""

TOO_MUCH = "left out: it would change the behaviour"

NO_MACHINE = "left out: the machine that thresholds tell does other than it should"

FINE = frozenset({"drop", "round_numbers"})
"""Passes that go through all terms one by one."""

MOST_FINE = 30
"""A network that is lifted with levels was pruned by all that it does. One of more weights is not
gone through once more: that takes minutes, and what is left nobody reads either."""

MOST_ROUNDS = 12
"""Rounds of passes until nothing changes; more than a few mean that two passes undo each other."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """All steps, from the lifted network on; `settled` if the last graph is finite and right.

    `state_map` says which thresholds of the network's states the logic was read from, if it was.
    """

    steps: tuple[Step, ...]
    settled: bool
    state_map: StateMap | None = None

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


def compile_graph(lifted: Graph, manager: Manager) -> Compiled:
    """Return the steps from a lifted network to its smallest graph of neurons, and to logic.

    Logic is made of the machine that thresholds tell, too, and that is returned where no levels are
    found, or with so many that there is WORTH times as much to read; gates are never held to
    levels that they do not keep to as they are. What is not settled stays a graph of neurons.
    """
    machine = read_machine(lifted, manager)
    gated = any(isinstance(node, Product) for node in live_part(lifted).computed)
    if gated and (machine.settled or not manager.oracle.explore(lifted).closed):
        return machine
    compiled = lower_graph(reduce_graph(settle_graph(lifted, manager), manager), manager)
    if not machine.settled:
        return compiled if compiled.settled else _as_right_as_before(compiled, manager)
    longer = compiled.settled and _cost(compiled) > WORTH * _cost(machine)
    return machine if longer or not compiled.settled else compiled


def _as_right_as_before(compiled: Compiled, manager: Manager) -> Compiled:
    """Return what did not settle, without what lossy passes have broken.

    They were accepted on a short look. Here the long search and regions judge what became of all of
    them; where that fails on an input that the network itself was right on, it is only tidied.
    """
    lifted, oracle = compiled.steps[0].graph, manager.oracle
    verdict = oracle.verdict(oracle.candidate(compiled.graph))
    if verdict.counterexample is None or not right_on(lifted, verdict.counterexample):
        return compiled
    said = [
        replace(
            step, graph=lifted, check="", summary=step.summary if step.name == "snap" else TOO_MUCH
        )
        for step in compiled.steps[1:]
        if step.name in {kind.name for kind in HOLD_TO_LEVELS}
    ]
    return _run(TIDY, (compiled.steps[0], *said), manager, NEVER, settled=False)


def _cost(compiled: Compiled) -> int:
    """Return how much there is to read in the logic of the last step."""
    return sum(1 + node.expression.cost for node in compiled.graph.logic)


def read_machine(lifted: Graph, manager: Manager) -> Compiled:
    """Return the steps from a lifted network to the logic of the machine that thresholds tell.

    Where they tell none that is right, it is only tidied.
    """
    verify(lifted)
    begun = (Step("lift", lifted, seconds=0.0),)
    applied = manager.apply(Threshold, lifted)
    if applied.finite and isinstance(applied.made, Threshold):
        steps = (*begun, applied.step)
        logic = _run((Simplify,), steps, manager, NEVER, settled=True)
        return replace(logic, state_map=applied.made.map)
    said = NO_MACHINE if applied.step.check else applied.step.summary
    left = replace(applied.step, graph=lifted, check="", summary=said)
    return _run(TIDY, (*begun, left), manager, NEVER, settled=False)


def settle_graph(lifted: Graph, manager: Manager, deadline: Deadline = NEVER) -> Compiled:
    """Return the steps from a lifted network to a finite graph, reduced once, or as time allows.

    Lossy passes go as far as the oracle accepts. Where clipped and quantized states do not snap to
    levels that are proved right, gentler variants of the pipeline are tried; where none do, the
    first is only tidied.
    """
    verify(lifted)
    begun = (Step("lift", lifted, seconds=0.0),)
    attempts = []
    for variant in VARIANTS:
        passes = _without(HOLD_TO_LEVELS, variant)
        attempts.append(_run(passes, begun, manager, deadline, settled=False))
        if attempts[-1].settled:
            # Its terms were gone through while it grew: that is done again for those that are kept.
            passes = _without(REDUCE, FINE if _is_held(lifted) else frozenset())
            return _run(passes, attempts[-1].steps, manager, deadline, settled=True)
    return _run(TIDY, attempts[0].steps, manager, deadline, settled=False)


def reduce_graph(
    compiled: Compiled,
    manager: Manager,
    deadline: Deadline = NEVER,
    left_out: frozenset[str] = frozenset(),
) -> Compiled:
    """Return the steps with rounds of all passes, until a whole round changes nothing.

    Of these rounds only the steps that changed something are kept; passes `left_out` are not tried.
    A graph that is not settled stays as it is.
    """
    if not compiled.settled:
        return compiled
    steps = compiled.steps
    left_out |= FINE if is_large(steps[0].graph) else frozenset()
    for _ in range(MOST_ROUNDS):
        more = _run(_without(ROUND, left_out), steps, manager, deadline, settled=True).steps[
            len(steps) :
        ]
        pairs = pairwise((steps[-1], *more))
        changed = tuple(step for before, step in pairs if step.graph != before.graph)
        steps += changed
        if not changed:
            break
    return Compiled(steps, settled=True)


def lower_graph(compiled: Compiled, manager: Manager, deadline: Deadline = NEVER) -> Compiled:
    """Return the steps with those to logic appended, or none of them past the deadline.

    Where the graph is not settled, the step `snap` says instead which states keep to no levels.
    """
    if not compiled.settled:
        steps = (
            replace(step, summary=diagnose_drift(step.graph)) if step.name == "snap" else step
            for step in compiled.steps
        )
        return Compiled(tuple(steps), settled=False)
    return _run(LOGIC_PASSES, compiled.steps, manager, deadline, settled=True)


def is_large(lifted: Graph) -> bool:
    """Return whether a network whose states keep to levels is too large to go through by terms."""
    return _is_held(lifted) and size(lifted).weights > MOST_FINE


def _is_held(graph: Graph) -> bool:
    """Return whether each state keeps to levels, as in what grew from a table."""
    return all(state.levels for state in graph.states)


def _without(passes: tuple[type[Pass], ...], names: frozenset[str]) -> tuple[type[Pass], ...]:
    """Return the passes that are not among these names."""
    return tuple(kind for kind in passes if kind.name not in names)


def _run(
    passes: Iterable[type[Pass]],
    steps: tuple[Step, ...],
    manager: Manager,
    deadline: Deadline,
    *,
    settled: bool,
) -> Compiled:
    """Return the steps with those of some passes appended, as many as are begun in time."""
    owner = short_name(steps[0].graph)
    for kind in passes:
        before = steps[-1].graph
        key = owner, kind.name, short_name(before), settled
        entry = manager.journal.find(key)
        if entry is None and deadline.passed:
            steps += (Step(kind.name, before, "", OUT_OF_TIME, 0.0),)
            break
        if entry is None:
            step, settled, last = _made(kind, before, manager, deadline, settled=settled)
            # What was cut short is no longer so when there is more time; and logic that is read
            # back is another text for the same.
            if not deadline.passed and step.graph.dialect is Dialect.NEURONS:
                manager.journal.note(_entry(key, step, settled=settled, last=last))
        else:
            graph = load(entry.graph, "the checkpoint")
            step = Step(kind.name, graph, entry.check, entry.summary, entry.seconds, entry.checks)
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
        step.summary,
        step.check,
        step.seconds or 0.0,
        step.checks,
        settled=settled,
        last=last,
    )


def _made(
    kind: type[Pass], before: Graph, manager: Manager, deadline: Deadline, *, settled: bool
) -> tuple[Step, bool, bool]:
    """Return what a pass makes of a graph, whether that is settled, and whether no pass follows."""
    applied = manager.apply(kind, before, deadline=deadline)
    step = applied.step
    if not step.check:
        return step, settled, kind.settles or kind.gives is not None
    settled = settled or kind.settles
    if applied.refuted or (settled and not applied.finite):
        if step.graph.dialect is Dialect.LOGIC:
            raise BrokenPassError(f"the pass '{kind.name}' broke this graph:\n{dump(before)}")
        # Even an exact pass adds in another order; where a sum stands exactly on an edge of
        # the activation or of a level, the last bit can decide.
        step = replace(step, graph=before, check="", summary=TOO_MUCH)
    return step, settled, False


TICKS = 1_000
RUNS = 8
MANY = 32
"""More distinct values than this are no levels."""


def diagnose_drift(graph: Graph) -> str:
    """Return which states of a graph drift, and which only never repeat, in a few words.

    A state drifts if it goes on leaving the range that it kept to before: it was further out in
    the second half of long random runs than in the first.
    """
    graph = live_part(graph)
    system = GraphSystem(graph)
    runs = random_simulation(system, system, np.random.default_rng(0), RUNS, TICKS, keep=True)
    half = len(runs.candidate) // 2
    clauses = []
    for state, column in zip(graph.states, runs.candidate.T, strict=True):
        if len(np.unique(column)) > MANY:
            word = "drifts" if _leaves(column[:half], column[half:]) else "never repeats"
            clauses.append(f"{state.name} {word}")
    return f"no few levels: {', '.join(clauses)}" if clauses else "no few levels that prove right"


def _leaves(before: Floats, after: Floats) -> bool:
    if not np.isfinite(after).all():
        return True
    room = 0.05 * float(np.ptp(before))
    return bool(after.min() < before.min() - room or after.max() > before.max() + room)
