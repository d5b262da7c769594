"""How networks are grown: the settings, each of which `--set NAME=VALUE` changes."""

from dataclasses import dataclass

from bonsai_compiler.growth.sequences import Examples
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.specification.machine import Machine

Drops = tuple[tuple[float, float], ...]

MOST_ROWS = 4096
"""A table of more rows is not taught as one."""

MOST_STATES = 512
"""A machine of more states is not taught as one."""


MEASURES = "weights", "neurons", "states", "program"
"""What can be made small. Of a program the length is known once it is written: until then, its
network's weights stand for it."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How steps are taken: the learning rate, the pull of L1, and that of a step near 0.

    The `step` is intensity, threshold and steepness of intensity * tanh((|w| - threshold) *
    steepness), which is added to the loss for each weight: it pulls one to nothing or leaves it
    alone. Source: "Growing Bonsai Networks with RNNs", section "Sparsity".
    """

    rate: float = 0.01
    pull: float = 0.0
    step: tuple[float, float, float] = (0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a population grows: on a table, or through time.

    Each generation has `populations` of `replicas` networks, fewer where they are large, of at most
    `hidden` hidden neurons, as many as the table seems to need where that is None (and twice as
    many where none learned), which train for `steps` at most, on `batch` rows a step, until
    `enough` of them are exact. Those are pruned for `prunings` rounds of `pruning_steps`, in each
    of which one of `pulls` draws all weights towards 0. There are at most `generations`; it ends
    where `patience` of them have found nothing smaller, a few more where weights are many, or when
    each of their populations has taken `effort`, in thousands of millions of multiply-adds for a
    table of 32 rows, more for one of more, without what the first networks took to learn. `factors`
    and `leak` are of the activation; states of `levels` evenly spaced values are among the codes.
    `smallest` is one of MEASURES: what of a network is to be small.

    With `ticks` networks of so many `states` learn through time: from sequences of so many ticks,
    `batch` at a step, in one generation after the other until some have learned. While they train,
    the article's regulariser has so much `intensity`, and its step stands at `threshold` with a
    `steepness`; the first of the `pulls` goes with it. Drops are (share of all steps, factor from
    there on) of the learning rate and of that intensity.
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
    prunings: int = 240
    pruning_steps: int = 60
    pruning_rate: float = 0.05
    pulls: tuple[float, ...] = (0.0, 0.003, 0.01, 0.03)
    generations: int = 12
    patience: int = 3
    effort: float = 6.0
    smallest: str = "weights"
    ticks: int = 0
    states: int = 10
    intensity: float = 0.0
    threshold: float = 0.025
    steepness: float = 10.0
    rate_drops: Drops = ()
    intensity_drops: Drops = ()

    def activation(self, factor: float) -> Activation:
        """Return the activation of networks of a factor."""
        return Activation("ameo", factor, self.leak)

    def pace(self, step: int, weights: int) -> Pace:
        """Return how networks of so many weights train from a step on."""
        share = step / self.steps
        rate = self.learning_rate * _dropped(self.rate_drops, share)
        if not self.ticks:
            return Pace(rate)
        intensity = self.intensity * _dropped(self.intensity_drops, share) / weights
        return Pace(rate, self.pulls[0] / weights, (intensity, self.threshold, self.steepness))


def _dropped(drops: Drops, share: float) -> float:
    """Return the factor that holds after a share of all steps; 1 before the first drop."""
    return next((factor for begin, factor in reversed(drops) if begin <= share), 1.0)


def through_time(source: Machine | Examples) -> Recipe:
    """Return the recipe for what has no table.

    Networks are as wide as the bits that inputs and outputs need, an integer as many as in binary.
    Levels that are counted up and down want straight pieces (factor 1) and few states: these come
    first where something is likely to be counted. Past a horizon nothing is asked.
    """
    inputs, outputs = source.input_signals.information, source.output_signals.information
    horizon = source.horizon if isinstance(source, Machine) else None
    counted = isinstance(source, Machine) and (
        horizon is not None or (inputs <= 1 and not source.legal.all())
    )
    return Recipe(
        ticks=min(20, horizon or 20),
        hidden=16 + 2 * max(0, inputs - 1) + 2 * (outputs - 1),
        batch=64,
        states=2 if counted else 10,
        factors=(1.0, 0.5) if counted else (0.5, 1.0),
        enough=1 / 6,
        intensity=0.05,
        rate_drops=((0.4, 0.8), (0.7, 0.6)),
        # What errors do in the end is the worse for many ticks: weights are drawn away gently.
        prunings=60,
        pruning_steps=100,
        pruning_rate=0.006,
        pulls=(0.001, 0.003, 0.0),
        generations=2,
        effort=400.0,
    )
