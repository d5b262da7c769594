"""Checked access to the fields of a JSON file; every complaint names the file and the field."""

import json
import math
from typing import Any

import numpy as np

from bonsai_compiler.errors import BonsaiError, shortened, shown
from bonsai_compiler.ir.activation import PLAIN, Activation
from bonsai_compiler.networks.network import Floats

MOST = 65_536
"""How wide a layer may be: beyond, a file is broken rather than large."""

LARGEST = 1e15
"""Larger numbers have no neighbours a half away, and their sums may leave the range of doubles."""


def parse_json(text: str, place: str) -> Any:
    """Return what JSON text says; raises BonsaiError, beginning with `place`, for other text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        cut = isinstance(error, json.JSONDecodeError) and error.pos >= len(text.rstrip()) - 1
        hint = "was it cut short?" if cut else "a network is wanted here"
        raise BonsaiError(f"{place}: not a JSON file ({shortened(str(error))}); {hint}") from None


class Fields:
    """The fields of one file; a method raises BonsaiError for what is missing or unfit."""

    def __init__(self, place: str) -> None:
        self.place = place

    def fail(self, field: str, fault: str) -> BonsaiError:
        """Return the complaint about a field, to be raised."""
        return BonsaiError(f"{self.place}: {field} {fault}")

    def items(self, document: Any, name: str, where: str = "") -> list[Any]:
        """Return a list; a missing one is empty."""
        field = f"{where}.{name}" if where else name
        if not isinstance(document, dict):
            raise self.fail(where or "the file", f"is {shown(document)}; it must have fields")
        value = document.get(name, [])
        if not isinstance(value, list):
            raise self.fail(field, "is not a list")
        if len(value) > MOST:
            raise self.fail(field, f"has {len(value)} items; the most are {MOST}")
        return value

    def count(self, item: Any, name: str, where: str, least: int = 0) -> int:
        """Return a whole number."""
        value = item.get(name) if isinstance(item, dict) else None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MOST:
            wish = f"it must be a whole number from {least} to {MOST}"
            raise self.fail(f"{where}.{name}", f"is {shown(value)}; {wish}")
        return value

    def number(self, item: Any, name: str, where: str) -> float:
        """Return a finite number."""
        value = item.get(name) if isinstance(item, dict) else None
        try:
            finite = not isinstance(value, bool) and math.isfinite(value)  # type: ignore[arg-type]
        except (TypeError, OverflowError):
            finite = False
        if not finite:
            raise self.fail(f"{where}.{name}", f"is {shown(value)}; it must be a finite number")
        number = float(value)  # type: ignore[arg-type]
        if abs(number) > LARGEST:
            raise self.fail(f"{where}.{name}", _too_large(number))
        return number

    def array(self, item: Any, name: str, where: str, shape: tuple[int, ...]) -> Floats:
        """Return nested lists of finite numbers as an array of the given shape."""
        field = f"{where}.{name}"
        if not isinstance(item, dict) or name not in item:
            raise self.fail(field, "is missing")
        try:
            if not _is_numeric(item[name]):
                raise ValueError
            value = np.array(item[name], dtype=np.float64)
        except (TypeError, ValueError, OverflowError, RecursionError):
            raise self.fail(field, "is no array of numbers") from None
        if value.size == 0 and math.prod(shape) == 0:
            value = value.reshape(shape)
        if value.shape != shape:
            raise self.fail(field, f"has shape {value.shape}, but {shape} fits here")
        if not np.isfinite(value).all():
            raise self.fail(field, "holds a number that is not finite")
        if (large := np.abs(value) > LARGEST).any():
            place = "".join(f"[{index}]" for index in np.argwhere(large)[0])
            raise self.fail(f"{field}{place}", _too_large(value[large][0]))
        return value

    def activation(self, item: Any, name: str, where: str) -> Activation:
        """Return an activation in either format's spelling."""
        field = f"{where}.{name}"
        value = item.get(name) if isinstance(item, dict) else None
        if isinstance(value, str) and value in PLAIN:
            return Activation(value)
        kind = value.get("id", value.get("type")) if isinstance(value, dict) else None
        spelt = kind.replace("_", "").lower() if isinstance(kind, str) else ""
        if spelt not in ("interpolatedameo", "leakyameo"):
            known = f"{', '.join(PLAIN)}, interpolatedAmeo and leakyAmeo with factor and leakyness"
            raise self.fail(field, f"is {shown(value)}; known are {known}")
        factor = 1.0 if spelt == "leakyameo" else self.number(value, "factor", field)
        leak = self.number(value, "leakyness", field)
        if not 0.0 <= factor <= 1.0:
            raise self.fail(f"{field}.factor", f"is {factor:g}; it must be from 0 to 1")
        if leak < 0.0:
            raise self.fail(f"{field}.leakyness", f"is {leak:g}; it must not be negative")
        return Activation("ameo", factor, leak)


def _too_large(value: float) -> str:
    return f"is {value:g}; the largest number is {LARGEST:g}: did the training diverge?"


def _is_numeric(value: object) -> bool:
    """Return whether nested lists hold numbers only; numpy would take "1" for one, too."""
    if isinstance(value, list):
        return all(map(_is_numeric, value))
    return isinstance(value, int | float) and not isinstance(value, bool)
