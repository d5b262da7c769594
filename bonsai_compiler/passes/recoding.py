"""Find states that could store an upper node as it is instead of a scaled or mirrored copy."""

from bonsai_compiler.ir.graph import Graph, State, size
from bonsai_compiler.ir.interpreter import Floats
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.oracle.oracle import Judge
from bonsai_compiler.oracle.reachable import Reached, reach
from bonsai_compiler.passes.alike import scaled, shape_of
from bonsai_compiler.passes.recode import Code, recode
from bonsai_compiler.system.deadline import NEVER, Deadline


def find_codes(graph: Graph, judge: Judge, deadline: Deadline = NEVER) -> dict[str, Code]:
    """Return codes with which neurons that only feed states become dead, and nothing changes."""
    graph = live_part(graph)
    codes: dict[str, Code] = {}
    reached = reach(graph, judge)
    if reached is None:
        return codes
    for state in graph.states:
        for name in _sources(graph, reached, state):
            if deadline.passed:
                return codes
            more = _chained(graph, reached, state, name)
            if more is None or codes.keys() & more.keys():
                continue
            tried = recode(graph, {**codes, **more})
            if not _smaller(tried, recode(graph, codes)):
                continue
            after = reach(tried, judge)
            if after is not None and after.size <= reached.size:
                codes |= more
                break
    return codes


def _smaller(tried: Graph, graph: Graph) -> bool:
    return size(live_part(tried)).rank < size(live_part(graph)).rank


def _sources(graph: Graph, reached: Reached, state: State) -> list[str]:
    """Return the nodes, the uppermost first, that the state's next value is a scaled copy of."""
    wanted = shape_of(reached.following[:, graph.states.index(state)])
    return [
        name
        for name, column in reached.columns.items()
        if wanted and name != state.next and shape_of(column) == wanted
    ]


def _chained(graph: Graph, reached: Reached, state: State, source: str) -> dict[str, Code] | None:
    """Return codes for a state that is to store `source`, and for all states that store it next.

    None if an output that reads one of them would change.
    """
    codes: dict[str, Code] = {}
    columns: dict[str, Floats] = {source: reached.columns[source]}
    waiting = [(state, source)]
    while waiting:
        member, following = waiting.pop()
        place = graph.states.index(member)
        found = scaled(reached.following[:, place], columns[following])
        if found is None or found[0] == 0.0 or member.name in codes:
            return None
        scale, offset = found
        codes[member.name] = Code((member.init - offset) / scale, following, scale, offset)
        own = reached.columns[member.name]
        columns[member.name] = (own - offset) / scale
        truth = columns[member.name] > 0
        if any(output.source == member.name for output in graph.outputs) and (
            (truth != (own > 0)).any()
        ):
            return None
        waiting += [
            (other, member.name)
            for other in graph.states
            if other.next == member.name and other is not member
        ]
    return codes
