"""Re-encode states and neurons, so that neurons which only pass a value on become needless.

A state stores a value that is there already, rather than a scaled copy of it, or the nearest level
to that value, with its levels moved, rather than what a neuron makes of it alone. And an output
that says the opposite of a node reads that node, mirrored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from bonsai_compiler.ir.graph import Graph, Neuron, Node, Output, State, reads, size
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
from bonsai_compiler.passes.mirroring import mirrored
from bonsai_compiler.passes.moved_levels import moved_levels
from bonsai_compiler.passes.ordering import downwards
from bonsai_compiler.system.deadline import NEVER, Deadline


@dataclass(frozen=True, slots=True)
class Code:
    """A state's new encoding: `init`, then `next`; its old value is `scale * stored + offset`.

    With `levels` it stores the nearest of these.
    """

    init: float
    next: str
    scale: float
    offset: float
    levels: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Reencode(Pass):
    """Each state in `codes` stores what that says; outputs in `mirrors` read nodes, mirrored.

    What else reads these makes up for it. An output that reads a recoded state keeps reading it.
    """

    name: ClassVar[str] = "recode"
    exact: ClassVar[bool] = True
    asked: ClassVar[bool] = True

    codes: Mapping[str, Code] | None = None
    mirrors: Mapping[str, str] | None = None

    @classmethod
    def search(cls, graph: Graph, oracle: Oracle, deadline: Deadline) -> Self:
        """Return new encodings that make neurons dead."""
        codes = find_codes(graph, oracle, deadline)
        return cls(codes, find_mirrors(cls(codes).apply(graph), oracle, deadline))

    def apply(self, graph: Graph) -> Graph:
        given = self.codes or {}
        images = {name: AffineImage(name, code.scale, code.offset) for name, code in given.items()}

        def recoded(node: Node) -> Node:
            match node:
                case Neuron():
                    return over_images(node, images)
                case State(name) if name in given:
                    code = given[name]
                    return State(name, code.init, code.next, code.levels)
                case _:
                    return node

        graph = graph.with_nodes(map(recoded, graph.nodes))
        return _reading(graph, self.mirrors) if self.mirrors else graph

    def chosen(self) -> str:
        if self.codes is None and self.mirrors is None:
            return ""
        told = dict.fromkeys(f"{name} mirrored" for name in (self.mirrors or {}).values())
        return ", ".join([*(self.codes or ()), *told]) or "nothing to recode"


def _reading(graph: Graph, mirrors: Mapping[str, str]) -> Graph:
    """Return the graph with these outputs reading these nodes, mirrored."""

    def redirected(node: Node) -> Node:
        if not isinstance(node, Output):
            return node
        return Output(node.name, mirrors.get(node.name, node.source))

    graph = mirrored(graph, set(mirrors.values()))
    return graph.with_nodes(downwards([redirected(node) for node in graph.nodes]))


def find_mirrors(graph: Graph, oracle: Oracle, deadline: Deadline = NEVER) -> dict[str, str]:
    """Return what outputs can read if it is mirrored, so that neurons become dead."""
    graph = live_part(graph)
    mirrors: dict[str, str] = {}
    reached = reachable_set(graph, oracle)
    if reached is None:
        return mirrors
    for place, output in enumerate(graph.outputs):
        for name, column in reached.columns.items():
            if deadline.passed:
                return mirrors
            if (reached.outputs[:, place] == (column > 0)).any():
                continue
            try:
                tried = Reencode(mirrors=mirrors | {output.name: name}).apply(graph)
            except ArithmeticError:
                continue
            if not _smaller(tried, Reencode(mirrors=mirrors).apply(graph)):
                continue
            if reachable_set(tried, oracle) is not None:
                mirrors[output.name] = name
                break
    return mirrors


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
            more = _chained(graph, reached, state, name) or _held(graph, reached, state, name)
            if not more or codes.keys() & more.keys():
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
    """Return the nodes, the uppermost first, that may tell the state's next value.

    It is a scaled copy of theirs; or what is nearest to theirs, of a state that has levels and
    stores what nothing else reads.
    """
    wanted = affine_key(reached.following[:, graph.states.index(state)])
    alone = state.next not in {source for node in graph.nodes for source in reads(node)}
    return [
        name
        for name, column in reached.columns.items()
        if wanted and name != state.next and (alone or affine_key(column) == wanted)
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


def _held(graph: Graph, reached: ReachableSet, state: State, source: str) -> dict[str, Code] | None:
    """Return codes for a state that is to store the level nearest to `source`, moved to suit.

    All states that store it next are moved alike. None if no levels suit, or if an output that
    reads one of these states would change.
    """
    wanted = reached.following[:, graph.states.index(state)]
    found = moved_levels(state.levels, wanted, reached.columns[source])
    if found is None:
        return None
    slope, shift = found
    codes: dict[str, Code] = {}
    waiting = [(state, source)]
    while waiting:
        member, following = waiting.pop()
        if member.name in codes or member.name == source:
            return None
        levels = tuple(sorted(slope * level + shift for level in member.levels))
        init = slope * member.init + shift
        codes[member.name] = Code(init, following, 1 / slope, -shift / slope, levels)
        own = reached.columns[member.name]
        if any(output.source == member.name for output in graph.outputs) and (
            ((slope * own + shift > 0) != (own > 0)).any()
        ):
            return None
        waiting += [(other, member.name) for other in graph.states if other.next == member.name]
    return codes
