"""The finite machine behind a file: minimal, explained, and held against a task's own."""

from dataclasses import dataclass

import numpy as np

from bonsai_compiler.equivalence.search import explore, replay
from bonsai_compiler.equivalence.system import (
    GraphSystem,
    MachineSystem,
    Product,
    ProgramSystem,
    TransitionSystem,
)
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.fsm.closed import (
    Closed,
    Comparison,
    NamedMachine,
    encoding_of,
    unknown_encoding,
)
from bonsai_compiler.fsm.mealy import MOST_STATES, MOST_STEPS, tabulated
from bonsai_compiler.fsm.views import expect_view
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.learning.learner import Learned
from bonsai_compiler.learning.networks import machine_of_network
from bonsai_compiler.oracle.compare import as_specification
from bonsai_compiler.specification.machine import (
    Machine,
    minimal_classes,
    minimized,
    quotient,
)
from bonsai_compiler.specification.task import Task

SOON_CLOSED = 2**12
"""So many states are tabulated of a network that can be asked instead."""


@dataclass(frozen=True, slots=True, eq=False)
class MachineDrawing(NamedMachine):
    """The minimal machine of what is called `name`, numbered by discovery; 0 is the start."""

    def text(self, view: str = "table") -> str:
        """Return the machine as "table", "dot" or "json"; raises BonsaiError for other views."""
        return expect_view(view)(self)


def machine_drawing_of(source: Graph | Task, task: Task | None, place: str) -> MachineDrawing:
    """Return the machine of what is called `place` in errors; raises BonsaiError if none is found.

    With a task, its legal inputs and its horizon count; else the source's own, and every input of
    a graph. A graph of neurons whose states do not close is asked for its machine.
    """
    wanted = None if task is None else as_specification(task)
    own = _system_of(source, wanted)
    name = own.graph.name if isinstance(own, GraphSystem) else own.task.name
    found, learned = _found(own, wanted, place)
    if wanted is None and isinstance(own, ProgramSystem) and own.faults:
        raise BonsaiError(next(iter(own.faults.values())))
    comparison = None
    if task is not None and wanted is not None:
        # What was learned is finite, and then stands for what cannot be searched.
        judged = own if learned is None else MachineSystem(found.machine)
        comparison = _compare(judged, found.machine, task.name, wanted)
    basis = source.basis if isinstance(source, Task) else None
    encoding = unknown_encoding(found.machine) if basis else found.encoding
    return MachineDrawing(found.machine, found.reached, encoding, name, comparison, learned, basis)


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


def _found(
    own: GraphSystem | ProgramSystem, wanted: TransitionSystem | None, place: str
) -> tuple[Closed, Learned | None]:
    """Return the machine of a system, tabulated or learned; raises BonsaiError where neither is."""
    if not isinstance(own, GraphSystem) or not _may_be_asked(own, wanted):
        found = closed(own, wanted)
        if found is None:
            raise BonsaiError(
                f"{place}: no finite machine within {MOST_STATES:,} states and {MOST_STEPS:,} "
                f"steps between them; {_mend(own, wanted or own)}"
            )
        return found, None
    # Most networks whose states close soon close here; for others a table would be in vain.
    found = closed(own, wanted, SOON_CLOSED)
    if found is not None:
        return found, None
    assert wanted is None or isinstance(wanted, MachineSystem)
    try:
        asked = machine_of_network(own.graph, wanted, place)
    except BonsaiError:
        found = closed(own, wanted)
        if found is None:
            raise
        return found, None
    machine = asked.machine
    return Closed(machine, machine.size, unknown_encoding(machine)), asked.learned


def _may_be_asked(own: GraphSystem, wanted: TransitionSystem | None) -> bool:
    """Return whether the states of a graph may never close, so that it had better be asked."""
    if own.graph.dialect is not Dialect.NEURONS or all(state.levels for state in own.graph.states):
        return False
    return wanted is None or wanted.horizon is None


def _mend(own: TransitionSystem, wanted: TransitionSystem) -> str:
    if wanted.horizon is not None:
        return f"shorten the horizon of {wanted.horizon} ticks"
    if isinstance(own, ProgramSystem):
        return "bound what step remembers, or set a horizon"
    return "let fewer bits go from tick to tick"


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
