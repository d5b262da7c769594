"""What a task's examples return, as bits."""

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Signals


def drawn_bits(
    name: str,
    values: npt.NDArray[np.float64],
    fields: Signals,
    size: tuple[int, int],
    *,
    free: bool = False,
) -> npt.NDArray[np.float32]:
    """Return the bits, (batch, ticks, bits) of -1 and 1, of values (batch, ticks, fields).

    Bools are -1 and 1 already, integers as they are. If they may be `free`, 0 for a bool and NaN
    for an integer is "don't care", and its bits are 0. Raises ValueError, which calls the array
    `name`, for another shape or any other value; `size` is (batch, ticks).
    """
    shape = (*size, len(fields.fields))
    if values.shape != shape:
        raise ValueError(f"{name} of shape {values.shape}, not {shape}")
    parts = [np.zeros((*size, 0))]
    for field, column in zip(fields.fields, np.moveaxis(values, -1, 0), strict=True):
        if isinstance(field, Port):
            asked = ~(np.isnan(column) & free)
            fault = f"values other than {field.low} to {field.high} for '{field.name}'"
            right = np.isin(column, field.values) | ~asked
            steps = np.where(right & asked, column - field.low, 0).astype(np.int64)
            parts.append(np.where(asked[..., None], field.words[steps] * 2.0 - 1.0, 0.0))
        else:
            fault = "values other than -1 and 1"
            right = np.isin(column, (-1, 0, 1) if free else (-1, 1))
            parts.append(column[..., None])
        if not right.all():
            raise ValueError(f"{name} with {fault}")
    return np.concatenate(parts, axis=-1).astype(np.float32)
