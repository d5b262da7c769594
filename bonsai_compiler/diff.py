"""What changed between two graphs, node by node; names never change, so this is no guess."""

from dataclasses import dataclass

from bonsai_compiler.ir import Graph, size
from bonsai_compiler.text import dump, dump_node


@dataclass(frozen=True, slots=True)
class Change:
    """One node's line before and after; None where it is not there."""

    before: str | None
    after: str | None


def diff(before: Graph, after: Graph) -> tuple[Change, ...]:
    """Return the lines that differ, in the order of the two graphs."""
    old, new = _lines(before), _lines(after)
    keys = [*old, *(key for key in new if key not in old)]
    return tuple(Change(old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key))


def dump_diff(before: Graph, after: Graph) -> str:
    """Return the changes as text: `-` was, `+` is, sizes in the last line; empty if equal."""
    changes = diff(before, after)
    lines = []
    for change in changes:
        lines += [f"- {change.before}"] * (change.before is not None)
        lines += [f"+ {change.after}"] * (change.after is not None)
    if not lines and dump(before) != dump(after):
        lines.append("the same lines in another order")
    if not lines:
        return ""
    lines.append(f"neurons / weights / states: {size(before)} -> {size(after)}")
    return "\n".join(lines) + "\n"


def _lines(graph: Graph) -> dict[tuple[str, str], str]:
    """Return each line of a graph's text by what it defines."""
    nodes = {("node", node.name): dump_node(node, graph.dialect) for node in graph.nodes}
    header, *rest = dump(graph).splitlines()
    declared = [line for line in rest if line.startswith("activation ")]
    return {("graph", ""): header, **{("activation", line): line for line in declared}, **nodes}
