"""What changed between two graphs, node by node; names never change, so this is no guess."""

from dataclasses import dataclass

from bonsai_compiler.ir.graph import Graph, size
from bonsai_compiler.ir.text import dump, dump_node

Key = tuple[str, str]

REORDERED = "lines that both have stand in another order"


@dataclass(frozen=True, slots=True)
class Change:
    """One node's line before and after; None where it is not there."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Two graphs, and what changed from the one to the other."""

    before: Graph
    after: Graph

    @property
    def changes(self) -> tuple[Change, ...]:
        """The lines that differ, in the order of the two graphs."""
        return diff(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many nodes were added, removed and changed."""

    added: int
    removed: int
    changed: int


def aligned(before: Graph, after: Graph) -> tuple[Change, ...]:
    """Return every line of either graph, beside what it was or became, in their joint order."""
    old, new = _lines(before), _lines(after)
    return tuple(Change(old.get(key), new.get(key)) for key in _merged(list(old), list(new)))


def diff(before: Graph, after: Graph) -> tuple[Change, ...]:
    """Return the lines that differ, in the order of the two graphs."""
    return tuple(line for line in aligned(before, after) if line.before != line.after)


def reordered(before: Graph, after: Graph) -> bool:
    """Return whether lines that both graphs have stand in another order."""
    old, new = _lines(before), _lines(after)
    return [key for key in old if key in new] != [key for key in new if key in old]


def tally(before: Graph, after: Graph) -> Tally:
    """Return how many nodes differ."""
    old, new = _nodes(before), _nodes(after)
    return Tally(
        added=len(new.keys() - old.keys()),
        removed=len(old.keys() - new.keys()),
        changed=sum(old[name] != new[name] for name in old.keys() & new.keys()),
    )


def changed_lines(before: Graph, after: Graph) -> list[str]:
    """Return the changes as text: `-` was, `+` is, a node's two lines together; none if equal.

    Between neurons and logic every line differs: there the old lines stand first, then the new.
    """
    lines = [line for change in diff(before, after) for line in _marked(change)]
    if before.dialect is not after.dialect:
        lines.sort(key=lambda line: line.startswith("+"))
    return lines + [REORDERED] * reordered(before, after)


def dump_diff(before: Graph, after: Graph) -> str:
    """Return the changed lines, sizes in the last line; empty if the graphs are equal."""
    lines = changed_lines(before, after)
    if not lines:
        return ""
    return "\n".join([*lines, f"neurons / weights / states: {size(before)} -> {size(after)}", ""])


def _marked(change: Change) -> list[str]:
    sides = ("-", change.before), ("+", change.after)
    return [f"{mark} {line}" for mark, line in sides if line is not None]


def _lines(graph: Graph) -> dict[Key, str]:
    """Return each line of a graph's text by what it defines."""
    header, *rest = dump(graph).splitlines()
    declared = [("activation", name) for name, _ in graph.activations]
    declared += [("port", port.name) for port in graph.ports]
    nodes = {("node", name): line for name, line in _nodes(graph).items()}
    return {("graph", ""): header, **dict(zip(declared, rest, strict=False)), **nodes}


def _nodes(graph: Graph) -> dict[str, str]:
    return {node.name: dump_node(node, graph.dialect) for node in graph.nodes}


def _merged(old: list[Key], new: list[Key]) -> list[Key]:
    """Return the old keys with each new one below the one that it stands below in `new`."""
    merged, known = [*old], set(old)
    place = 0
    for key in new:
        if key in known:
            place = merged.index(key) + 1
        else:
            merged.insert(place, key)
            place += 1
    return merged
