"""A page model: what a page shows, as one value; where something is missing stands the reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bonsai_compiler.differences.diff import Step
from bonsai_compiler.equivalence.system import (
    GraphSystem,
    MachineSystem,
    ProgramSystem,
    TransitionSystem,
)
from bonsai_compiler.equivalence.verdict import Counterexample, Results
from bonsai_compiler.fsm.closed import Closed
from bonsai_compiler.fsm.machine_drawing import closed
from bonsai_compiler.fsm.mealy import STEPS_A_STATE
from bonsai_compiler.fsm.picture import Picture, picture_of
from bonsai_compiler.growth.log import Row
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.ir.ports import Bits
from bonsai_compiler.ir.signals import Signals
from bonsai_compiler.specification.machine import Machine, minimized, too_many

MOST_DRAWN = 50
"""How many states a machine may have to be drawn."""

MOST_MET = 4_096
"""How many states are looked at in search of a machine; a page must not keep anyone waiting."""

MOST_CELLS = 65_536
"""How many outputs the table of a machine may have in a page."""


ONLY_EXAMPLES = "The task gives examples only, and no step that says what is expected."


@dataclass(frozen=True, slots=True)
class Scenario:
    """Inputs worth replaying, a tuple a tick, and the place of the stage to replay them on.

    `expected` are the outputs of each tick that are wanted; None where any will do.
    """

    title: str
    inputs: tuple[Bits, ...]
    stage: int
    expected: tuple[Results, ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """A verdict, or what stands in its place: in short, such as proved, and as a sentence."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class PageModel:
    """A network, how it came about, and what it is held against; a str says why there is none.

    `expected` is the specification's minimal machine, or the place of the stage that the others
    have to equal. `words` are what it does, a text a paragraph. Without `stages` the model is of a
    task or program, which only its machine runs. The `picture` is of the first stage, where its
    states keep to no levels.
    """

    name: str
    doc: str
    input_signals: Signals
    output_signals: Signals
    stages: tuple[Step, ...]
    status: Status
    expected: Machine | int | str
    machine: Closed | str
    program: str
    equations: str
    scenarios: tuple[Scenario, ...] = ()
    growth: tuple[Row, ...] = ()
    picture: Picture | None = None
    words: tuple[str, ...] = ()

    @property
    def shown_first(self) -> int:
        """The place of the last stage that consists of neurons; 0 where there is none."""
        places = [
            place
            for place, stage in enumerate(self.stages)
            if stage.graph.dialect is Dialect.NEURONS
        ]
        return places[-1] if places else 0

    @property
    def opens_on(self) -> int | None:
        """The place of the scenario that is seen at first: what refutes a refuted program."""
        return 0 if self.status.kind == "refuted" and self.scenarios else None


def page_model(
    name: str,
    doc: str,
    stages: Sequence[Step],
    wanted: TransitionSystem | str,
    status: Status,
    texts: tuple[str, str],
    replays: Iterable[Scenario] = (),
    growth: Iterable[Row] = (),
    words: Iterable[str] = (),
) -> PageModel:
    """Return the page model of a graph in stages; `texts` are its program and its equations.

    `wanted` is what the last stage is held against, or why that is not known.
    """
    graph = stages[-1].graph
    against = wanted if not isinstance(wanted, str) else None
    expected, machine = expected_of(wanted), _machine_of_graph(graph, against)
    return PageModel(
        name,
        doc,
        graph.input_signals,
        graph.output_signals,
        tuple(stages),
        status,
        expected,
        machine,
        *texts,
        tuple(replays),
        tuple(growth),
        _pictured(stages[0].graph, machine, expected),
        tuple(words),
    )


def _pictured(graph: Graph, machine: Closed | str, expected: Machine | int | str) -> Picture | None:
    """Return the picture of a network whose states keep to no levels, beside the machine drawn.

    Where none is drawn, beside the machine of what is expected.
    """
    if graph.dialect is not Dialect.NEURONS or all(state.levels for state in graph.states):
        return None
    beside = machine.machine if isinstance(machine, Closed) else expected
    if not isinstance(beside, Machine) or beside.size > MOST_DRAWN:
        return None
    return picture_of(live_part(graph), beside)


def scenarios(
    program: Counterexample | None, network: Counterexample | None, last: int
) -> list[Scenario]:
    """Return the counterexamples to a program, shown on the last stage, and to its network."""
    pairs = ("Counterexample", program, last), ("Network's counterexample", network, 0)
    return [
        Scenario(title, found.inputs, place, found.expected)
        for title, found, place in pairs
        if found
    ]


def machine_of(own: GraphSystem | ProgramSystem, wanted: TransitionSystem | None) -> Closed | str:
    """Return the minimal machine of `own` on what `wanted` finds legal, or why none is drawn."""
    found = closed(own, wanted, MOST_MET)
    if found is None:
        return (
            f"No machine: the search did not close within {MOST_MET:,} states and "
            f"{STEPS_A_STATE * MOST_MET:,} steps between them. States that drift would never "
            "repeat; a compiled network is held to levels, and has a machine."
        )
    if found.machine.size > MOST_DRAWN:
        return f"The minimal machine has {found.machine.size} states; {MOST_DRAWN} can be drawn."
    if found.machine.output.size > MOST_CELLS:
        letters = found.machine.legal.shape[1]
        return f"The machine has an arrow for each of {letters:,} letters: too many to be drawn."
    return found


def _machine_of_graph(graph: Graph, wanted: TransitionSystem | None) -> Closed | str:
    if wanted is not None:
        return machine_of(GraphSystem(live_part(graph), wanted.alphabet), wanted)
    fault = too_many(graph.input_signals)
    return f"No machine: {fault}." if fault else machine_of(GraphSystem(live_part(graph)), None)


def expected_of(wanted: TransitionSystem | str) -> Machine | int | str:
    """Return the table to hold outputs against; a graph is what the first stage computes."""
    if isinstance(wanted, GraphSystem):
        return 0
    if not isinstance(wanted, MachineSystem):
        return wanted if isinstance(wanted, str) else "This specification cannot be tabulated."
    machine = minimized(wanted.machine)
    if machine.output.size > MOST_CELLS:
        return f"The task's machine has {machine.size} states: too large a table for a page."
    return machine
