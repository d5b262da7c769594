"""The shape of a network and where each of its weights lies in one flat vector of parameters.

A population is an array (replicas, parameters); both engines, the regulariser and the optimiser
work on it whole. Source: "Growing Bonsai Networks with RNNs", section "Custom RNN Architecture".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.networks.network import Cell, Dense, Network

Population = npt.NDArray[np.float32]
Mask = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Field:
    """One kernel, bias or initial state: `rows * columns` parameters from `offset`, row by row."""

    name: str
    offset: int
    rows: int
    columns: int

    @property
    def end(self) -> int:
        return self.offset + self.rows * self.columns

    @property
    def regular(self) -> bool:
        """Whether the sparsity regulariser reaches it: kernels and dense weights, no biases."""
        return self.name.endswith("kernel") or self.name == "dense_weights"


@dataclass(frozen=True, slots=True)
class CellLayout:
    """One cell: its widths, and the place of its parameters (kernels: input + state, then out)."""

    inputs: int
    outputs: int
    states: int
    output_kernel: Field
    output_bias: Field
    recurrent_kernel: Field
    recurrent_bias: Field
    initial_state: Field


@dataclass(frozen=True)
class Shape:
    """Widths of a network: its inputs, (outputs, states) of each cell, its outputs."""

    inputs: int
    cells: tuple[tuple[int, int], ...]
    outputs: int
    activation: Activation

    @cached_property
    def layout(self) -> tuple[CellLayout, ...]:
        """Where the parameters of each cell lie."""
        layouts, offset, inputs = [], 0, self.inputs
        for outputs, states in self.cells:
            fields = []
            for name, rows, columns in (
                ("output_kernel", inputs + states, outputs),
                ("output_bias", 1, outputs),
                ("recurrent_kernel", inputs + states, states),
                ("recurrent_bias", 1, states),
                ("initial_state", 1, states),
            ):
                fields.append(Field(name, offset, rows, columns))
                offset = fields[-1].end
            layouts.append(CellLayout(inputs, outputs, states, *fields))
            inputs = outputs
        return tuple(layouts)

    @cached_property
    def dense_weights(self) -> Field:
        """Where the weights of the dense layer lie, one row an output."""
        return Field(
            "dense_weights", self.layout[-1].initial_state.end, self.outputs, self.cells[-1][0]
        )

    @cached_property
    def dense_bias(self) -> Field:
        return Field("dense_bias", self.dense_weights.end, 1, self.outputs)

    @property
    def parameters(self) -> int:
        """How many parameters one replica has."""
        return self.dense_bias.end

    @property
    def neurons(self) -> int:
        """How many activations one tick of one replica needs."""
        return sum(outputs + states for outputs, states in self.cells)

    def fields(self) -> Iterator[Field]:
        for cell in self.layout:
            yield from (cell.output_kernel, cell.output_bias, cell.recurrent_kernel)
            yield from (cell.recurrent_bias, cell.initial_state)
        yield from (self.dense_weights, self.dense_bias)


def initial_population(shape: Shape, replicas: int, rng: np.random.Generator) -> Population:
    """Return (replicas, parameters) Glorot-normal values, for biases and initial states too."""
    population = np.zeros((replicas, shape.parameters), np.float32)
    for field in shape.fields():
        deviation = np.sqrt(2.0 / max(1, field.rows + field.columns))
        values = rng.normal(0.0, deviation, (replicas, field.end - field.offset))
        population[:, field.offset : field.end] = values
    return population


def regular_share(shape: Shape) -> Mask:
    """Return (parameters,): what each one adds to the mean of its kernel; 0 for biases."""
    share = np.zeros(shape.parameters, np.float32)
    for field in shape.fields():
        if field.regular:
            share[field.offset : field.end] = 1.0 / max(1, field.end - field.offset)
    return share


def to_network(shape: Shape, parameters: npt.NDArray[np.floating]) -> Network:
    """Return the network that one replica's (parameters,) are."""
    values = np.asarray(parameters, np.float64)

    def take(field: Field) -> npt.NDArray[np.float64]:
        return values[field.offset : field.end].reshape(field.rows, field.columns)

    cells = tuple(
        Cell(
            output_kernel=take(cell.output_kernel),
            output_bias=take(cell.output_bias)[0],
            recurrent_kernel=take(cell.recurrent_kernel),
            recurrent_bias=take(cell.recurrent_bias)[0],
            initial_state=take(cell.initial_state)[0],
            output_activation=shape.activation,
            recurrent_activation=shape.activation,
        )
        for cell in shape.layout
    )
    dense = Dense(take(shape.dense_weights), take(shape.dense_bias)[0])
    return Network(shape.inputs, shape.outputs, cells, (dense,))
