"""What ends in time: searches keep the best so far; and what a journal holds is not done twice."""

from typing import Any

import numpy as np
import pytest

from bonsai_compiler.bench.compiling import noisy_shift_register
from bonsai_compiler.bench.machines import shift_register
from bonsai_compiler.equivalence.search import explore
from bonsai_compiler.equivalence.system import GraphSystem, MachineSystem
from bonsai_compiler.ir.graph import Dialect, Graph, size
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.oracle.compare import compare
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.passes.base import Pass
from bonsai_compiler.passes.journal import Entry, Journal
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.passes.pipeline import (
    OUT_OF_TIME,
    Compiled,
    compile_graph,
    lower_graph,
    reduce_graph,
    settle_graph,
)
from bonsai_compiler.system.deadline import NEVER, Deadline

JUDGE = SpecificationOracle(MachineSystem(shift_register(1, 2)))


class Ticks:
    """A clock that goes on by one each time that it is read."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


@pytest.fixture
def noisy() -> Graph:
    return lift(noisy_shift_register(1, 2, 4, np.random.default_rng(0)), "noisy", ("x0",), ("y",))


def test_a_share_of_a_deadline() -> None:
    deadline = Deadline(20.0, lambda: 10.0)
    assert not deadline.passed
    assert deadline.within(0.5).at == 15.0
    assert deadline.extended(3.0) == deadline
    assert deadline.extended(30.0).at == 40.0
    assert not NEVER.within(0.5).passed
    late = Deadline(5.0, lambda: 10.0)
    assert late.passed
    assert late.within(0.5).at == 10.0


@pytest.mark.parametrize("reads", [1, 12, 40, 80, 160, 320])
def test_what_is_cut_short_is_as_right_as_what_is_not(noisy: Graph, reads: int) -> None:
    """However early the time is over, the graph is the lifted one's equal, and no larger."""
    manager = Manager(JUDGE)
    deadline = Deadline(float(reads), Ticks())
    compiled = settle_graph(noisy, manager, deadline)
    compiled = lower_graph(reduce_graph(compiled, manager, deadline), manager, deadline)
    assert any(step.summary == OUT_OF_TIME for step in compiled.steps) or reads > 12
    assert compiled.settled == JUDGE.proves(compiled.graph) or not compiled.settled
    assert size(compiled.neurons).weights <= size(noisy).weights
    kept = {entry.summary for entry in manager.journal.entries}
    assert OUT_OF_TIME not in kept


def test_more_time_makes_smaller_graphs(noisy: Graph) -> None:
    def weights(deadline: Deadline) -> int:
        return size(settle_graph(noisy, Manager(JUDGE), deadline).neurons).weights

    assert weights(NEVER) < weights(Deadline(25.0, Ticks()))


def test_a_search_that_is_out_of_time_proves_nothing(noisy: Graph) -> None:
    over = Deadline(0.0, lambda: 1.0)
    machine = JUDGE.specification
    candidate = compile_graph(noisy, Manager(JUDGE)).neurons
    found = explore(GraphSystem(candidate, machine.alphabet), machine, deadline=over)
    assert (found.closed, found.depth, found.failing) == (False, 1, None)
    verdict = compare(GraphSystem(candidate, machine.alphabet), machine, deadline=over)
    assert (verdict.kind, verdict.depth, verdict.random) == ("tested", 1, 0)


def test_a_journal_spares_all_that_was_done(noisy: Graph, monkeypatch: Any) -> None:
    told: list[int] = []
    journal = Journal(noted=lambda: told.append(1))
    whole = compile_graph(noisy, Manager(JUDGE, journal))
    assert len(told) == len(journal.entries) > 5
    manager = Manager(JUDGE, Journal(journal.entries))
    asked: list[str] = []
    search = manager.search

    def watched(kind: type[Pass], *rest: Any) -> Any:
        asked.append(kind.name)
        return search(kind, *rest)

    monkeypatch.setattr(manager, "search", watched)
    again = compile_graph(noisy, manager)
    known = [step for step in whole.steps if step.graph.dialect is Dialect.NEURONS]
    assert again.steps[: len(known)] == tuple(known)
    assert again.graph == whole.graph
    # The machine that thresholds tell is read from the network itself, and is not noted.
    assert set(asked) <= {"lower", "simplify", "threshold"}
    assert whole.graph.dialect is Dialect.LOGIC


def test_a_journal_of_the_first_passes_leads_to_the_same_end(noisy: Graph) -> None:
    def without_seconds(compiled: Compiled) -> list[Any]:
        return [(step.name, step.graph, step.summary, step.checks) for step in compiled.steps]

    journal = Journal()
    whole = compile_graph(noisy, Manager(JUDGE, journal))
    for count in (1, 3, len(journal.entries) // 2):
        part = Journal(journal.entries[:count])
        assert without_seconds(compile_graph(noisy, Manager(JUDGE, part))) == without_seconds(whole)


def test_a_journal_forgets_other_networks() -> None:
    def entry(owner: str) -> Entry:
        return Entry(owner, "drop", "", False, "", "", "", 0.0, 0, False, False)

    journal = Journal([entry("a"), entry("b"), entry("c")])
    journal.only({"a", "c"})
    assert [entry.owner for entry in journal.entries] == ["a", "c"]


def test_no_verdict_rests_on_nothing() -> None:
    """Where the time is over before it begins, the first tick is tried all the same."""
    over = Deadline(0.0, lambda: 1.0)
    right = MachineSystem(shift_register(1, 2))
    verdict = compare(right, MachineSystem(shift_register(1, 2)), deadline=over)
    assert (verdict.kind, verdict.depth) == ("tested", 1)
    found = explore(MachineSystem(shift_register(1, 1)), right, deadline=over)
    assert found.depth == 1 or found.failing is not None
