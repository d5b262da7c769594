"""What callers in Python pass, checked: paths, documents, and what is said of a network."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.networks.conventions import (
    BETWEEN,
    INPUT_VALUES,
    NONLINEARITIES,
    OUTPUT_READINGS,
    Conventions,
)
from bonsai_compiler.networks.foreign import read_initial


def conventions_of(
    inputs: Any, output: Any, activation: Any, between: Any, initial: str | Path | None
) -> Conventions:
    """Return what keywords say of a network; raises BonsaiError for what they cannot be."""
    for name, value, known in (
        ("input_values", inputs, (None, *INPUT_VALUES)),
        ("output", output, OUTPUT_READINGS),
        ("activation", activation, (None, *NONLINEARITIES)),
        ("between", between, (None, *BETWEEN)),
    ):
        if value not in known:
            wish = ", ".join(repr(choice) for choice in known)
            raise BonsaiError(f"{name} is {shown(value)}; known are {wish}")
    first = None if initial is None else read_initial(path_of(initial))
    return Conventions(inputs, output, activation, between, first)


def folder_of(out: str | Path | None) -> Path | None:
    """Return a folder, if one is given."""
    return None if out is None else path_of(out)


def path_of(out: str | Path) -> Path:
    """Return a path; raises BonsaiError for anything else."""
    try:
        return Path(out)
    except TypeError:
        raise BonsaiError(f"out is {shown(out)}; it must be a path") from None


def as_json(document: Mapping[str, Any]) -> str:
    """Return the text of a document; raises BonsaiError where JSON cannot hold it."""
    try:
        return json.dumps(cast(dict[str, Any], document))
    except (TypeError, ValueError, RecursionError) as error:
        raise BonsaiError(f"the network is no JSON document ({error})") from None
