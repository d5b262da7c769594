"""Passes, one a file, what each may do to a graph, and the pipeline that checks each step."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.passes.clip import clip
from bonsai_compiler.passes.dead_code import dead_code
from bonsai_compiler.passes.drop import drop
from bonsai_compiler.passes.fold_constants import fold_constants
from bonsai_compiler.passes.lower import lower
from bonsai_compiler.passes.merge_alike import merge_alike
from bonsai_compiler.passes.merge_equal import merge_equal
from bonsai_compiler.passes.quantize import quantize
from bonsai_compiler.passes.recode import recode
from bonsai_compiler.passes.round_numbers import round_numbers
from bonsai_compiler.passes.simplify import simplify
from bonsai_compiler.passes.snap import snap


@dataclass(frozen=True, slots=True)
class Pass:
    """A function from graph to graph; an exact one keeps behaviour, a lossy one may not.

    It takes graphs of one dialect, or of any if that is None, and gives the same dialect or
    another.
    """

    function: Callable[..., Graph]
    exact: bool
    takes: Dialect | None = Dialect.NEURONS
    gives: Dialect | None = None

    @property
    def name(self) -> str:
        """The name of file, function and step."""
        return self.function.__name__

    @property
    def summary(self) -> str:
        """What is true afterwards, in one sentence."""
        return (inspect.getdoc(self.function) or "").split("\n\n")[0].replace("\n", " ")


PASSES = {
    item.name: item
    for item in (
        Pass(clip, exact=False),
        Pass(quantize, exact=False),
        Pass(snap, exact=False),
        Pass(round_numbers, exact=True),
        Pass(drop, exact=False),
        Pass(fold_constants, exact=True),
        Pass(merge_equal, exact=True),
        Pass(merge_alike, exact=True),
        Pass(recode, exact=True),
        Pass(dead_code, exact=True, takes=None),
        Pass(lower, exact=True, gives=Dialect.LOGIC),
        Pass(simplify, exact=True, takes=Dialect.LOGIC),
    )
}


def _in_order(names: str) -> tuple[Pass, ...]:
    return tuple(PASSES[name] for name in names.split())


HOLD_TO_LEVELS = _in_order("clip quantize snap")
"""From a lifted network to a finite one."""

REDUCE = _in_order("drop fold_constants merge_equal merge_alike recode dead_code")
"""From there to a smaller one."""

ROUND = _in_order("clip quantize round_numbers") + REDUCE
"""What is repeated until nothing changes."""

TIDY = _in_order("fold_constants merge_equal dead_code")
"""What can still be done for a network that no levels were found for."""

LOGIC_PASSES = _in_order("lower simplify")
"""From there to bools and small integers."""
