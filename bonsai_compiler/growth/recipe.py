"""How networks are grown from a table: the settings, each of which `--set NAME=VALUE` changes."""

from dataclasses import dataclass

from bonsai_compiler.ir.activation import Activation

MOST_ROWS = 4096
"""A table of more rows is not taught as one."""

MOST_STATES = 512
"""A machine of more states is not taught as one."""


MEASURES = "weights", "neurons", "states", "program"
"""What can be made small. Of a program the length is known once it is written: until then, its
network's weights stand for it."""


@dataclass(frozen=True, slots=True)
class TableRecipe:
    """How a population grows on a table.

    Each generation has `populations` of `replicas` networks, fewer where they are large, of at most
    `hidden` hidden neurons, as many as the table seems to need where that is None (and twice as
    many where none learned), which train for `steps` at most, on `batch` rows a step, until
    `enough` of them are exact. Those are pruned for `prunings` rounds of `pruning_steps`, in each
    of which one of `pulls` draws all weights towards 0. There are at most `generations`; it ends
    where `patience` of them have found nothing smaller, or when each of their populations has taken
    `effort` (in thousands of millions of multiply-adds, without what the first networks took to
    learn). `factors` and `leak` are of the activation; states of `levels` evenly spaced values are
    among the codes. `smallest` is one of
    MEASURES: what of a network is to be small.
    """

    replicas: int = 48
    populations: int = 1
    hidden: int | None = None
    batch: int = 256
    steps: int = 4000
    enough: float = 0.25
    learning_rate: float = 0.01
    factors: tuple[float, ...] = (0.2, 1.0)
    leak: float = 0.1
    levels: bool = True
    prunings: int = 120
    pruning_steps: int = 60
    pruning_rate: float = 0.01
    pulls: tuple[float, ...] = (0.0, 0.003, 0.01, 0.03)
    generations: int = 12
    patience: int = 2
    effort: float = 30.0
    smallest: str = "weights"

    def activation(self, factor: float) -> Activation:
        """Return the activation of networks of a factor."""
        return Activation("ameo", factor, self.leak)
