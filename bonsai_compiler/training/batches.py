"""The sequences of training steps: drawn as a step's pace asks, in the order kernels read them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.training.excursions import Excursions, excursions
from bonsai_compiler.training.recipe import Recipe
from bonsai_compiler.training.sampling import Examples, Lessons, draw_sequences

# Of the excursions whose states are free, this share begins at the machine's start: codes may
# stray from where the network really goes.
ROOTED = 0.5

Arrays = tuple[npt.NDArray[Any], ...]


@dataclass(frozen=True, slots=True)
class Pace:
    """How a step is taken: its learning rate, the regulariser's intensity, and its excursions.

    Excursions have `length` ticks, and the states they go through are `held` to codes or free.
    """

    rate: float = 0.0
    intensity: float = 0.0
    length: int = 1
    held: bool = True


@dataclass(frozen=True, slots=True)
class Batches:
    """Where batches come from: excursions of a machine, or sequences from the start.

    Of sequences from the start, the last `shaken` inputs are off by up to `amplitude`.
    """

    source: Machine | Examples
    recipe: Recipe
    anywhere: bool
    chance: Mapping[str, float]
    lessons: Lessons
    shaken: int = 0
    amplitude: float = 0.0

    def with_lessons(self, lessons: Lessons) -> "Batches":
        """Return batches that take these lessons too."""
        return replace(self, lessons=self.lessons + lessons)

    def draw(self, rng: np.random.Generator, count: int, pace: Pace) -> Arrays:
        """Return the sequences of `count` steps.

        x (count, ticks, inputs, batch), y (count, ticks, outputs, batch) and, where sequences
        begin anywhere, places (count, (ticks + 1) * batch + 1).
        """
        batch, ticks = self.recipe.batch, self.recipe.ticks

        def turned(part: npt.NDArray[Any]) -> npt.NDArray[Any]:
            return np.ascontiguousarray(
                part.reshape(count, batch, part.shape[1], -1).transpose(0, 2, 3, 1)
            )

        if not self.anywhere:
            x, y = draw_sequences(self.source, rng, count * batch, ticks, self.chance, self.lessons)
            inputs, asked = turned(x), turned(y)
            if self.shaken:
                last = inputs[:, :, -self.shaken :]
                last += rng.uniform(-self.amplitude, self.amplitude, last.shape).astype(np.float32)
            return inputs, asked
        drawn = self.excursions(rng, count * batch, pace)
        places = turned(drawn.places).reshape(count, -1)
        lengths = np.full((count, 1), pace.length, np.int32)
        return turned(drawn.x), turned(drawn.y), np.concatenate([places, lengths], axis=1)

    def excursions(self, rng: np.random.Generator, sequences: int, pace: Pace) -> Excursions:
        """Return excursions, of which ROOTED are walks from the start where states are free."""
        assert isinstance(self.source, Machine)
        drawn = excursions(self.source, rng, sequences, self.recipe.ticks, pace.length, self.chance)
        if pace.held:
            return drawn
        rooted = int(ROOTED * sequences)
        walks = draw_sequences(self.source, rng, rooted, pace.length, self.chance, self.lessons)
        return drawn.freed().with_walks(*walks, rng.permutation(sequences)[:rooted])
