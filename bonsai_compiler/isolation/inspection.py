"""What can be told of a task's functions, of what they answer, and of the errors that they raise.

Nothing is called for it. Needs nothing but the standard library.
"""

from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

from bonsai_compiler.errors import shortened

CO_VARARGS, CO_GENERATOR = 0x04, 0x20
"""Flags of code that takes any number of arguments, and that yields; see the module inspect."""


Bounds = tuple[int, int] | tuple[str, ...]
"""The least and the greatest value of an integer, or the words of which a value is one."""


def takes(function: Callable[..., Any], count: int) -> bool:
    """Return whether a function can be called with `count` arguments by place."""
    if isinstance(function, FunctionType):
        code, optional = function.__code__, len(function.__defaults__ or ())
        most = count if code.co_flags & CO_VARARGS else code.co_argcount
        named = code.co_kwonlyargcount - len(function.__kwdefaults__ or ())
        return code.co_argcount - optional <= count <= most and named == 0
    # Loaded only here: it takes longer to load than a small task does to run.
    from inspect import signature

    try:
        signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        # A built-in function that does not say.
        return True
    return True


def is_loop(value: object) -> bool:
    """Return whether a value is a generator of one argument that mentions `start` and `step`."""
    if not isinstance(value, FunctionType) or not value.__code__.co_flags & CO_GENERATOR:
        return False
    return {"start", "step"} <= {*value.__code__.co_names} and takes(value, 1)


def code_of(function: Callable[..., Any]) -> CodeType | None:
    """Return the code of a function or method written in Python; None for any other callable."""
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return code if isinstance(code, CodeType) else None


def remedy(value: Any, bounds: Bounds | None) -> str | None:
    """Return what an output should be instead, None if it is all right."""
    if bounds is None:
        return None if is_bit(value) else "return a bool, or None"
    if value is None:
        return None
    low, high = bounds[0], bounds[-1]
    if isinstance(low, str) or isinstance(high, str):
        known = shortened(", ".join(map(repr, bounds)))
        return None if type(value) is str and value in bounds else f"return one of {known}, or None"
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


def pass_on(error: BaseException) -> None:
    """Raise what stops a program from outside, which is no answer of the task's."""
    if isinstance(error, KeyboardInterrupt):
        raise error


def described(error: BaseException) -> str:
    """Return an error as part of one line."""
    try:
        text = shortened(str(error))
    except Exception:
        text = ""
    kind = shortened(type(error).__name__)
    return f"{kind}: {text}" if text else kind


def line_of(error: BaseException, place: str, code_file: str = "") -> str:
    """Return the file, and the line in it on which an error arose, as `place:line`.

    `code_file` is what Python calls the file, if not `place`.
    """
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == (code_file or place):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"{place}:{line}" if line else place
