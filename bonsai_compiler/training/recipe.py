"""How to train through time: every number of a run, and its default for a task."""

from dataclasses import dataclass, replace

from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.training.sampling import Examples
from bonsai_compiler.training.shape import Shape

Drops = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One run: rounds of fresh replicas, thinned to the best, trained on, and pruned.

    A step takes `batch` sequences of `ticks` ticks, all from the start. A round takes the first
    `round_steps` of the steps. Once a sixth of the kept replicas are right they are pruned, in up
    to `prunings` rounds of `pruning_steps` steps, each of which takes up to twice `pruning_share`
    of the weights away. Drops are (share of all steps, factor from there on).

    The regulariser is mean(intensity * (tanh((|w| - threshold) * steepness) + ...) + l1 * |w|)
    over each kernel. Source: "Growing Bonsai Networks with RNNs", section "Sparsity".
    """

    replicas: int = 48
    rounds: int = 1
    round_steps: int = 250
    steps: int = 4000
    batch: int = 64
    ticks: int = 20
    cells: tuple[tuple[int, int], ...] = ((16, 10),)
    factor: float = 0.5
    leak: float = 0.1
    learning_rate: float = 0.01
    rate_drops: Drops = ((0.4, 0.8), (0.7, 0.6))
    intensity: float = 0.05
    intensity_drops: Drops = ()
    threshold: float = 0.025
    steepness: float = 10.0
    l1: float = 0.001
    prunings: int = 60
    pruning_steps: int = 50
    pruning_share: float = 0.15
    pruning_rate: float = 0.006
    pruning_intensity: float = 0.05

    def shape(self, source: Machine | Examples) -> Shape:
        """The shape of the networks that this recipe trains for a machine, or examples."""
        activation = Activation("ameo", self.factor, self.leak)
        return Shape(len(source.inputs), self.cells, len(source.outputs), activation)


def default_recipes(source: Machine | Examples) -> tuple[Recipe, ...]:
    """Return recipes for a task, in the order in which to try them.

    They are as wide as the bits that inputs and outputs need, an integer as many as in binary.
    Several inputs are decoded by a first cell without states, and states in the second latch.
    Levels that are counted up and down rather want straight pieces (factor 1) and one cell: these
    come first where something is likely to be counted. Past a horizon nothing is asked.
    """
    inputs, outputs = source.input_signals.information, source.output_signals.information
    extra = 2 * max(0, inputs - 1) + 2 * (outputs - 1)
    decoder = ((16 + 2 * extra, 0),) if inputs > 1 else ()
    latches = Recipe(cells=(*decoder, (16 + extra, 10)))
    levels = Recipe(cells=((12 + extra, 2),), factor=1.0)
    if isinstance(source, Examples):
        return latches, levels
    counted = source.horizon is not None or (inputs <= 1 and not source.legal.all())
    order = (levels, latches) if counted else (latches, levels)
    return tuple(
        replace(item, ticks=min(item.ticks, source.horizon or item.ticks)) for item in order
    )
