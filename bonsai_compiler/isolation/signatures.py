"""What can be told of a function without calling it: its code, and how it may be called.

Needs nothing but the standard library.
"""

from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

CO_VARARGS, CO_GENERATOR = 0x04, 0x20
"""Flags of code that takes any number of arguments, and that yields; see the module inspect."""


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
