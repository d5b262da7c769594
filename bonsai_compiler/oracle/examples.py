"""The oracle of a task that gives examples alone: without a `step` there is no proof."""

from dataclasses import dataclass, replace

import numpy as np

from bonsai_compiler.equivalence.generator import confirm_generator
from bonsai_compiler.equivalence.search import Exploration, Stop, explore, results
from bonsai_compiler.equivalence.system import (
    GraphSystem,
    Numbers,
    ProgramSystem,
    TransitionSystem,
    mismatches,
)
from bonsai_compiler.equivalence.verdict import Counterexample, Verdict
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.interpreter import Floats
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.oracle.oracle import QUICK, ReachablePairs, Sample
from bonsai_compiler.specification.task import Task
from bonsai_compiler.system.deadline import NEVER

QUICK_SEQUENCES, FINAL_SEQUENCES, QUICK_TICKS, FINAL_TICKS = 256, 2048, 64, 200


@dataclass(frozen=True, slots=True, eq=False)
class _Sequences:
    """Letters (sequences, ticks) and the outputs expected, (sequences, ticks, outputs)."""

    letters: Numbers
    expected: Floats


class ExamplesOracle:
    """Accepts what is right on a fixed set of examples, and tests the end result on fresh ones."""

    def __init__(self, task: Task, seed: int = 0) -> None:
        self.task = task
        self.seed = seed
        self._quick = self._draw(seed, QUICK_SEQUENCES, QUICK_TICKS)

    def accepts(self, graph: Graph) -> bool:
        return self._replayed(self.candidate(graph), self._quick)[0] is None

    def fault(self, graph: Graph) -> Counterexample | None:
        candidate = self.candidate(graph)
        wrong, _ = self._replayed(candidate, self._quick)
        return None if wrong is None else self._shown(candidate, self._quick, *wrong)

    def legal(self, system: TransitionSystem, *, asked: bool) -> TransitionSystem:
        return system

    def proves(self, graph: Graph) -> bool:
        """Return False: examples prove nothing."""
        return False

    def explore(self, graph: Graph) -> Exploration:
        """Return the graph's own states under all inputs; `failing` if an example fails."""
        candidate = self.candidate(graph)
        found = explore(candidate, candidate, QUICK)
        wrong, _ = self._replayed(candidate, self._quick)
        if wrong is None:
            return replace(found, joint=False)
        sequence, tick = wrong
        failing = tuple(self._quick.letters[sequence, : tick + 1].tolist())
        return replace(found, closed=False, depth=tick, failing=failing, joint=False)

    def sample(self, graph: Graph) -> Sample:
        _, states = self._replayed(self.candidate(graph), self._quick)
        return Sample(states, np.zeros(len(states), dtype=np.int64), states)

    def reachable_pairs(self, graph: Graph, found: Exploration) -> ReachablePairs:
        alphabet = self.task.input_signals.alphabet
        states = np.repeat(found.candidate, len(alphabet), axis=0)
        return ReachablePairs(states, np.tile(alphabet, (len(found.candidate), 1)))

    def verdict(self, candidate: TransitionSystem, deadline: Stop = NEVER) -> Verdict:
        fresh = self._draw(self.seed + 1, FINAL_SEQUENCES, FINAL_TICKS)
        wrong, states = self._replayed(candidate, fresh)
        if wrong is None:
            verdict = Verdict("tested", len(states), depth=0, random=FINAL_SEQUENCES)
            if isinstance(candidate, ProgramSystem):
                # Examples say nothing about any other input, so the generator is held to the step.
                return confirm_generator(candidate, candidate, verdict, self.seed)
            return verdict
        return Verdict("refuted", len(states), counterexample=self._shown(candidate, fresh, *wrong))

    def candidate(self, graph: Graph) -> GraphSystem:
        return GraphSystem(live_part(graph), self.task.input_signals.alphabet)

    def _draw(self, seed: int, sequences: int, ticks: int) -> _Sequences:
        x, y = self.task.draw(np.random.default_rng(seed), sequences, ticks)
        chosen = self.task.input_signals.letter((x > 0).reshape(sequences * ticks, -1))
        return _Sequences(chosen.reshape(sequences, ticks), y.astype(np.float64))

    def _replayed(
        self, candidate: TransitionSystem, given: _Sequences
    ) -> tuple[tuple[int, int] | None, Floats]:
        """Return the first wrong (sequence, tick), or None, and all states taken until then."""
        states = np.repeat(candidate.start(), len(given.letters), axis=0)
        visited = [states[:1]]
        for tick in range(given.letters.shape[1]):
            reached = candidate.step(states, given.letters[:, tick])
            expected = given.expected[:, tick].astype(np.int8)
            wrong = np.flatnonzero(mismatches(reached.outputs, expected).any(axis=1))
            if len(wrong):
                return (int(wrong[0]), tick), np.concatenate(visited)
            states = reached.states
            visited.append(states)
        return None, np.concatenate(visited)

    def _shown(
        self, candidate: TransitionSystem, given: _Sequences, sequence: int, tick: int
    ) -> Counterexample:
        chosen = given.letters[sequence, : tick + 1]
        states, outputs = candidate.start(), []
        for letter in chosen:
            reached = candidate.step(states, np.array([letter]))
            outputs.append(results(reached.outputs[0]))
            states = reached.states
        expected = given.expected[sequence, : tick + 1].astype(np.int8)
        bits = [tuple(row) for row in self.task.input_signals.alphabet[chosen].tolist()]
        return Counterexample(tuple(bits), tuple(outputs), tuple(map(results, expected)))
