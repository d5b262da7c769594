"""The manager of every pipeline: finds a pass's parameters, runs it, and has the step checked."""

import time
from dataclasses import dataclass

from bonsai_compiler.differences.diff import Step
from bonsai_compiler.equivalence.verdict import Counterexample
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.expression import UnreadableError
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.oracle.oracle import CountingOracle, Oracle
from bonsai_compiler.passes.base import Pass
from bonsai_compiler.passes.checking import check
from bonsai_compiler.passes.journal import Journal
from bonsai_compiler.system.deadline import NEVER, Deadline

NOTHING_ACCEPTED = "left out: nothing accepted"


@dataclass(frozen=True, slots=True)
class Applied:
    """What a pass made of a graph, and what its caller may do about that.

    Where the step has no check, the pass was left out: no parameters will do, or what it would make
    is `unreadable`, and why. `finite` is whether the search to check it came to an end, and
    `example` is an input that shows why it is refuted.
    """

    step: Step
    unreadable: str = ""
    finite: bool = False
    example: Counterexample | None = None
    made: Pass | None = None

    @property
    def refuted(self) -> bool:
        """Whether the pass broke the behaviour."""
        return self.step.check == "refuted"


class Manager:
    """Applies passes, one at a time, and remembers which parameters it found for a graph.

    `oracle` decides what may be kept, and `journal` holds what passes have made before. The
    `patient` check each step as deep as it takes to prove it.
    """

    def __init__(
        self, oracle: Oracle, journal: Journal | None = None, *, patient: bool = False
    ) -> None:
        self.patient = patient
        self.oracle = CountingOracle(oracle)
        self.journal = journal or Journal()
        self._known: dict[tuple[type[Pass], Graph], tuple[Pass | None, int]] = {}

    def apply(
        self,
        kind: type[Pass],
        before: Graph,
        given: Pass | None = None,
        deadline: Deadline = NEVER,
    ) -> Applied:
        """Return what a pass makes of a graph, with the parameters given or else those found.

        Raises BonsaiError where those given make no graph.
        """
        started, asked = time.perf_counter(), self.oracle.checks
        chosen = given or self.search(kind, before, deadline)
        checks = self.oracle.checks - asked

        def step_of(graph: Graph, word: str, summary: str) -> Step:
            seconds = time.perf_counter() - started
            return Step(kind.name, graph, word, summary, seconds, checks + bool(word))

        if chosen is None:
            return Applied(step_of(before, "", NOTHING_ACCEPTED))
        try:
            # The pairs that a change of dialect is over are those of the live part.
            after = chosen.apply(before if kind.gives is None else live_part(before))
        except UnreadableError as error:
            return Applied(step_of(before, "", f"left out: {error}"), unreadable=str(error))
        except ArithmeticError as error:
            if given is None:
                raise
            raise BonsaiError(f"{kind.name}: these parameters make no graph ({error})") from None
        verify(after, kind.name)
        found = check(kind, before, after, self.oracle, patient=self.patient)
        step = step_of(after, found.word, chosen.chosen())
        return Applied(step, finite=found.finite, example=found.example, made=chosen)

    def search(self, kind: type[Pass], graph: Graph, deadline: Deadline = NEVER) -> Pass | None:
        """Return the pass with the best parameters for a graph; None if none will do.

        Past the deadline they are the best found until then, and are not remembered.
        """
        key = kind, graph
        if key in self._known:
            chosen, asked = self._known[key]
            self.oracle.checks += asked
            return chosen
        before = self.oracle.checks
        chosen = kind.search(graph, self.oracle, deadline)
        if not deadline.passed:
            self._known[key] = chosen, self.oracle.checks - before
        return chosen
