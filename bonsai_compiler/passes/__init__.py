"""Passes, one class a file, the rows in which they run, and the manager that checks each step."""

from bonsai_compiler.passes.base import Pass
from bonsai_compiler.passes.clip import Clip
from bonsai_compiler.passes.dead_code import DeadCode
from bonsai_compiler.passes.drop import Drop
from bonsai_compiler.passes.fold_constants import FoldConstants
from bonsai_compiler.passes.lower import Lower
from bonsai_compiler.passes.merge_alike import MergeAlike
from bonsai_compiler.passes.merge_equal import MergeEqual
from bonsai_compiler.passes.quantize import Quantize
from bonsai_compiler.passes.recode import Recode
from bonsai_compiler.passes.round_numbers import RoundNumbers
from bonsai_compiler.passes.simplify import Simplify
from bonsai_compiler.passes.snap import Snap

PASSES: dict[str, type[Pass]] = {
    kind.name: kind
    for kind in (
        Clip,
        Quantize,
        Snap,
        RoundNumbers,
        Drop,
        FoldConstants,
        MergeEqual,
        MergeAlike,
        Recode,
        DeadCode,
        Lower,
        Simplify,
    )
}
"""All that `bonsaic opt` runs and `bonsaic list` shows."""

HOLD_TO_LEVELS: tuple[type[Pass], ...] = (Clip, Quantize, Snap)
"""From a lifted network to a finite one."""

REDUCE: tuple[type[Pass], ...] = (
    Drop,
    FoldConstants,
    MergeEqual,
    MergeAlike,
    Recode,
    DeadCode,
)
"""From there to a smaller one."""

ROUND: tuple[type[Pass], ...] = (Clip, Quantize, RoundNumbers, *REDUCE)
"""What is repeated until nothing changes."""

TIDY: tuple[type[Pass], ...] = (FoldConstants, MergeEqual, DeadCode)
"""What can still be done for a network that no levels were found for."""

LOGIC_PASSES: tuple[type[Pass], ...] = (Lower, Simplify)
"""From there to bools and small integers."""
