"""The tensor engine, which the kernels are held against, against 64-bit finite differences."""

import numpy as np
import pytest
from engines import SHAPES, Floats, case

from bonsai_compiler.networks.network import Network
from bonsai_compiler.training.shape import to_network


def evaluate(network: Network, x: Floats) -> Floats:
    """Return the outputs (batch, ticks, outputs) of one network in double precision."""
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
        rows.append(current @ network.layers[0].weights.T + network.layers[0].bias)
    return np.stack(rows, 1)


@pytest.mark.parametrize("name", SHAPES)
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
