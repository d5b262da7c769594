"""What a result says of itself in words: pass by pass, above its program, in the last line."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bonsai_compiler import __version__
from bonsai_compiler.driver.target import Target
from bonsai_compiler.equivalence.system import MachineSystem, TransitionSystem
from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.ir.expression import UnreadableError
from bonsai_compiler.ir.graph import Graph, size
from bonsai_compiler.ir.text import number
from bonsai_compiler.logic.guard import Guard, guard
from bonsai_compiler.oracle.compare import legality
from bonsai_compiler.passes.pipeline import Compiled
from bonsai_compiler.passes.threshold import StateMap
from bonsai_compiler.schedule.origin import Origin


def step_lines(compiled: Compiled) -> Sequence[str]:
    """Return one line a pass: what it did, sizes before and after, how it checked, its time."""
    steps, title = compiled.steps, "neurons / weights / states"
    sizes = [f"{before.size}  ->  {after.size}" for before, after in pairwise(steps)]
    sizes = [f"{steps[0].size}", *sizes]
    wide = max(map(len, (title, *sizes)))
    rows = [
        f"{step.name:<15} {size:<{wide}}  {step.check:<8} {step.seconds or 0.0:8.2f}  "
        f"{step.summary}"
        for step, size in zip(steps, sizes, strict=True)
    ]
    top = f"{'pass':<15} {title:<{wide}}  {'check':<8} {'seconds':>8}  what"
    return [top, *(row.rstrip() for row in rows)]


def summarised(name: str, compiled: Compiled, verdict: Verdict, origin: Origin) -> str:
    """Return the last line: the verdict, on the network too where that is another, and sizes."""
    sizes, network = size(compiled.neurons), origin.network
    interface = compiled.graph.input_signals, compiled.graph.output_signals
    said = verdict.describe(*interface)
    if origin.solved == 0:
        said = f"nothing was learned; the best network so far is {said}"
    if network is not None and network.counterexample is not None:
        example = network.counterexample
        wrong = f"the network is wrong at tick {len(example.inputs)}"
        shown = example.describe(*interface)
        if verdict.kind == "refuted":
            said = f"{wrong} ({shown}), and its program is {said}"
        else:
            said = f"{wrong} ({shown}); this program is not it, and is {said}"
    elif network is not None and (network.kind, network.by) != (verdict.kind, verdict.by):
        said = f"the network is {network.describe(*interface)}; this program is {said}"
    return (
        f"{name}: {said}; network: neurons {sizes.neurons}, weights {sizes.weights}, "
        f"states {sizes.states}"
    )


def program_header(
    target: Target,
    graph: Graph,
    verdict: Verdict,
    origin: Origin,
    limits: tuple[str, ...] = (),
    state_map: StateMap | None = None,
) -> tuple[str, ...]:
    """Return the sentences above a program that was emitted for a graph, and judged.

    `limits` say for which inputs it is right, and `state_map` what its states say of the network's.
    """
    said = verdict.describe(graph.input_signals, graph.output_signals)
    return (
        f"{verdict.kind.upper()} against {target.against}{said.removeprefix(verdict.kind)}.",
        *limits,
        *_network(graph, verdict, origin.network),
        *(_read_from(state_map, graph) if state_map else ()),
        _written(origin),
    )


def _read_from(state_map: StateMap, graph: Graph) -> tuple[str, ...]:
    """Return what the states of a program say of those of the network that it was read from."""
    kept = {state.name for state in graph.states}
    told = ", ".join(
        f"{name} {'is' if len(cuts) == 1 else 'counts'} {thresholds(name, cuts)}"
        for name, cuts in state_map.cuts.items()
        if name in kept
    )
    if not told:
        return ("It was read from the network, whose states it does not need.",)
    least = min(state_map.shares)
    if least == 1:
        return (f"Its states are read from the network's, in all that runs met: {told}.",)
    rest = ", ".join(thresholds(name, cuts) for name, cuts in state_map.beside.items())
    return (
        f"Its states are read from the network's, where most stand (no fewer than {least:.0%} of "
        f"those met in each): {told}.{f' Others are told by {rest} too.' if rest else ''}",
    )


def thresholds(name: str, cuts: Sequence[float]) -> str:
    """Return the conditions of a state of a network, such as `s4 > -0.3`."""
    return ", ".join(f"{name} > {number(cut)}" for cut in cuts)


def equations_header(
    target: Target, graph: Graph, verdict: Verdict, origin: Origin
) -> tuple[str, ...]:
    """Return the sentences above the equations of the same graph."""
    return (
        f"Equations of the same graph as {target.name}.py. They are not judged themselves; "
        "the program is:",
        *program_header(target, graph, verdict, origin),
    )


def _network(graph: Graph, verdict: Verdict, network: Verdict | None) -> tuple[str, ...]:
    """Return what is said of an imported network itself, which may be right where this is wrong."""
    if network is None:
        return ()
    which = "the network that it was compiled from"
    if network.counterexample is not None:
        tick = len(network.counterexample.inputs)
        if verdict.kind == "refuted":
            return (f"So is {which}, at tick {tick}.",)
        return (f"It is not {which}, which is wrong at tick {tick}.",)
    if (network.kind, network.by) == (verdict.kind, verdict.by):
        return (f"So is {which}.",)
    return (
        f"{which.capitalize()} is {network.describe(graph.input_signals, graph.output_signals)}.",
    )


def _written(origin: Origin) -> str:
    if origin.seed is None:
        return f"Compiled by bonsaic {__version__} from a network; compile again rather than edit."
    return (
        f"Grown by bonsaic {__version__} from seed {origin.seed}; "
        "change the task and grow again rather than edit."
    )


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
