"""What an emitted file says of its own verdict, what that rests on, and where it came from."""

from bonsai_compiler import __version__
from bonsai_compiler.driver.target import Subject
from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.schedule.origin import Origin


def program_header(
    subject: Subject, graph: Graph, verdict: Verdict, origin: Origin, limits: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Return the sentences above a program that was emitted for a graph, and judged.

    `limits` say for which inputs it is right.
    """
    said = verdict.describe(graph.given, graph.told)
    return (
        f"{verdict.kind.upper()} against {subject.against}{said.removeprefix(verdict.kind)}.",
        *limits,
        *_network(graph, verdict, origin.network),
        _written(origin),
    )


def equations_header(
    subject: Subject, graph: Graph, verdict: Verdict, origin: Origin
) -> tuple[str, ...]:
    """Return the sentences above the equations of the same graph."""
    return (
        f"Equations of the same graph as {subject.name}.py. They are not judged themselves; "
        "the program is:",
        *program_header(subject, graph, verdict, origin),
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
    if network.kind == verdict.kind:
        return (f"So is {which}.",)
    return (f"{which.capitalize()} is {network.describe(graph.given, graph.told)}.",)


def _written(origin: Origin) -> str:
    if origin.seed is None:
        return f"Compiled by bonsaic {__version__} from a network; compile again rather than edit."
    return (
        f"Grown by bonsaic {__version__} from seed {origin.seed}; "
        "change the task and grow again rather than edit."
    )
