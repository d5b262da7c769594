"""Where a network came from."""

from dataclasses import dataclass, field

from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.growth.log import Attempt, Row


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a network came from: how it was grown, or else the verdict on it as imported."""

    seed: int | None = None
    attempt: int | None = None
    attempts: tuple[Attempt, ...] = ()
    replicas: int | None = None
    solved: int | None = None
    engine: str | None = None
    device: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    budget: float | None = None
    struck: bool | None = None
    rows: tuple[Row, ...] = ()
    network: Verdict | None = None
