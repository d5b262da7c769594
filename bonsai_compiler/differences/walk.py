"""What a row of passes did to a graph, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bonsai_compiler.differences.diff import changed_lines
from bonsai_compiler.ir.graph import Graph, size


@dataclass(frozen=True, slots=True)
class Stage:
    """A graph and what made it: the pass, how it checked, what was chosen, how long it took.

    The first stage of a walk is what the passes began with. `seconds` is None if unknown.
    """

    name: str
    graph: Graph
    check: str = ""
    deed: str = ""
    seconds: float | None = None


def first_heading(stage: Stage) -> str:
    """Return the line that stands for what the passes began with."""
    return f"{stage.name:<15} {size(stage.graph)}"


def heading(before: Graph, stage: Stage) -> str:
    """Return one line for a pass: its name, sizes, check, and what was chosen."""
    sizes = f"{size(before)} -> {size(stage.graph)}"
    same = "" if changed_lines(before, stage.graph) else "nothing changed"
    said = "; ".join(filter(None, (stage.deed, same)))
    return f"{stage.name:<15} {sizes:<30} {stage.check:<9} {said}".rstrip()


def changes_anything(stages: Sequence[Stage]) -> bool:
    """Return whether any pass changed its graph."""
    return any(changed_lines(one.graph, other.graph) for one, other in pairwise(stages))


def dump_walk(stages: Sequence[Stage]) -> str:
    """Return each pass's heading with the lines that it changed below, and then an empty line."""
    lines = [first_heading(stages[0])]
    for before, stage in pairwise(stages):
        changed = changed_lines(before.graph, stage.graph)
        lines += [heading(before.graph, stage), *changed, *[""] * bool(changed)]
    return "\n".join(lines).rstrip("\n") + "\n"
