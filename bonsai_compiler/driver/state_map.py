"""The map between a network and its machine, in words: which thresholds tell each state."""

from pathlib import Path

from bonsai_compiler.driver.loading import read_graph, read_task_at
from bonsai_compiler.driver.target import target_of_network, target_of_task
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.fsm.closed import state_title
from bonsai_compiler.ir.graph import Dialect
from bonsai_compiler.ir.text import number
from bonsai_compiler.networks.conventions import Conventions
from bonsai_compiler.passes.threshold import StateMap, Threshold
from bonsai_compiler.system.deadline import NEVER
from bonsai_compiler.system.terminal import log


def map_text(path: str, task_path: Path | None, conventions: Conventions) -> str:
    """Return the map of the network at `path` to the machine of a task, or to the one inside.

    Raises BonsaiError where no thresholds tell the states of that.
    """
    task = None if task_path is None else read_task_at(task_path)
    graph = read_graph(path, task, conventions)
    if graph.dialect is not Dialect.NEURONS:
        raise BonsaiError(f"{path}: is of logic; a map is of a network")
    if task is not None and not task.has_step:
        raise BonsaiError(f"{task.path}: there is no step to map to, only examples")
    target = target_of_task(task) if task else target_of_network(graph, graph.name, log)
    made = Threshold.search(graph, target.oracle, NEVER) if target.machine else None
    if made is None:
        raise BonsaiError(f"{path}: no thresholds of its states tell those of a machine apart")
    return "\n".join(_lines(graph.name, made.map)) + "\n"


def _lines(name: str, found: StateMap) -> list[str]:
    rows = []
    for state, (code, share) in enumerate(zip(found.codes, found.shares, strict=True)):
        sides = [
            side
            for (unit, cuts), level in zip(found.cuts.items(), code, strict=True)
            for side in _sides(unit, cuts, level)
        ]
        rows.append((state_title(state), ", ".join(sides), f"{share:.1%}"))
    wide = [max(len(row[place]) for row in rows) for place in range(2)]
    beside = ", ".join(
        f"{unit} > {number(cut)}" for unit, cuts in found.beside.items() for cut in cuts
    )
    return [
        f"map of {name}: {len(rows)} states of the machine, by where the network's states mostly "
        "stand",
        *(f"  {title:<{wide[0]}}  {sides:<{wide[1]}}  {share}" for title, sides, share in rows),
        f"of {found.met:,} states that runs met {found.told:,} are told"
        + (f", with {beside} beside" if beside else ""),
    ]


def _sides(unit: str, cuts: tuple[float, ...], level: int) -> list[str]:
    """Return between which thresholds a unit stands, as conditions."""
    low = [f"{unit} > {number(cuts[level - 1])}"] if level else []
    high = [f"{unit} <= {number(cuts[level])}"] if level < len(cuts) else []
    return low + high
