"""The verdict on a candidate: the exact search first, and past its bounds what finds faults."""

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from bonsai_compiler.equivalence.generator import confirm_generator
from bonsai_compiler.equivalence.search import (
    DEPTH,
    JOINT_STATES,
    PROGRAM_JOINT_STATES,
    Exploration,
    Stop,
    explore,
    replay,
)
from bonsai_compiler.equivalence.system import (
    GraphSystem,
    MachineSystem,
    Numbers,
    ProgramSystem,
    Transition,
    TransitionSystem,
)
from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.interpreter import Bools, Floats
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.oracle.falsify import falsify
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.task import Task
from bonsai_compiler.system.deadline import NEVER
from bonsai_compiler.system.effort import Effort

if TYPE_CHECKING:
    from bonsai_compiler.regions.certificate import Proof
    from bonsai_compiler.regions.prove import Prover

EARLY_STATES, EARLY = 20_000, 1e8
"""After so many joint states regions are tried, with so much effort: most proofs that there are
take less than a search for faults, or through all states."""

LATE = 4e8
"""How much effort a proof by regions is worth where nothing fails."""


def compare(
    candidate: TransitionSystem,
    specification: TransitionSystem,
    limit: int | None = None,
    seed: int = 0,
    deadline: Stop = NEVER,
) -> Verdict:
    """Return the verdict on a candidate; past `limit` joint states, by falsification too.

    A program is checked with its generator. Past the deadline the verdict says how far that went.
    """
    if limit is None:
        limit = PROGRAM_JOINT_STATES if isinstance(candidate, ProgramSystem) else JOINT_STATES
    verdict = _compare(candidate, specification, limit, seed, deadline)
    if isinstance(candidate, ProgramSystem):
        candidate.task.expect_pure()
        return confirm_generator(candidate, specification, verdict, seed)
    return verdict


def _compare(
    candidate: TransitionSystem,
    specification: TransitionSystem,
    limit: int,
    seed: int,
    stop: Stop,
) -> Verdict:
    size = specification.machine.size if isinstance(specification, MachineSystem) else 0
    deepest = max(DEPTH, 2 * size)
    found = explore(candidate, specification, min(limit, EARLY_STATES), deepest, deadline=stop)
    if not _is_open(found):
        return _searched(candidate, specification, found)
    # Products of small matrices: more threads of linear algebra wait for each other longer than
    # they compute, on a busy machine five times as long, and make sums in another order.
    with threadpool_limits(1, user_api="blas"):
        return _further(candidate, specification, found, limit, seed, stop)


