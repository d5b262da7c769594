"""What a row of passes did to a graph, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bonsai_compiler.differences.diff import changed_lines
from bonsai_compiler.ir.graph import Graph, Size, size


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

    @property
    def deed(self) -> str:
        """`summary` under its older name."""
        return self.summary


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
