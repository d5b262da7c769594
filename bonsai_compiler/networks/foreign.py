"""Network files that are not text: which there are, what reads each, and which are refused."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError, shortened
from bonsai_compiler.networks.checked import checked
from bonsai_compiler.networks.conventions import Conventions, InitialStates
from bonsai_compiler.networks.layers import Stack
from bonsai_compiler.system.reading import read_bytes

PICKLES = (".bin", ".ckpt", ".pickle", ".pkl", ".pt", ".pth")
"""Files of PyTorch that run code when they are read."""

_MODULES = {
    ".h5": "keras_file",
    ".keras": "keras_file",
    ".onnx": "onnx_file",
    ".safetensors": "safetensors_file",
}
"""What reads the files of each ending; loaded when needed, since some need a package more."""

_PACKAGES = {"h5py": "keras", "onnx": "onnx"}
"""The packages that are no dependencies, and the extras that bring them."""


def is_foreign(path: str) -> bool:
    """Return whether a path's ending is that of a network of others, readable or refused."""
    return Path(path).suffix.lower() in (*_MODULES, *PICKLES)


def read_stack(path: str, conventions: Conventions) -> Stack:
    """Return the layers in a file of others.

    Raises BonsaiError, beginning with the path, for what is no such network; for a pickle, which is
    not read, with the line that converts it.
    """
    ending = Path(path).suffix.lower()
    if ending in PICKLES:
        stem = Path(path).with_suffix(".safetensors").name
        raise BonsaiError(
            f"{path}: a pickle may run any code when it is read, so it is not; if you trust it, "
            "convert it: python -c 'import torch, safetensors.torch as s; "
            f's.save_file(torch.load("{path}", weights_only=True), "{stem}")\''
        )
    try:
        module = import_module(f"bonsai_compiler.networks.{_MODULES[ending]}")
    except ModuleNotFoundError as error:
        extra = _PACKAGES.get(error.name or "")
        if extra is None:
            raise
        raise BonsaiError(
            f"{path}: reading it needs {error.name}: pip install 'bonsai-compiler[{extra}]'"
        ) from None
    read: Callable[[bytes, Conventions, str], Stack] = module.read
    return read(read_bytes(Path(path)), conventions, path)


def read_initial(path: Path) -> InitialStates:
    """Return the states of the first tick that a file holds: h0, and c0 of an LSTM.

    A `.npy` array is h0; a `.npz` or `.safetensors` file has them by name. Shapes are (layers,
    units), (layers, 1, units) or, of one layer, (units,). Raises BonsaiError for anything else.
    """
    arrays = _arrays(path)
    unknown = [name for name in arrays if name not in ("h0", "c0")]
    if unknown or "h0" not in arrays:
        raise BonsaiError(f"{path}: h0, and c0 of an LSTM, are wanted; it has {', '.join(arrays)}")
    states = {}
    for name, array in arrays.items():
        shape = tuple(array.shape)
        if len(shape) == 3 and shape[1] == 1:
            shape = shape[0], shape[2]
        if len(shape) not in (1, 2) or not array.size:
            raise BonsaiError(f"{path}: {name} has shape {shape}; (layers, units) is wanted")
        states[name] = np.atleast_2d(checked(array, f"{path}: {name}").reshape(shape))
    return InitialStates(str(path), states["h0"], states.get("c0"))


def _arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    import io
    from zipfile import BadZipFile, ZipFile

    data = read_bytes(path)
    ending = path.suffix.lower()
    try:
        if ending == ".npy":
            return {"h0": np.load(io.BytesIO(data), allow_pickle=False)}
        if ending == ".npz":
            with ZipFile(io.BytesIO(data)) as whole:
                if sum(item.file_size for item in whole.infolist()) > MOST_UNPACKED:
                    raise BonsaiError(f"{path}: is too large when it is unpacked")
            with np.load(io.BytesIO(data), allow_pickle=False) as found:
                return {name: found[name] for name in found.files}
        if ending == ".safetensors":
            from bonsai_compiler.networks.safetensors_file import tensors_of

            return tensors_of(data, str(path))[0]
    except (ValueError, EOFError, OSError, BadZipFile, KeyError, MemoryError) as error:
        raise BonsaiError(f"{path}: is no array of numbers ({shortened(str(error))})") from None
    raise BonsaiError(f"{path}: the first states are read from .npy, .npz or .safetensors")


MOST_UNPACKED = 64 * 2**20
"""Bytes of all arrays in a `.npz`: a small file can unpack to terabytes."""
