"""For which inputs a program is right: what its `legal` lets pass, and what its header says."""

from dataclasses import dataclass

from bonsai_compiler.equivalence.system import MachineSystem, TransitionSystem
from bonsai_compiler.ir.expression import UnreadableError
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.logic.guard import Guard, guard
from bonsai_compiler.oracle.legality import legality

EXACT = "Legal inputs are those that `legal` lets pass; of others nothing is said."
ONLY = "Of inputs that the task finds illegal nothing is said"
LOOSE = (
    f"{ONLY}. `legal` refuses some of them, not all: one state here stands for several of the "
    "task's, in which other inputs are legal."
)
MERGED = (
    f"{ONLY}, and there is no `legal` to refuse them: one state here stands for several of the "
    "task's, in which other inputs are legal."
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The guard of a program, and sentences about it; neither where every input is legal."""

    guard: Guard | None = None
    said: tuple[str, ...] = ()


def limits(graph: Graph, specification: TransitionSystem | None) -> Limits:
    """Return what a program of this graph says of the inputs that its specification refuses."""
    if not isinstance(specification, MachineSystem) or specification.machine.legal.all():
        return Limits()
    found = legality(graph, specification)
    if found is None:
        return _without("its states are too many to tell which inputs are legal in each")
    if found.allowed.all():
        return Limits() if found.exact else Limits(said=(MERGED,))
    try:
        guarded = guard(graph, found.states, specification.alphabet, found.allowed)
    except UnreadableError:
        return _without("nobody could read it")
    return Limits(guarded, (EXACT if found.exact else LOOSE,))


def _without(reason: str) -> Limits:
    return Limits(said=(f"{ONLY}, and there is no `legal` to refuse them: {reason}.",))
