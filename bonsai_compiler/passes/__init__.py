"""The pipeline, in order, as a table. A pass is one file, one line here and one case file."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from bonsai_compiler.ir import Graph
from bonsai_compiler.passes.clip import clip
from bonsai_compiler.passes.dead_code import dead_code
from bonsai_compiler.passes.drop import drop
from bonsai_compiler.passes.fold_constants import fold_constants
from bonsai_compiler.passes.lower import lower
from bonsai_compiler.passes.merge_equal import merge_equal
from bonsai_compiler.passes.quantize import quantize
from bonsai_compiler.passes.simplify import simplify
from bonsai_compiler.passes.snap import snap


@dataclass(frozen=True, slots=True)
class Pass:
    """A function from graph to graph; an exact one keeps behaviour, a lossy one may not."""

    function: Callable[..., Graph]
    exact: bool

    @property
    def name(self) -> str:
        """The name of file, function and step."""
        return self.function.__name__

    @property
    def summary(self) -> str:
        """What is true afterwards, in one sentence."""
        return (inspect.getdoc(self.function) or "").split("\n\n")[0].replace("\n", " ")


NEURON_PASSES = (
    Pass(clip, exact=False),
    Pass(quantize, exact=False),
    Pass(snap, exact=False),
    Pass(drop, exact=False),
    Pass(fold_constants, exact=True),
    Pass(merge_equal, exact=True),
    Pass(dead_code, exact=True),
)
"""From a lifted network to its smallest graph of neurons."""

LOGIC_PASSES = (
    Pass(lower, exact=True),
    Pass(simplify, exact=True),
)
"""From there to bools and small integers."""

PASSES = {item.name: item for item in NEURON_PASSES + LOGIC_PASSES}
