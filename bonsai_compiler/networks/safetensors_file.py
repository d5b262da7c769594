"""Read the state dict of PyTorch that a safetensors file holds."""

import json
from collections.abc import Mapping
from typing import Any

import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load

from bonsai_compiler.errors import BonsaiError, shortened
from bonsai_compiler.networks.conventions import Conventions
from bonsai_compiler.networks.layers import Stack
from bonsai_compiler.networks.torch_state import stack_of_state


def read(data: bytes, conventions: Conventions, place: str) -> Stack:
    """Return the layers in a file's bytes; raises BonsaiError as `stack_of_state` does."""
    arrays, metadata = tensors_of(data, place)
    return stack_of_state(arrays, metadata, conventions, place)


def tensors_of(data: bytes, place: str) -> tuple[dict[str, npt.NDArray[Any]], Mapping[str, str]]:
    """Return the tensors in a file's bytes, which hold all their numbers, and its metadata."""
    try:
        arrays = load(data)
    except SafetensorError as error:
        raise BonsaiError(
            f"{place}: is no safetensors file ({shortened(str(error))}); was it cut short?"
        ) from None
    except KeyError as error:
        raise BonsaiError(
            f"{place}: holds numbers of the type {error.args[0]}; save them with .float()"
        ) from None
    except ValueError as error:
        raise BonsaiError(
            f"{place}: a tensor has a shape that no array has ({shortened(str(error))})"
        ) from None
    # The header is whole JSON: the package has read it.
    length = int.from_bytes(data[:8], "little")
    return arrays, json.loads(data[8 : 8 + length]).get("__metadata__") or {}
