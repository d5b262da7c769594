"""Choose each pass's parameter: for a lossy pass, the strongest that the judge still accepts.

The passes stay pure in their parameter; what they may do to this graph is decided here, as the
article does by testing random inputs, but by joint search.
"""

from bisect import bisect_left
from collections.abc import Callable
from typing import Any

from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.oracle.oracle import CountedJudge, Judge
from bonsai_compiler.passes.alike import find_alike
from bonsai_compiler.passes.clip import clip, thresholds
from bonsai_compiler.passes.dropping import find_droppable
from bonsai_compiler.passes.journal import Journal
from bonsai_compiler.passes.quantize import STEPS, quantize
from bonsai_compiler.passes.recoding import find_codes
from bonsai_compiler.passes.rounding import find_numbers
from bonsai_compiler.passes.snapping import find_levels
from bonsai_compiler.system.deadline import NEVER, Deadline

Parameters = dict[str, Any]


def tune_clip(graph: Graph, judge: Judge, deadline: Deadline) -> Parameters | None:
    """Return a threshold at which the clipped graph is accepted, while at the next three it isn't.

    Found by halving, as if whatever is accepted at one threshold were so at all lower ones; that
    holds nearly always, and trying every threshold takes ten times as long.
    """
    ladder = thresholds(graph)

    def accepted(place: int) -> bool:
        return judge.accepts(clip(graph, ladder[place]))

    place = bisect_left(range(len(ladder)), True, key=accepted)
    better = [other for other in range(max(place - 3, 0), place) if accepted(other)]
    place = min(better, default=place)
    return {"threshold": ladder[place]} if place < len(ladder) else None


def tune_quantize(graph: Graph, judge: Judge, deadline: Deadline) -> Parameters | None:
    """Return the step of the grid that the graph lies on, else the coarsest that is accepted.

    A graph that lies on a grid stays there: `round_numbers` has the say on each number then.
    """
    grids = [(step, quantize(graph, step)) for step in STEPS]
    for step, quantized in grids:
        if quantized == graph:
            return {"step": step}
    for step, quantized in grids:
        if judge.accepts(quantized):
            return {"step": step}
    return None


def tune_snap(graph: Graph, judge: Judge, deadline: Deadline) -> Parameters | None:
    """Return levels with which the graph is finite and right; none if it is so without."""
    levels = find_levels(graph, judge, deadline)
    return None if levels is None else {"levels": levels}


def tune_drop(graph: Graph, judge: Judge, deadline: Deadline) -> Parameters | None:
    """Return terms that can go all together, and what stands in for their sources."""
    return {"terms": find_droppable(graph, judge, deadline)}


def tune_merge_alike(graph: Graph, judge: Judge, deadline: Deadline) -> Parameters | None:
    """Return nodes that always tell the same as one above, where reading that changes nothing."""
    twins, ends = find_alike(graph, judge, deadline)
    return {"twins": twins, "ends": ends}


def tune_recode(graph: Graph, judge: Judge, deadline: Deadline) -> Parameters | None:
    """Return states that could store something simpler."""
    return {"codes": find_codes(graph, judge, deadline)}


def tune_round_numbers(graph: Graph, judge: Judge, deadline: Deadline) -> Parameters | None:
    """Return the simplest numbers that change nothing."""
    return {"numbers": find_numbers(graph, judge, deadline)}


def tune_lower(graph: Graph, judge: Judge, deadline: Deadline) -> Parameters | None:
    """Return every situation that legal inputs lead to, or None where they have no end."""
    found = judge.explore(graph)
    if not found.closed or found.failing is not None:
        return None
    situations = judge.situations(graph, found)
    return {"states": situations.states, "bits": situations.bits}


class Tuning:
    """Finds each pass's parameters for a graph, and remembers what it found.

    `journal` holds what passes have made with them before.
    """

    def __init__(self, judge: Judge, journal: Journal | None = None) -> None:
        self.judge = CountedJudge(judge)
        self.journal = journal or Journal()
        self._known: dict[tuple[str, Graph], tuple[Parameters | None, int]] = {}

    def parameters(self, name: str, graph: Graph, deadline: Deadline = NEVER) -> Parameters | None:
        """Return the parameters of the pass `name`, none for one without; None if none will do.

        Past the deadline they are the best found until then, and are not remembered.
        """
        if name not in TUNERS:
            return {}
        key = name, graph
        if key in self._known:
            parameters, asked = self._known[key]
            self.judge.checks += asked
            return parameters
        before = self.judge.checks
        parameters = TUNERS[name](graph, self.judge, deadline)
        if not deadline.passed:
            self._known[key] = parameters, self.judge.checks - before
        return parameters


TUNERS: dict[str, Callable[[Graph, Judge, Deadline], Parameters | None]] = {
    "clip": tune_clip,
    "quantize": tune_quantize,
    "snap": tune_snap,
    "drop": tune_drop,
    "merge_alike": tune_merge_alike,
    "recode": tune_recode,
    "round_numbers": tune_round_numbers,
    "lower": tune_lower,
}
"""How each pass with a parameter finds it; None means that no parameter would do."""
