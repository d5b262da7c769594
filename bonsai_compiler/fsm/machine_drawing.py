"""The finite machine behind a file: minimal, explained, and held against a task's own."""

from dataclasses import dataclass

import numpy as np

from bonsai_compiler.equivalence.search import explore, replay
from bonsai_compiler.equivalence.system import GraphSystem, Product, ProgramSystem, TransitionSystem
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.fsm.closed import Closed, Comparison, NamedMachine, encoding_of
from bonsai_compiler.fsm.mealy import MOST_STATES, MOST_STEPS, tabulated
from bonsai_compiler.fsm.views import expect_view
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.oracle.compare import as_specification
from bonsai_compiler.specification.machine import (
    Machine,
    minimal_classes,
    minimized,
    quotient,
)
from bonsai_compiler.specification.task import Task


@dataclass(frozen=True, slots=True, eq=False)
class MachineDrawing(NamedMachine):
    """The minimal machine of what is called `name`, numbered by discovery; 0 is the start."""

    def text(self, view: str = "table") -> str:
        """Return the machine as "table", "dot" or "json"; raises BonsaiError for other views."""
        return expect_view(view)(self)


def machine_drawing_of(source: Graph | Task, task: Task | None, place: str) -> MachineDrawing:
    """Return the machine of what is called `place` in errors; raises BonsaiError if none is finite.

    With a task, its legal inputs and its horizon count; else the source's own, and every input of
    a graph.
    """
    wanted = None if task is None else as_specification(task)
    own = _system_of(source, wanted)
    found = closed(own, wanted)
    if found is None:
        raise BonsaiError(
            f"{place}: no finite machine within {MOST_STATES:,} states and {MOST_STEPS:,} steps "
            f"between them; {_mend(own, wanted or own)}"
        )
    if wanted is None and isinstance(own, ProgramSystem) and own.faults:
        raise BonsaiError(next(iter(own.faults.values())))
    return MachineDrawing(
        found.machine,
        found.reached,
        found.encoding,
        own.graph.name if isinstance(own, GraphSystem) else own.task.name,
        None if task is None or wanted is None else _compare(own, found.machine, task.name, wanted),
    )


def closed(
    own: GraphSystem | ProgramSystem, wanted: TransitionSystem | None, most: int = MOST_STATES
) -> Closed | None:
    """Return the minimal machine of `own`, on inputs that `wanted` finds legal if it is given.

    None when more than `most` states are met: they do not close.
    """
    whole = tabulated(own if wanted is None else Product(own, wanted), most)
    if whole is None:
        return None
    classes = minimal_classes(whole.machine)
    states = whole.states[:, : own.start().shape[1]]
    return Closed(
        quotient(whole.machine, classes), whole.machine.size, encoding_of(own, states, classes)
    )


def _system_of(
    source: Graph | Task, wanted: TransitionSystem | None
) -> GraphSystem | ProgramSystem:
    if not isinstance(source, Graph):
        return ProgramSystem(source)
    if wanted is not None:
        return GraphSystem(source, wanted.alphabet)
    return GraphSystem(source)


def _mend(own: TransitionSystem, wanted: TransitionSystem) -> str:
    if wanted.horizon is not None:
        return f"shorten the horizon of {wanted.horizon} ticks"
    if isinstance(own, ProgramSystem):
        return "bound what step remembers, or set a horizon"
    return "its states drift: compile it first (bonsaic compile), which holds them to levels"


def _compare(
    own: TransitionSystem, machine: Machine, task: str, wanted: TransitionSystem
) -> Comparison:
    """Return how the minimal `machine` of `own` stands to what is wanted."""
    specified = tabulated(wanted)
    # The specification's states are among the joint ones, which closed.
    assert specified is not None
    minimal = minimized(specified.machine)
    # Both are minimal and numbered by discovery, so that isomorphic ones are equal.
    if all(
        np.array_equal(getattr(machine, table), getattr(minimal, table))
        for table in ("successor", "output", "legal")
    ):
        return Comparison(task, minimal, "same", None)
    failing = explore(own, wanted).failing
    if failing is None:
        return Comparison(task, minimal, "agrees", None)
    return Comparison(task, minimal, "differs", replay(own, wanted, failing))
