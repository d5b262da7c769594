"""How to grow: every number of a training run, and its default for a machine."""

import math
from dataclasses import dataclass, replace
from typing import Any

from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.training.sampling import Examples, all_sequences
from bonsai_compiler.training.shape import Shape

Drops = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One run: rounds of fresh replicas, thinned to the best, trained on, and pruned.

    With a `curriculum`, (share of all steps, ticks from there on), sequences begin in any state of
    the task's machine, as `excursions.py` tells, and grow longer; for the `held` share of the
    steps their states are held to codes. Without, they begin at the start and have `ticks` ticks.

    With a `rehearsal` of so many steps, networks begin with what a layer has learned of single
    transitions, as `rehearsal.py` tells: of one cell with as many outputs as states.

    A round takes the first `round_steps` of the steps. Once a sixth of the kept replicas are
    right they are pruned, in up to `prunings` rounds of `pruning_steps` steps on sequences of up
    to `pruning_ticks`, each of which takes up to twice `pruning_share` of the weights away. Drops
    are (share of all steps, factor from there on).

    The regulariser is mean(intensity * (tanh((|w| - threshold) * steepness) + ...) + l1 * |w|)
    over each kernel. Source: "Growing Bonsai Networks with RNNs", section "Sparsity".
    """

    replicas: int = 48
    rounds: int = 1
    round_steps: int = 250
    steps: int = 4000
    batch: int = 64
    ticks: int = 24
    curriculum: tuple[tuple[float, int], ...] = (
        (0.0, 1),
        (0.2, 2),
        (0.35, 4),
        (0.5, 8),
        (0.7, 16),
        (0.9, 24),
    )
    cells: tuple[tuple[int, int], ...] = ((4, 2),)
    held: float = 0.5
    rehearsal: int = 0
    factor: float = 0.2
    leak: float = 0.1
    learning_rate: float = 0.01
    rate_drops: Drops = ((0.4, 0.8), (0.7, 0.6))
    intensity: float = 0.005
    intensity_drops: Drops = ()
    threshold: float = 0.025
    steepness: float = 10.0
    l1: float = 0.001
    prunings: int = 60
    pruning_ticks: int = 16
    pruning_steps: int = 50
    pruning_share: float = 0.15
    pruning_rate: float = 0.006
    pruning_intensity: float = 0.05

    def shape(self, source: Machine | Examples) -> Shape:
        """The shape of the networks that this recipe grows for a minimized machine, or examples."""
        activation = Activation("ameo", self.factor, self.leak)
        anywhere = bool(self.curriculum) and isinstance(source, Machine)
        starts = source.size if anywhere and isinstance(source, Machine) else 1
        settled = self.rehearses and starts > 1
        return Shape(
            len(source.inputs), self.cells, len(source.outputs), activation, starts, settled
        )

    @property
    def rehearses(self) -> bool:
        """Whether networks begin with a rehearsal, for which their cells have to be fit."""
        return self.rehearsal > 0 and len(self.cells) == 1 and self.cells[0][0] == self.cells[0][1]

    def length(self, step: int) -> int:
        """How many ticks sequences have at a step."""
        lengths = [ticks for share, ticks in self.curriculum if step >= share * self.steps]
        return min(self.ticks, lengths[-1]) if lengths else self.ticks


# Of more states than these, codes crowd: the whole of a larger machine is learned from walks.
CODED_STATES = 64
# Of more transitions than these, no layer of a useful width gives each a code that can be learned.
CODED_TRANSITIONS = 64


def default_recipes(source: Machine | Examples) -> tuple[Recipe, ...]:
    """Return recipes for a task, in the order in which to try them.

    They grow with the machine: its states, and the bits that inputs and outputs need, an integer
    as many as in binary. A first cell without states decodes several inputs, and states in the
    second latch; curves nearly flat at -1 and 1 (a small factor) keep such states from drifting.
    Levels that are counted up and down rather want straight pieces (factor 1) and one cell. A
    machine is learned from excursions, unless it has one state, or more than codes serve. Integers
    whose sequences up to a horizon can all be tried are first learned from these, by counters that
    a second cell compares.
    """
    inputs, outputs = source.input_signals.information, source.output_signals.information
    extra = 2 * max(0, inputs - 1) + 2 * (outputs - 1)

    def digital(width: int, states: int, **changes: Any) -> Recipe:
        decoder = ((width + 2 * extra, 0),) if inputs > 1 else ()
        return Recipe(cells=(*decoder, (width + extra, states)), **changes)

    levels = Recipe(
        cells=((10 + extra, 2),), factor=1.0, curriculum=(), pruning_intensity=0.1, **_WALKING
    )
    wide = digital(16, 10, factor=0.5, curriculum=(), **_WALKING)
    if isinstance(source, Examples):
        return levels, wide, replace(wide, factor=1.0, steps=6000)
    size = source.minimal_size
    # Several counts that are held against each other take a layer more.
    counts = (10 + extra, min(1 + len(source.outputs), 8)), (6 + extra, 0)
    compared = replace(levels, cells=counts, steps=max(6000, 50 * size))
    if not 1 < size <= CODED_STATES:
        several = (compared,) if source.input_signals.ports and size > 1 else ()
        return _until(source.horizon, *several, levels, wide)
    bits = math.ceil(math.log2(size))
    small = digital(8, bits + 1)
    middle = digital(12, bits + 4, steps=6000)
    # Where errors grow from tick to tick, as in counters, states have to be held all along.
    large = digital(16, min(size, 16) + 8, steps=12000, replicas=32, factor=0.3, held=1.0)
    if source.input_signals.ports:
        # Sums of thermometers are linear, so that one layer goes far, given room to count.
        cell = 8 + extra, min(2 * size, 16)
        counting = Recipe(cells=(cell,), replicas=24, batch=32, steps=max(2500, 400 * size))
        # Where that is too little, as for sums that wrap, transitions are told apart one by one.
        few = int((source.successor >= 0).sum()) <= CODED_TRANSITIONS
        telling = (_telling(2 * size + 6),) if few else ()
        counted = counting, *telling, replace(counting, replicas=48), large, levels
        if all_sequences(source) is not None:
            return _until(source.horizon, compared, *counted)
        return _until(source.horizon, *counted)
    if source.horizon is not None or (inputs <= 1 and not source.legal.all()):
        level = replace(levels, cells=((8 + extra, 1),))
        return _until(source.horizon, levels, small, level, middle, large)
    return small, middle, large, levels


def _telling(width: int) -> Recipe:
    """Return the recipe of one cell that begins with a rehearsal, and keeps to corners."""
    return Recipe(
        cells=((width, width),),
        rehearsal=4000,
        held=1.0,
        # One tick from code to code says all where states go on from corners.
        curriculum=((0.0, 1),),
        pruning_ticks=1,
        factor=0.0,
        leak=0.0,
        learning_rate=0.003,
        batch=128,
        steps=6000,
        round_steps=1000,
    )


def _until(horizon: int | None, *recipes: Recipe) -> tuple[Recipe, ...]:
    """Return the recipes with no sequences longer than a horizon: past it nothing is asked."""
    return tuple(replace(item, ticks=min(item.ticks, horizon or item.ticks)) for item in recipes)


# Plain sequences take longer to teach a thing: fresh replicas, rounds of them, and a weak pull.
_WALKING: dict[str, Any] = {
    "rounds": 3,
    "round_steps": 500,
    "steps": 2500,
    "ticks": 32,
    "intensity": 0.005,
}
