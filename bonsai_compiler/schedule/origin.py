"""Where a network came from."""

from dataclasses import dataclass, field

from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.growth.log import Row, Rung


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a network came from: how it was grown, or else the verdict on it as imported."""

    seed: int | None = None
    rung: int | None = None
    rungs: tuple[Rung, ...] = ()
    replicas: int | None = None
    solved: int | None = None
    engine: str | None = None
    device: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    budget: float | None = None
    struck: bool | None = None
    rows: tuple[Row, ...] = ()
    network: Verdict | None = None
