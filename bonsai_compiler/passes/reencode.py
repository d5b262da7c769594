"""Re-encode states: store a value that is there already, rather than a scaled copy of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from bonsai_compiler.ir.graph import Graph, Neuron, Node, State, size
from bonsai_compiler.ir.interpreter import Floats
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.oracle.oracle import Oracle, ReachableSet, reachable_set
from bonsai_compiler.passes.affine_equivalence import (
    AffineImage,
    affine_key,
    affine_map,
    over_images,
)
from bonsai_compiler.passes.base import Pass
from bonsai_compiler.system.deadline import NEVER, Deadline


@dataclass(frozen=True, slots=True)
class Code:
    """A state's new encoding: `init`, then `next`; its old value is `scale * stored + offset`."""

    init: float
    next: str
    scale: float
    offset: float


@dataclass(frozen=True, slots=True)
class Reencode(Pass):
    """Each state in `codes` stores what its code says, without levels; its readers make up for it.

    An output that reads a recoded state keeps reading it.
    """

    name: ClassVar[str] = "recode"
    exact: ClassVar[bool] = True
    asked: ClassVar[bool] = True

    codes: Mapping[str, Code] | None = None

    @classmethod
    def search(cls, graph: Graph, oracle: Oracle, deadline: Deadline) -> Self:
        """Return new encodings that make neurons dead."""
        return cls(find_codes(graph, oracle, deadline))

    def apply(self, graph: Graph) -> Graph:
        given = self.codes or {}
        images = {name: AffineImage(name, code.scale, code.offset) for name, code in given.items()}

        def recoded(node: Node) -> Node:
            match node:
                case Neuron():
                    return over_images(node, images)
                case State(name) if name in given:
                    return State(name, given[name].init, given[name].next)
                case _:
                    return node

        return graph.with_nodes(map(recoded, graph.nodes))

    def chosen(self) -> str:
        return "" if self.codes is None else ", ".join(self.codes) or "nothing to recode"


def find_codes(graph: Graph, oracle: Oracle, deadline: Deadline = NEVER) -> dict[str, Code]:
    """Return codes with which neurons that only feed states become dead, and nothing changes."""
    graph = live_part(graph)
    codes: dict[str, Code] = {}
    reached = reachable_set(graph, oracle)
    if reached is None:
        return codes
    for state in graph.states:
        for name in _sources(graph, reached, state):
            if deadline.passed:
                return codes
            more = _chained(graph, reached, state, name)
            if more is None or codes.keys() & more.keys():
                continue
            tried = Reencode({**codes, **more}).apply(graph)
            if not _smaller(tried, Reencode(codes).apply(graph)):
                continue
            after = reachable_set(tried, oracle)
            if after is not None and after.size <= reached.size:
                codes |= more
                break
    return codes


def _smaller(tried: Graph, graph: Graph) -> bool:
    return size(live_part(tried)).rank < size(live_part(graph)).rank


def _sources(graph: Graph, reached: ReachableSet, state: State) -> list[str]:
    """Return the nodes, the uppermost first, that the state's next value is a scaled copy of."""
    wanted = affine_key(reached.following[:, graph.states.index(state)])
    return [
        name
        for name, column in reached.columns.items()
        if wanted and name != state.next and affine_key(column) == wanted
    ]


def _chained(
    graph: Graph, reached: ReachableSet, state: State, source: str
) -> dict[str, Code] | None:
    """Return codes for a state that is to store `source`, and for all states that store it next.

    None if an output that reads one of them would change.
    """
    codes: dict[str, Code] = {}
    columns: dict[str, Floats] = {source: reached.columns[source]}
    waiting = [(state, source)]
    while waiting:
        member, following = waiting.pop()
        place = graph.states.index(member)
        found = affine_map(reached.following[:, place], columns[following])
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
