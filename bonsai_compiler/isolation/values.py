"""Which values a task may answer with, whether they are of Python or of NumPy.

Needs nothing but the standard library.
"""

from typing import Any


def remedy(value: Any, bounds: tuple[int, int] | None) -> str | None:
    """Return what an output should be instead, None if it is all right."""
    if bounds is None:
        return None if is_bit(value) else "return a bool, or None"
    if value is None:
        return None
    low, high = bounds
    if _is_bool(value) or not _is_integer(value):
        return f"return an int from {low} to {high}, or None"
    if not low <= int(value) <= high:
        return f"bring it into {low} to {high}, or widen the range in outputs"
    return None


def is_bit(value: Any) -> bool:
    """Return whether a value is a bool, 0, 1 or None, of Python or of NumPy."""
    if value is None or _is_bool(value):
        return True
    return _is_integer(value) and int(value) in (0, 1)


def _is_bool(value: Any) -> bool:
    kind = type(value)
    return kind is bool or (kind.__module__ == "numpy" and kind.__name__ in ("bool", "bool_"))


def _is_integer(value: Any) -> bool:
    kind = type(value)
    if kind.__module__ == "numpy":
        return any(base.__name__ == "integer" for base in kind.__mro__)
    return isinstance(value, int)
