"""What is compiled: a task, or a network that is its own specification."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bonsai_compiler.equivalence.search import Stop
from bonsai_compiler.equivalence.system import MachineSystem, TransitionSystem
from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.learning.examples import learned_from_examples
from bonsai_compiler.learning.networks import machine_of_network
from bonsai_compiler.networks.parsing import expect_widths
from bonsai_compiler.oracle.compare import as_specification, compare
from bonsai_compiler.oracle.examples import ExamplesOracle
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.schedule.settings import Settings
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.specification.task import Basis, Task
from bonsai_compiler.system.deadline import NEVER
from bonsai_compiler.system.terminal import log


@dataclass(frozen=True, slots=True)
class Target:
    """What is compiled: its name, its documentation, and what it is held against.

    There is no `specification` where a task gives examples only. `against` says in words what a
    verdict is about; `source` is the text of the task, if there is one, `basis` what that rests on
    where nobody wrote it, and `recall` gives what it remembers in a state of the specification.
    `path` is the task's file where it is one in Python.
    """

    name: str
    against: str
    doc: str
    horizon: int | None
    oracle: SpecificationOracle | ExamplesOracle
    specification: TransitionSystem | None
    source: str = ""
    basis: Basis | None = None
    recall: Callable[[int], object] | None = None
    path: Path | None = None

    @property
    def machine(self) -> Machine | None:
        """The machine that the task was tabulated to; None for a network, or for examples."""
        wanted = self.specification
        return wanted.machine if isinstance(wanted, MachineSystem) else None


def target_of_task(task: Task, seed: int = 0) -> Target:
    """Return a task as a target, to be proved where it has a `step`."""
    if not task.has_step:
        examples = ExamplesOracle(task, seed)
        said = f"examples of the task {task.name}"
        return Target(task.name, said, task.doc, task.horizon, examples, None, task.source)
    specification = as_specification(task)
    oracle = SpecificationOracle(specification, seed)
    said = f"the task {task.name}" if task.basis is None else task.name

    def recall(number: int) -> object:
        known = specification.machine.numbers if isinstance(specification, MachineSystem) else None
        return task.state(number if known is None else int(known[number]))

    about = task.name, said, task.doc, task.horizon
    path = task.path if task.path.suffix == ".py" and task.path.is_file() else None
    return Target(*about, oracle, specification, task.source, task.basis, recall, path)


def explained(task: Task, settings: Settings) -> Task:
    """Return a task as it is; of examples, that of the machine that explains them, if one does.

    The article's recipe has nothing but sequences to learn from, so they are left to it.
    """
    if task.has_step or settings.recipe == "article":
        return task
    learned = learned_from_examples(task, settings.seed)
    if learned is None:
        log("bonsaic: no small machine explains the examples; networks learn from sequences")
    return learned or task


class LearnedOracle(SpecificationOracle):
    """Answers by the machine that a network was found to be; its verdicts are on the network.

    What does as that machine does is judged as the network is, which is the machine as surely as
    `known` says.
    """

    def __init__(self, machine: Machine, network: Graph, known: Verdict) -> None:
        super().__init__(MachineSystem(machine))
        self.network, self.known = network, known

    def verdict(self, candidate: TransitionSystem, deadline: Stop = NEVER) -> Verdict:
        found = super().verdict(candidate, deadline)
        if found.kind == "proved":
            # Both are the machine, but for what the network was not proved to be.
            return replace(self.known, joint_states=found.joint_states)
        return compare(candidate, as_specification(self.network), deadline=deadline)


def target_of_network(graph: Graph, name: str, log: Callable[[str], None]) -> Target:
    """Return a network as its own target: where its states never repeat, by the machine inside.

    Where it has become none of few states, `log` is told so.
    """
    target = target_of_graph(graph, name)
    oracle = target.oracle
    if target.specification is None or oracle.explore(graph).closed:
        return target
    try:
        found = machine_of_network(graph, None, name)
    except BonsaiError as error:
        log(f"bonsaic: no machine was found to make a program of: {error}")
        return target
    learned = LearnedOracle(found.machine, graph, found.learned.verdict)
    return replace(target, oracle=learned, specification=learned.specification)


def target_of_graph(graph: Graph, name: str) -> Target:
    """Return a network as its own target: its program has to behave as it does."""
    system = as_specification(graph)
    said = "the network that it was compiled from"
    return Target(name, said, "", None, SpecificationOracle(system), system)


def oracle_of(graph: Graph, task: Task | None) -> SpecificationOracle | ExamplesOracle:
    """Return what lossy passes on a graph are held against: a task, or else the graph itself."""
    if task is None:
        return target_of_graph(graph, graph.name).oracle
    expect_widths(task, len(graph.inputs), len(graph.outputs), graph.name)
    return target_of_task(task).oracle
