"""The sparsity regulariser: a step near zero that pulls a weight to nothing or leaves it alone."""

from __future__ import annotations

import math

from tinygrad import Tensor

from bonsai_compiler.training.recipe import Recipe


def sparsity(parameters: Tensor, share: Tensor, intensity: Tensor, recipe: Recipe) -> Tensor:
    """Return (replicas,): the sum over kernels of the mean of intensity * T(w) + l1 * |w|.

    T(w) = tanh((|w| - threshold) * steepness) - tanh(-threshold * steepness). `share` is
    (parameters,), one over the size of each weight's kernel and 0 for biases; `intensity` is the
    scheduled factor of the threshold part, shape (1,).
    Source: "Growing Bonsai Networks with RNNs", section "Sparsity".
    """
    size = parameters.abs()
    step = ((size - recipe.threshold) * recipe.steepness).tanh() - floor(recipe)
    return ((step * intensity + size * recipe.l1) * share).sum(1)


def floor(recipe: Recipe) -> float:
    """Return what the tanh of T is where w = 0."""
    return math.tanh(-recipe.threshold * recipe.steepness)
