"""The tensor engine, which the kernels are held against, against 64-bit finite differences."""

import numpy as np
import pytest
from engines import BATCH, CODED, SHAPES, Floats, case

from bonsai_compiler.networks.network import Network
from bonsai_compiler.training.shape import to_network


def evaluate(network: Network, x: Floats, *, settled: bool = False) -> Floats:
    """Return the outputs (batch, ticks, outputs) of one network in double precision.

    What is settled goes on from the nearest corner.
    """
    states = [np.repeat(cell.initial_state[None], len(x), 0) for cell in network.cells]
    rows = []
    for tick in range(x.shape[1]):
        current = x[:, tick]
        for index, cell in enumerate(network.cells):
            reads = np.concatenate([current, states[index]], 1)
            current = cell.output_activation(reads @ cell.output_kernel + cell.output_bias)
            states[index] = cell.recurrent_activation(
                reads @ cell.recurrent_kernel + cell.recurrent_bias
            )
            if settled:
                states[index] = np.where(states[index] < 0.0, -1.0, 1.0)
        rows.append(current @ network.layers[0].weights.T + network.layers[0].bias)
    return np.stack(rows, 1)


@pytest.mark.parametrize("name", CODED)
def test_one_tick_from_codes_agrees_with_finite_differences(name: str) -> None:
    """Over one tick no slope is damped on its way back, so the slopes are the true ones."""
    given = case(name, 1)
    assert given.places is not None
    begins, ends = given.places[: 2 * BATCH].reshape(2, BATCH)
    shape, x, y = given.shape, given.x[:, 0].astype(np.float64), given.y[:, 0].astype(np.float64)
    codes_weight = shape.outputs / sum(states for _, states in shape.cells)

    def loss(parameters: Floats) -> float:
        network = to_network(shape, parameters)
        total, current, every = 0.0, x, []
        for cell, layout in zip(network.cells, shape.layout, strict=True):
            field = layout.initial_state
            codes = parameters[field.offset : field.end].reshape(shape.starts, layout.states)
            every.append(codes)
            reads = np.concatenate([current, codes[begins]], 1)
            following = cell.recurrent_activation(
                reads @ cell.recurrent_kernel + cell.recurrent_bias
            )
            missed = (following - codes[ends])[ends >= 0]
            total += codes_weight * float((missed**2).sum())
            current = cell.output_activation(reads @ cell.output_kernel + cell.output_bias)
        outputs = current @ network.layers[0].weights.T + network.layers[0].bias
        total += float((((outputs - y) * y**2) ** 2).sum())
        rows = np.concatenate(every, 1)
        near = 1.0 - ((rows[:, None] - rows[None]) ** 2).sum(2) / 4.0
        pairs = np.maximum(near, 0.0)[np.triu_indices(shape.starts, 1)]
        push = 0.0 if shape.settled else 2.0 / shape.starts
        return total / float((y**2).sum()) + push * float((pairs**2).sum())

    for replica, start in enumerate(given.population.astype(np.float64)):
        slopes = np.array(
            [(loss(start + move) - loss(start - move)) / 2e-6 for move in 1e-6 * np.eye(len(start))]
        )
        for cell in shape.layout if shape.settled else ():  # settled codes do not learn
            slopes[cell.initial_state.offset : cell.initial_state.end] = 0.0
        losses, gradients, _ = given.expected
        assert np.allclose(losses[replica], loss(start), rtol=1e-4)
        scale = max(1.0, float(np.abs(slopes).max()))
        assert np.allclose(gradients[replica], (replica + 1) * slopes, rtol=1e-3, atol=1e-3 * scale)


@pytest.mark.parametrize("name", CODED)
def test_states_go_on_from_corners_where_they_are_settled(name: str) -> None:
    given = case(name)
    for start, outputs in zip(given.population, given.expected[2], strict=True):
        network, x = to_network(given.shape, start), given.x.astype(np.float64)
        assert np.allclose(outputs, evaluate(network, x, settled=given.shape.settled), atol=1e-4)


@pytest.mark.parametrize("name", [name for name in SHAPES if name not in CODED])
def test_tensors_agree_with_finite_differences(name: str) -> None:
    given = case(name)
    counts = given.y.astype(np.float64) ** 2
    for replica, start in enumerate(given.population.astype(np.float64)):

        def loss(parameters: Floats) -> float:
            outputs = evaluate(to_network(given.shape, parameters), given.x.astype(np.float64))
            return float((((outputs - given.y) ** 2) * counts).sum() / counts.sum())

        outputs = evaluate(to_network(given.shape, start), given.x.astype(np.float64))
        slopes = np.array(
            [(loss(start + move) - loss(start - move)) / 2e-6 for move in 1e-6 * np.eye(len(start))]
        )
        losses, gradients, expected = given.expected
        assert np.allclose(losses[replica], loss(start), rtol=1e-4)
        assert np.allclose(expected[replica], outputs, rtol=1e-4, atol=1e-4)
        scale = max(1.0, float(np.abs(slopes).max()))
        assert np.allclose(gradients[replica], (replica + 1) * slopes, rtol=1e-3, atol=1e-3 * scale)
