"""Prune trained networks: take weights away, train on for a little, keep what is still right.

Each grown replica founds a line. In a round every line tries several removals at once, each in a
replica of its own; those that are right after a few steps replace larger ones. Now and then the
half of the lines that prunes worst is given up, so that time goes to promising ones.
"""

import numpy as np
import numpy.typing as npt

from bonsai_compiler.training.pool import Masks, Pool
from bonsai_compiler.training.shape import Field, Shape, regular_share

# A grown weight below this is taken away at once, before the first round.
NOTHING = 0.02
# Lines at the start, and lines that are kept to the end.
LINES = 16
FEWEST_LINES = 3
# How much smaller networks must be than those that were remembered before them.
APART = 0.8
# How often a whole neuron is taken away rather than single weights.
WHOLE_NEURON = 0.2


def start_pool(shape: Shape, pool: Pool) -> Pool:
    """Return the founders of lines: the right networks that are the sparsest already."""
    masks = weighty(shape, pool)
    right = pool.right[np.argsort(weights(shape, masks[pool.right]), kind="stable")][:LINES]
    chosen = pool.take(right)
    return _masked(chosen, masks[right], np.arange(len(right)))


def propose(shape: Shape, pool: Pool, count: int, share: float, rng: np.random.Generator) -> Pool:
    """Return `count` copies of the pool's networks, lines in turn, each with something less."""
    lines = [np.flatnonzero(pool.origins == line) for line in np.unique(pool.origins)]
    parents = [
        lines[place % len(lines)][place // len(lines) % len(lines[place % len(lines)])]
        for place in range(count)
    ]
    chosen = pool.take(parents)
    groups = [
        np.concatenate([np.arange(field.offset, field.end)[place] for field, place in group])
        for group in _neurons(shape)
    ]
    masks = chosen.masks.copy()
    weighted = regular(shape)
    for row in range(count):
        left = np.flatnonzero(masks[row] & weighted)
        size = np.abs(chosen.parameters[row])
        if rng.random() < WHOLE_NEURON:
            found = [own for group in groups if len(own := np.intersect1d(group, left))]
            effect = [size[own].sum() * np.exp(rng.normal()) for own in found]
            if found:
                masks[row, found[int(np.argmin(effect))]] = False
        else:
            most = max(1, int(share * len(left) * 2 * rng.random()))
            effect = size[left] * np.exp(rng.normal(size=len(left)))
            masks[row, left[np.argsort(effect)[:most]]] = False
    return _masked(chosen, live(shape, masks), chosen.origins)


def select(shape: Shape, pool: Pool, replicas: int) -> Pool:
    """Return the smallest right networks of each line, as many as its share of the replicas."""
    right = pool.take(pool.right)
    order = np.lexsort((right.losses, weights(shape, right.masks)))
    lines = np.unique(right.origins)
    each = max(2, replicas // max(1, len(lines)) // 2)
    kept = [order[right.origins[order] == line][:each] for line in lines]
    return right.take(np.concatenate(kept))


def remembered(shape: Shape, earlier: Pool, pool: Pool) -> Pool:
    """Return the earlier networks with the smallest of each line added, where those are small.

    That is where they have only APART of the weights of the smallest that is remembered.
    """
    counts = weights(shape, pool.masks)
    least = weights(shape, earlier.masks).min(initial=regular(shape).sum())
    if counts.min() > APART * least:
        return earlier
    smallest = [
        rows[np.argmin(counts[rows])]
        for rows in (np.flatnonzero(pool.origins == line) for line in np.unique(pool.origins))
    ]
    return earlier.joined(pool.take(smallest))


def halve(shape: Shape, pool: Pool) -> Pool:
    """Return the pool with only the better half of the lines, but FEWEST_LINES at least."""
    counts = weights(shape, pool.masks)
    best = {line: counts[pool.origins == line].min() for line in np.unique(pool.origins)}
    kept = sorted(best, key=lambda line: best[line])[: max(FEWEST_LINES, len(best) // 2)]
    return pool.take(np.flatnonzero(np.isin(pool.origins, kept)))


def weighty(shape: Shape, pool: Pool) -> Masks:
    """Return the masks without what is next to nothing, and without what then is dead."""
    sizes = np.abs(pool.parameters)
    return live(shape, pool.masks & ((sizes > NOTHING) | ~regular(shape)))


def weights(shape: Shape, masks: Masks) -> npt.NDArray[np.int64]:
    """Return (n,): how many weights are left; biases do not count."""
    return np.asarray((masks & regular(shape)).sum(1))


def regular(shape: Shape) -> npt.NDArray[np.bool_]:
    """Return (parameters,): whether each is a weight, which may be taken away."""
    return np.asarray(regular_share(shape) > 0)


def live(shape: Shape, masks: Masks) -> Masks:
    """Return masks without the weights of neurons that no output depends on."""
    masks = np.array(masks)

    def kernel(field: Field) -> Masks:
        return masks[:, field.offset : field.end].reshape(len(masks), field.rows, field.columns)

    outputs = [np.zeros((len(masks), cell.outputs), bool) for cell in shape.layout]
    states = [np.zeros((len(masks), cell.states), bool) for cell in shape.layout]
    outputs[-1] |= kernel(shape.dense_weights).any(1)
    while True:
        before = sum(int(array.sum()) for array in (*outputs, *states))
        for index in reversed(range(len(shape.layout))):
            cell = shape.layout[index]
            read = np.any(kernel(cell.output_kernel) & outputs[index][:, None], axis=2)
            read |= np.any(kernel(cell.recurrent_kernel) & states[index][:, None], axis=2)
            states[index] |= read[:, cell.inputs :]
            if index:
                outputs[index - 1] |= read[:, : cell.inputs]
        if sum(int(array.sum()) for array in (*outputs, *states)) == before:
            break
    for cell, top, own in zip(shape.layout, outputs, states, strict=True):
        kernel(cell.output_kernel)[...] &= top[:, None]
        kernel(cell.recurrent_kernel)[...] &= own[:, None]
        kernel(cell.initial_state)[...] &= own[:, None]
    return masks


def _neurons(shape: Shape) -> list[list[tuple[Field, npt.NDArray[np.int64]]]]:
    """Return for each neuron the weights that it reads by and is read by."""
    groups = []
    for index, cell in enumerate(shape.layout):
        above = shape.layout[index + 1] if index + 1 < len(shape.layout) else None
        readers = [above.output_kernel, above.recurrent_kernel] if above else []
        for neuron in range(cell.outputs):
            group = [_column(cell.output_kernel, neuron)]
            group += [_row(field, neuron) for field in readers]
            if above is None:
                group.append(_column(shape.dense_weights, neuron))
            groups.append(group)
        for state in range(cell.states):
            own = cell.output_kernel, cell.recurrent_kernel
            group = [_row(field, cell.inputs + state) for field in own]
            groups.append([_column(cell.recurrent_kernel, state), *group])
    return groups


def _row(field: Field, row: int) -> tuple[Field, npt.NDArray[np.int64]]:
    return field, row * field.columns + np.arange(field.columns)


def _column(field: Field, column: int) -> tuple[Field, npt.NDArray[np.int64]]:
    return field, np.arange(field.rows) * field.columns + column


def _masked(pool: Pool, masks: Masks, origins: npt.NDArray[np.int64]) -> Pool:
    return Pool(
        pool.parameters * masks,
        pool.first * masks,
        pool.second,
        masks,
        origins,
        pool.mistakes,
        pool.losses,
        pool.regularisation,
    )
