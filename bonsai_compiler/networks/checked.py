"""Arrays of numbers from files of others, checked before they are believed."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.networks.fields import LARGEST, MOST
from bonsai_compiler.networks.layers import Stack, weights_of
from bonsai_compiler.networks.network import Floats

MOST_WEIGHTS = 1_000_000
"""Nobody reads a program out of a larger network, and its graph takes gigabytes."""


class Tensors:
    """The arrays of a file by their names; a method raises BonsaiError for what is unfit.

    What has been taken is `used`, so that nothing is ignored in silence.
    """

    def __init__(self, place: str, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        self.place, self.arrays = place, arrays
        self.used: set[str] = set()

    def fail(self, name: str, fault: str) -> BonsaiError:
        """Return the complaint about a tensor, to be raised."""
        return BonsaiError(f"{self.place}: {name} {fault}")

    def shape(self, name: str, axes: int) -> tuple[int, ...]:
        """Return the shape of a tensor of so many axes, of which none is 0 or too long."""
        shape = tuple(self.arrays[name].shape)
        if len(shape) != axes or not all(0 < size <= MOST for size in shape):
            wish = f"{axes} ax{'is' if axes == 1 else 'es'} of 1 to {MOST} are wanted"
            raise self.fail(shown(name), f"has shape {shape}; {wish}")
        return shape

    def take(self, name: str, shape: tuple[int, ...]) -> Floats:
        """Return a tensor of this shape in doubles."""
        self.used.add(name)
        array = self.arrays[name]
        if tuple(array.shape) != shape:
            raise self.fail(shown(name), f"has shape {tuple(array.shape)}, but {shape} fits here")
        return checked(array, f"{self.place}: {shown(name)}")

    def rest(self) -> list[str]:
        """Return the names of what has not been taken."""
        return [name for name in self.arrays if name not in self.used]


def checked(array: npt.NDArray[Any], place: str) -> Floats:
    """Return real numbers as doubles; raises BonsaiError for what is none, or out of bounds."""
    if array.dtype.kind not in "fiu":
        raise BonsaiError(f"{place} holds {array.dtype}; numbers are wanted")
    numbers = np.asarray(array, dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise BonsaiError(f"{place} holds a number that is not finite: did the training diverge?")
    if (np.abs(numbers) > LARGEST).any():
        raise BonsaiError(
            f"{place} holds {numbers.flat[np.abs(numbers).argmax()]:g}; the largest number is "
            f"{LARGEST:g}: did the training diverge?"
        )
    return numbers


def expect_small(stack: Stack, place: str) -> Stack:
    """Return a stack of no more than MOST_WEIGHTS numbers; raises BonsaiError for a larger one."""
    count = sum(array.size for array in weights_of(stack))
    if count > MOST_WEIGHTS:
        raise BonsaiError(
            f"{place}: has {count:,} weights; the most are {MOST_WEIGHTS:,}: train a smaller one"
        )
    return stack
