"""What changed between two graphs, line by line, and pass by pass along a row of passes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bonsai_compiler.ir.graph import Graph, Size, size
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


@dataclass(frozen=True, slots=True)
class Step:
    """A graph and what made it: the pass, how it checked, what was chosen, how long it took.

    The first step is what the passes began with. `summary` says in a few words what was chosen, or
    why the pass was left out. `seconds` is None if unknown; `checks` counts how
    often the oracle was asked, in search of the pass's parameters too.
    """

    name: str
    graph: Graph = field(repr=False)
    check: str = ""
    summary: str = ""
    seconds: float | None = None
    checks: int = 0

    @property
    def size(self) -> Size:
        """The size of the step's graph."""
        return size(self.graph)


def first_heading(step: Step) -> str:
    """Return the line that stands for what the passes began with."""
    return f"{step.name:<15} {size(step.graph)}"


def heading(before: Graph, step: Step) -> str:
    """Return one line for a pass: its name, sizes, check, and what was chosen."""
    sizes = f"{size(before)} -> {size(step.graph)}"
    same = "" if changed_lines(before, step.graph) else "nothing changed"
    said = "; ".join(filter(None, (step.summary, same)))
    return f"{step.name:<15} {sizes:<30} {step.check:<9} {said}".rstrip()


def changes_anything(steps: Sequence[Step]) -> bool:
    """Return whether any pass changed its graph."""
    return any(changed_lines(one.graph, other.graph) for one, other in pairwise(steps))


def dump_walk(steps: Sequence[Step]) -> str:
    """Return each pass's heading with the lines that it changed below, and then an empty line."""
    lines = [first_heading(steps[0])]
    for before, step in pairwise(steps):
        changed = changed_lines(before.graph, step.graph)
        lines += [heading(before.graph, step), *changed, *[""] * bool(changed)]
    return "\n".join(lines).rstrip("\n") + "\n"
