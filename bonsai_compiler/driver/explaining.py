"""What a graph, a program or a finished run does, in words: from its minimal machine alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from bonsai_compiler.driver.loading import read_run, read_source, read_task_at
from bonsai_compiler.equivalence.system import (
    GraphSystem,
    ProgramSystem,
    TransitionSystem,
    expect_same_interface,
)
from bonsai_compiler.fsm.closed import Closed
from bonsai_compiler.fsm.machine_drawing import closed
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.networks.conventions import UNSAID, Conventions
from bonsai_compiler.oracle.compare import as_specification
from bonsai_compiler.recognition.component import Component, Structure
from bonsai_compiler.recognition.naming import called
from bonsai_compiler.recognition.recognise import structure_of
from bonsai_compiler.recognition.sentences import sentences
from bonsai_compiler.specification.machine import too_many
from bonsai_compiler.specification.task import Task

MOST_MET = 4_096
"""How many states are looked at in search of a machine."""

MOST_HOLDING = 3
"""How many of a network's states are named that together hold one value."""

OPEN_END = (
    f"Its states do not close within {MOST_MET:,}, so that nothing was recognised in them: a "
    "network whose states drift never comes back to one."
)


def explain(
    path: str, task: Path | None = None, conventions: Conventions = UNSAID
) -> tuple[str, ...]:
    """Return in words what is at `path`: a graph, network, program or task, or a finished run.

    A paragraph is one text. A task says which inputs are legal. Of a run without one, the words are
    those of its report.
    """
    against = None if task is None else read_task_at(task)
    if path != "-" and Path(path).is_dir():
        run = read_run(Path(path))
        graph = run.stages[-1].graph
        return run.words if run.words and not against else explained(graph, _wanted(graph, against))
    return explained_source(read_source(path, against, conventions), against)


def explained_source(source: Graph | Task, task: Task | None) -> tuple[str, ...]:
    """Return in words what a graph does, or a program or task; a task says what is legal."""
    if isinstance(source, Graph):
        return explained(source, _wanted(source, task))
    return _told(ProgramSystem(source), None if task is None else as_specification(task))


@dataclass(frozen=True, slots=True, eq=False)
class Remembered:
    """What a program calls something that it remembers, and its values by a graph's `states`.

    The levels of these together are a key of `values`.
    """

    name: str
    states: tuple[str, ...]
    values: Mapping[tuple[int, ...], int]

    def by(self, names: Sequence[str]) -> dict[tuple[str, ...], int | None]:
        """Return its value by the levels of some of the states, None where it may have two."""
        places = [self.states.index(name) for name in names]
        found: dict[tuple[str, ...], int | None] = {}
        for key, value in self.values.items():
            levels = tuple(str(key[at]) for at in places)
            found[levels] = value if found.get(levels, value) == value else None
        return found


def explained(
    graph: Graph,
    wanted: TransitionSystem | None,
    *,
    states_of_network: bool = True,
    remembered: Sequence[Remembered] = (),
) -> tuple[str, ...]:
    """Return in words what a graph does, on the inputs that `wanted` finds legal.

    Without it, or where it is about some ticks only, every input counts. Which states of a network
    hold what is told where the graph's own states are the network's. What is `remembered` in a
    program has the name that it has there.
    """
    live = live_part(graph)
    if isinstance(wanted, GraphSystem):
        wanted = None  # a network that is its own specification finds every input legal
    states = tuple(state.name for state in live.states) if states_of_network else ()
    if wanted is not None and wanted.horizon is not None:
        # The machine tells the ticks apart, which the graph itself does not.
        found = closed(GraphSystem(live, wanted.alphabet), wanted, MOST_MET)
        structure = found and _as_called(structure_of(found.machine), found, remembered)
        if found and structure and structure.complete and structure.components:
            only = f"In the first {wanted.horizon} ticks, which are all that the task is about:"
            return (only, *sentences(structure, _holding(structure, found) if states else {}))
    against = wanted if wanted is not None and wanted.horizon is None else None
    if against is None and (fault := too_many(live.input_signals)):
        return (f"Nothing was recognised: {fault}.",)
    own = GraphSystem(live, against.alphabet if against else None)
    return _told(own, against, states, remembered)


def _as_called(structure: Structure, found: Closed, remembered: Sequence[Remembered]) -> Structure:
    """Return a structure in which what a program remembers is called as there."""
    encoding = found.encoding
    names: dict[str, str] = {}
    values = [(one.name, one.by(encoding.names)) for one in remembered]
    for part in structure.components:
        held = [
            (levels, int(part.values[state]))
            for state, members in enumerate(encoding.members)
            for levels in members
        ]
        names[part.name] = next(
            (name for name, own in values if all(own.get(key) == value for key, value in held)), ""
        )
    for part in structure.components:
        # What is called as something else in the program is another thing, or counts otherwise.
        alike = any(part.name == one.name for one in remembered)
        names[part.name] = names[part.name] or (f"other_{part.name}" if alike else part.name)
    if len({*names.values()}) < len(names):
        return structure
    return called(structure, names)


def _wanted(graph: Graph, task: Task | None) -> TransitionSystem | None:
    if task is None or not task.has_step:
        return None
    wanted = as_specification(task)
    expect_same_interface(GraphSystem(graph, wanted.alphabet), wanted)
    return wanted


def _told(
    own: GraphSystem | ProgramSystem,
    wanted: TransitionSystem | None,
    states: Sequence[str] = (),
    remembered: Sequence[Remembered] = (),
) -> tuple[str, ...]:
    found = closed(own, wanted, MOST_MET)
    if found is None:
        return (OPEN_END,)
    structure = _as_called(structure_of(found.machine), found, remembered)
    return sentences(structure, _holding(structure, found) if states else {})


def _holding(structure: Structure, found: Closed) -> dict[str, tuple[str, ...]]:
    """Return which of a network's states hold each component: the fewest that tell its value."""
    holders = {part.name: _fewest(part, found) for part in structure.components}
    # What goes by the name of the state that holds it needs no telling.
    return {name: held for name, held in holders.items() if held and held != (name,)}


def _fewest(part: Component, found: Closed) -> tuple[str, ...]:
    encoding = found.encoding
    rows = [
        (joint, int(part.values[state]))
        for state, members in enumerate(encoding.members)
        for joint in members
    ]
    for count in range(1, MOST_HOLDING + 1):
        for places in combinations(range(len(encoding.names)), count):
            seen: dict[tuple[str, ...], int] = {}
            if all(
                seen.setdefault(tuple(joint[at] for at in places), value) == value
                for joint, value in rows
            ):
                return tuple(encoding.names[at] for at in places)
    return ()
