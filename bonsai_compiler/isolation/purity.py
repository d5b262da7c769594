"""Does a task's code remember anything outside the states that it returns?

A `step` must depend on nothing but its arguments. That cannot be known of Python code in general;
what can be seen is looked for: instructions that write a global or an outer variable, and globals,
defaults, closures and attributes within reach whose contents are other afterwards than before.
What `functools.cache` remembers is no fault: it changes no answer. Needs nothing but the standard
library, as all that runs beside a task's own code.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dis import get_instructions
from enum import Enum
from types import (
    CodeType,
    CoroutineType,
    FunctionType,
    GeneratorType,
    MethodType,
    ModuleType,
)
from typing import Any, NamedTuple

from bonsai_compiler.isolation.identity import NoIdentityError, attributes, copied, holds_more

MOST_PARTS = 200_000
"""How many parts are looked at; what lies beyond is taken to stay as it is."""

ATOMS = frozenset((bool, int, float, complex, str, bytes, type(None), type(...), range, CodeType))


class Contents(NamedTuple):
    """All that functions can reach: `held[k]` is a part of the variable that `names[k]` says.

    `functions` are those among it that are the task's own. `kept` keeps addresses from being used
    again.
    """

    names: tuple[str, ...]
    held: tuple[object, ...]
    functions: tuple[FunctionType, ...]
    kept: tuple[object, ...]


def contents(roots: Mapping[str, Any], own: Callable[[str | None], bool]) -> Contents:
    """Return what can be reached now; `own` says of which modules, by name, to look inside.

    `roots` are where to begin: functions, and a state, which may have methods.
    """
    names: list[str] = []
    held: list[object] = []
    seen: dict[int, int] = {}
    kept: list[Any] = []
    left: list[tuple[str, Any]] = list(roots.items())
    while left and len(held) < MOST_PARTS:
        name, value = left.pop()
        names.append(name)
        if type(value) in ATOMS:
            held.append((type(value), value if value == value else "nan"))
        elif id(value) in seen:
            held.append(seen[id(value)])
        else:
            seen[id(value)] = len(seen)
            kept.append(value)
            parts = [(label or name, part) for label, part in _parts(value, own)]
            # The parts of a copy made just now tell; its address does not.
            named = not parts or isinstance(value, FunctionType | ModuleType | type)
            held.append((type(value), id(value) if named and not _is_empty(value) else None))
            left += parts
    found = tuple(
        value for value in kept if isinstance(value, FunctionType) and own(value.__module__)
    )
    return Contents(tuple(names), tuple(held), found, tuple(kept))


def changed(before: Contents, after: Contents) -> str | None:
    """Return the name of a variable that holds something else than before, if there is one."""
    for place, (old, new) in enumerate(zip(before.held, after.held, strict=False)):
        if old != new:
            return after.names[place]
    longer = max(before, after, key=lambda contents: len(contents.held))
    shared = min(len(before.held), len(after.held))
    return None if len(longer.held) == shared else longer.names[shared]


def written(found: Contents) -> str | None:
    """Return a global or outer variable that a function has an instruction to write, if any."""
    for function in found.functions:
        for code in (function.__code__, *_inner(function.__code__)):
            for instruction in get_instructions(code):
                name = str(instruction.argval)
                if instruction.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
                    return name
                # What an inner function writes of the one around it ends with the call.
                outer = name in function.__code__.co_freevars
                if outer and instruction.opname in ("STORE_DEREF", "DELETE_DEREF"):
                    return name
    return None


def _parts(value: Any, own: Callable[[str | None], bool]) -> Iterator[tuple[str, Any]]:
    """Yield the parts of a value, each with the name of the variable that it is, if it is one."""
    kind: Any = type(value)
    match value:
        case FunctionType():
            if own(value.__module__):
                yield from _outside(value)
            return
        case MethodType():
            yield "self", value.__self__
            yield "", value.__func__
            return
        case ModuleType():
            if own(value.__name__):
                yield from [item for item in vars(value).items() if not item[0].startswith("__")]
            return
        case type():
            if own(value.__module__):
                yield from _of_class(value)
            return
        case tuple():
            yield from (("", part) for part in tuple.__iter__(value))
        case list():
            yield from (("", part) for part in list.__iter__(value))
        case dict():
            for key in dict.__iter__(value):
                yield "", key
                yield "", dict.__getitem__(value, key)
        case set():
            # Their order depends on addresses, but not while nothing is added.
            yield from (("", part) for part in set.__iter__(value))
        case frozenset():
            yield from (("", part) for part in frozenset.__iter__(value))
        case GeneratorType():
            yield from _of_frame(value.gi_frame)
            return
        case CoroutineType():
            yield from _of_frame(value.cr_frame)
            return
        case property():
            yield from (("", part) for part in (value.fget, value.fset, value.fdel))
            return
        case classmethod() | staticmethod():
            yield "", value.__func__
            return
    if kind.__module__ == "logging" or kind in (tuple, list, dict, set, frozenset):
        # A logger keeps which levels it was asked for: it is told things, and says none.
        return
    yield from (("", part) for _, part in attributes(value))
    if holds_more(kind) and not isinstance(value, dict | list | set):
        with suppress(NoIdentityError):
            yield "", copied(value)
    yield "", kind


def _of_class(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what a class holds and what it is derived from, without what Python notes there."""
    for name, part in list(vars(value).items()):
        # Between underscores an Enum notes which members it has met, and copyreg the slots.
        noted = name.startswith("__") or (issubclass(value, Enum) and name.startswith("_"))
        if not noted or callable(part) or isinstance(part, classmethod):
            yield name, part
    yield from (("", base) for base in value.__bases__)


def _of_frame(frame: Any) -> Iterator[tuple[str, Any]]:
    """Yield where a generator stands; nothing if it has come to its end."""
    if frame is not None:
        yield "", frame.f_lasti
        yield "", dict(frame.f_locals)


def _outside(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield what a function can reach that was there before it is called."""
    if function.__globals__ is vars(functools):
        # `singledispatch` gives its own function the name of the task's, and keeps what it found.
        yield "", dict(function.__dict__.get("registry", {}))
        return
    yield f"the defaults of {function.__name__}", function.__defaults__
    yield f"the defaults of {function.__name__}", function.__kwdefaults__
    yield f"the attributes of {function.__name__}", function.__dict__
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield name, cell.cell_contents
        except ValueError:
            # A cell that is still empty.
            continue
    space = function.__globals__
    codes = function.__code__, *_inner(function.__code__)
    # Texts too, as in `globals()["count"]`.
    read = {
        name for code in codes for name in (*code.co_names, *code.co_consts) if type(name) is str
    }
    yield from ((name, space[name]) for name in sorted(read) if name in space)


def _is_empty(value: Any) -> bool:
    return isinstance(value, tuple | list | dict | set | frozenset) and len(value) == 0


def _inner(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inner(constant)