def _further(
    candidate: TransitionSystem,
    specification: TransitionSystem,
    found: Exploration,
    limit: int,
    seed: int,
    stop: Stop,
) -> Verdict:
    """Return the verdict where a first search, of EARLY_STATES at most, came to none."""
    size = specification.machine.size if isinstance(specification, MachineSystem) else 0
    deepest, horizon = max(DEPTH, 2 * size), specification.horizon
    search = partial(explore, candidate, specification, deadline=stop)
    further = limit > EARLY_STATES and found.depth < deepest
    prover = _prover(candidate, specification)
    proof = prover.prove(Effort(EARLY, stop)) if prover and further else None
    if proof:
        return _proved(proof, found, horizon)
    # Where states are anew each time, the search through all of them is the last thing to try.
    unending = further and prover is not None and _has_only_new_states(found, specification)
    if further and not unending:
        found = search(limit, deepest)
        if not _is_open(found):
            return _searched(candidate, specification, found)
    falsification = falsify(candidate, specification, seed, stop)
    if falsification.failing is not None:
        failing = falsification.failing
        if unending:
            # All shorter words, if they are not too many; they double, say, from tick to tick.
            expected = len(found.candidate) ** (len(failing) / (found.depth + 1))
            found = search(limit if expected <= 2 * limit else limit // 8, len(failing) - 1)
        example = replay(candidate, specification, found.failing or failing)
        shortest = found.failing is not None or found.depth >= len(failing) - 1
        joint_states = len(found.candidate)
        return Verdict("refuted", joint_states, horizon, counterexample=example, shortest=shortest)
    proof = prover.prove(Effort(LATE, stop)) if prover else None
    if proof:
        return _proved(proof, found, horizon)
    if unending:
        found = search(limit, deepest)
        if not _is_open(found):
            return _searched(candidate, specification, found)
    runs, joint_states = falsification.runs, len(found.candidate)
    return Verdict("tested", joint_states, horizon, depth=found.depth, random=runs)


def _is_open(found: Exploration) -> bool:
    return found.failing is None and not found.closed


def _searched(
    candidate: TransitionSystem, specification: TransitionSystem, found: Exploration
) -> Verdict:
    """Return the verdict that a search came to which is not open."""
    joint_states, horizon = len(found.candidate), specification.horizon
    if found.failing is None:
        return Verdict("proved", joint_states, horizon)
    example = replay(candidate, specification, found.failing)
    return Verdict("refuted", joint_states, horizon, counterexample=example, shortest=True)


def _has_only_new_states(found: Exploration, specification: TransitionSystem) -> bool:
    """Return whether a search met no joint state twice."""
    followed = specification.legal(found.specification[: found.expanded]).sum()
    return bool(len(found.candidate) > followed)


def _prover(candidate: TransitionSystem, specification: TransitionSystem) -> "Prover | None":
    """Return what seeks proofs by regions, of a graph of neurons against a machine; else None."""
    if not isinstance(candidate, GraphSystem) or not isinstance(specification, MachineSystem):
        return None
    if candidate.graph.dialect is not Dialect.NEURONS:
        return None
    # Few graphs come here, and loading it takes as long as compiling a small one.
    from bonsai_compiler.regions.prove import Prover

    return Prover(candidate.graph, specification.machine)


def _proved(proof: "Proof", found: Exploration, horizon: int | None) -> Verdict:
    """Return the verdict by regions, which does not rest on the joint states that were met."""
    return Verdict(
        "proved",
        len(found.candidate),
        horizon,
        by="regions",
        regions=proof.regions,
        slack=proof.slack,
    )


def as_specification(source: Graph | Task) -> TransitionSystem:
    """Return the transition system to prove against; a task's is tabulated whole."""
    if isinstance(source, Graph):
        return GraphSystem(live_part(source))
    if not source.has_step:
        raise BonsaiError(f"{source.path}: there is no step to prove against, only examples")
    return MachineSystem(tabulate(source))


def as_candidate(source: Graph | Task, specification: TransitionSystem) -> TransitionSystem:
    """Return the transition system to be checked; a program is stepped only where the search leads.

    A graph gets the letters that the specification knows.
    Of a graph only what has an effect: a state that nothing reads may wander without end.
    """
    if isinstance(source, Graph):
        return GraphSystem(live_part(source), specification.alphabet)
    return ProgramSystem(source)


MOST_ANSWERS = 2**20
"""How many answers, one for each letter in each joint state, are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Legality:
    """Which letters may come in each state of a graph that legal inputs lead to.

    `allowed` (n, letters) belongs to `states` (n, width). Where one state goes with several of the
    specification's, and these differ, all is allowed that any of them allows, and not `exact`.
    """

    states: Floats
    allowed: Bools
    exact: bool


class _AcceptingAll(MachineSystem):
    """A specification that expects nothing, so that a search goes on where outputs are wrong."""

    def step(self, states: Floats, chosen: Numbers) -> Transition:
        transition = super().step(states, chosen)
        return replace(transition, outputs=np.zeros_like(transition.outputs))


def legality(graph: Graph, specification: MachineSystem) -> Legality | None:
    """Return which inputs may come in the states of a graph; None where these are too many."""
    wanted = _AcceptingAll(specification.machine)
    deepest = max(DEPTH, 2 * specification.machine.size)
    candidate = GraphSystem(graph, specification.alphabet)
    found = explore(candidate, wanted, PROGRAM_JOINT_STATES, deepest)
    if not found.closed or found.expanded * len(wanted.alphabet) > MOST_ANSWERS:
        return None
    legal = wanted.legal(found.specification[: found.expanded])
    states, which = np.unique(found.candidate[: found.expanded], axis=0, return_inverse=True)
    allowed = np.zeros((len(states), legal.shape[1]), dtype=bool)
    refused = allowed.copy()
    np.logical_or.at(allowed, which.reshape(-1), legal)
    np.logical_or.at(refused, which.reshape(-1), ~legal)
    return Legality(states, allowed, not (allowed & refused).any())
