"""Arrays as bytes, and back without trusting what the bytes say of themselves.

A header may claim any size: nothing is made that is larger than MOST_BYTES, or than what is there.
"""

import io
import math
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

MOST_BYTES = 2**28
"""What a file unpacks to at most, all its parts together."""

DAMAGE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    LookupError,
    EOFError,
    NotImplementedError,
    RecursionError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading damaged bytes may raise."""


def dump_arrays(arrays: Mapping[str, npt.ArrayLike]) -> bytes:
    """Return arrays as the bytes of a .npz file."""
    file = io.BytesIO()
    np.savez_compressed(file, **dict(arrays))  # type: ignore[arg-type]
    return file.getvalue()


def load_arrays(data: bytes) -> dict[str, npt.NDArray[Any]]:
    """Return what `dump_arrays` wrote; raises one of DAMAGE for other bytes."""
    parts = load_parts(data)
    return {name.removesuffix(".npy"): _array(part) for name, part in parts.items()}


def load_parts(data: bytes) -> dict[str, bytes]:
    """Return the parts of a .zip file by their names; raises one of DAMAGE for other bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        # Reading ends where the file said that a part ends, so that what it says is a bound.
        if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
            raise ValueError("too large")
        return {part.filename: archive.read(part) for part in archive.infolist()}


def _array(data: bytes) -> npt.NDArray[Any]:
    file = io.BytesIO(data)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("of another version")
    shape, by_columns, kind = np.lib.format.read_array_header_1_0(file)
    values = data[file.tell() :]
    if (
        kind.hasobject
        or min(shape, default=0) < 0
        or math.prod(shape) * kind.itemsize != len(values)
    ):
        raise ValueError("not as long as it says")
    # A copy can be written to, and no longer keeps all the bytes.
    flat: npt.NDArray[Any] = np.frombuffer(values, kind).copy()
    return flat.reshape(shape[::-1]).T if by_columns else flat.reshape(shape)
