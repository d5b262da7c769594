"""Passes, one class a file, listed in `__init__` in the rows they run in; a manager checks each."""

from bonsai_compiler.passes.affine_equivalence import MergeAffineEquivalent
from bonsai_compiler.passes.base import Pass
from bonsai_compiler.passes.clip import Clip
from bonsai_compiler.passes.dead_code import DeadCode
from bonsai_compiler.passes.discretize import Discretize
from bonsai_compiler.passes.fold_constants import FoldConstants
from bonsai_compiler.passes.lower import Lower
from bonsai_compiler.passes.quantize import Quantize
from bonsai_compiler.passes.reencode import Reencode
from bonsai_compiler.passes.remove_redundancy import RemoveRedundancy
from bonsai_compiler.passes.resubstitute import Resubstitute
from bonsai_compiler.passes.round_numbers import RoundNumbers
from bonsai_compiler.passes.signal_correspondence import MergeCorresponding
from bonsai_compiler.passes.simplify import Simplify
from bonsai_compiler.passes.threshold import Threshold

PASSES: dict[str, type[Pass]] = {
    kind.name: kind
    for kind in (
        Clip,
        Quantize,
        Discretize,
        RoundNumbers,
        RemoveRedundancy,
        FoldConstants,
        MergeCorresponding,
        MergeAffineEquivalent,
        Resubstitute,
        Reencode,
        DeadCode,
        Lower,
        Threshold,
        Simplify,
    )
}
"""All that `bonsaic opt` runs and `bonsaic list` shows."""

HOLD_TO_LEVELS: tuple[type[Pass], ...] = (Clip, Quantize, Discretize)
"""From a lifted network to a finite one."""

REDUCE: tuple[type[Pass], ...] = (
    RemoveRedundancy,
    FoldConstants,
    MergeCorresponding,
    MergeAffineEquivalent,
    Resubstitute,
    Reencode,
    DeadCode,
)
"""From there to a smaller one."""

ROUND: tuple[type[Pass], ...] = (Clip, Quantize, RoundNumbers, *REDUCE)
"""What is repeated until nothing changes."""

TIDY: tuple[type[Pass], ...] = (FoldConstants, MergeCorresponding, DeadCode)
"""What can still be done for a network that no levels were found for."""

LOGIC_PASSES: tuple[type[Pass], ...] = (Lower, Simplify)
"""From there to bools and small integers."""
