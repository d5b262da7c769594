"""Remove what no output depends on (article, section "Pruning")."""

from dataclasses import dataclass
from typing import ClassVar

from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.passes.base import Pass


@dataclass(frozen=True, slots=True)
class DeadCode(Pass):
    """Every state and computed node has an effect on some output; inputs stay, they are given."""

    exact: ClassVar[bool] = True
    takes: ClassVar[Dialect | None] = None

    def apply(self, graph: Graph) -> Graph:
        return live_part(graph)
