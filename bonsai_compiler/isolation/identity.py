"""When are two states one state? Python's `==` does not say: `1 == True`, and `0.0 == -0.0`.

A state's identity is made of the types and contents of all its parts, down to the signs of its
zeros, and never of an `__eq__` or `__hash__` that a task wrote. What has no contents to go by (an
iterator, an object told apart by its address) is refused: changed in place, it would be one state
for ever. Needs nothing but the standard library, as all that runs beside a task's own code.
"""

import copyreg
import sys
from collections.abc import Callable, Hashable, Iterator
from enum import Enum
from functools import cache, cached_property
from struct import calcsize
from types import BuiltinFunctionType, FunctionType, MemberDescriptorType, ModuleType
from typing import Any

ATOMS = frozenset((bool, int, str, bytes, type(None), type(...)))
"""Types of values that are one where type and value are."""

DEEPEST = 200
"""How deep parts may stand in parts."""

MOST_PARTS = 100_000
"""How many parts a value may have, those counted again that stand in several places."""

MOST_BITS = 1 << 20
"""How long a number or a text may be."""

PYTHON_CLASS = 1 << 9
"""The flag of a type that a class statement made, as most that have it were."""

WORD = calcsize("P")
"""The bytes of a reference."""

PLAIN: dict[type, Callable[[Any], Any]] = {
    int: int.__int__,
    float: float.__float__,
    str: lambda value: str.__getitem__(value, slice(None)),
    bytes: lambda value: bytes.__getitem__(value, slice(None)),
    tuple: lambda value: tuple(tuple.__iter__(value)),
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
    object: lambda value: None,
}
"""What a value of a class derived from a built-in type is as one of that type itself."""


class NoIdentityError(ValueError):
    """A value that cannot be told from others by its contents; the message says why."""


class TooLargeError(NoIdentityError):
    """A value that is too large to be looked at."""


def identity(value: object) -> Hashable:
    """Return what is equal for two values only where no code could tell them apart.

    Of parts that are told apart by their address, such as functions, the address is taken: `value`
    must be kept for as long as its identity is. Raises NoIdentityError for a NaN, which equals
    nothing, and for what has no contents.
    """
    return _identity(value, 0, [MOST_PARTS])


def unfit(value: object) -> str:
    """Return why a value can be no state, as the end of a sentence on it; empty where it can."""
    try:
        identity(value)
    except TooLargeError as error:
        # Its hash may never come.
        return str(error)
    except NoIdentityError as error:
        fault = str(error)
    else:
        fault = ""
    try:
        hash(value)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return "is unhashable; use tuples"
    return fault


def fresh(value: Any) -> Any:
    """Return a value of the same identity, but at another address where Python allows that.

    What code makes of it other than of `value` depends on addresses: on `is`, or on `id`.
    """
    kind: Any = type(value)
    if kind is tuple or kind is frozenset:
        return kind([fresh(part) for part in value])
    if kind is int or kind is float:
        opposite = -value
        return -opposite
    if kind is bytes:
        return bytes(bytearray(value))
    if kind is str:
        # Of texts that stand in code and look like names, Python itself keeps but one.
        return sys.intern(value[:1] + value[1:])
    base: Any = built_in(kind)
    if base not in PLAIN or isinstance(value, Enum) or holds_more(kind):
        return value
    content = [] if base is object else [fresh(PLAIN[base](value))]
    try:
        copy = base.__new__(kind, *content)
        for name, part in attributes(value):
            object.__setattr__(copy, name, part)
        return copy if identity(copy) == identity(value) else value
    except (TypeError, ValueError, AttributeError):
        return value


def _identity(value: Any, depth: int, left: list[int]) -> Hashable:
    kind: Any = type(value)
    metaclass: Any = type(kind)
    if metaclass is not type and _compares(metaclass):
        raise NoIdentityError("is of a class that compares as it likes; use tuples of values")
    left[0] -= 1
    if left[0] < 0:
        raise TooLargeError(f"is made of more than {MOST_PARTS:,} parts; bound what it holds")
    if kind in ATOMS:
        if kind is int and value.bit_length() > MOST_BITS:
            raise TooLargeError(f"is an int of more than {MOST_BITS:,} bits; bound what it holds")
        if (kind is str or kind is bytes) and len(value) > MOST_BITS:
            raise TooLargeError(f"is longer than {MOST_BITS:,}; bound what it holds")
        return kind, value
    if kind is float:
        if value != value:
            raise NoIdentityError("equals no other; is it a NaN?")
        return kind, value.hex()
    if depth > DEEPEST:
        raise NoIdentityError("has parts within parts without end; use tuples of values")
    if kind is tuple or kind is list:
        return (kind, *[_identity(part, depth + 1, left) for part in value])
    if kind is frozenset or kind is set:
        return kind, frozenset(_identity(part, depth + 1, left) for part in value)
    if kind is dict:
        # In order, which is a part of what a dict says.
        return (dict, *[_identity(pair, depth + 1, left) for pair in value.items()])
    if isinstance(value, Enum):
        # Each is one object, which lasts; names are no help, as several of a Flag may have none.
        return kind, id(value)
    if isinstance(value, type):
        return type, id(value)
    if isinstance(value, FunctionType | BuiltinFunctionType):
        return _of_function(value)
    if kind.__hash__ is object.__hash__:
        raise NoIdentityError(
            "is told apart by its address alone; use tuples of values, or a frozen dataclass"
        )
    own = copied(value) if holds_more(kind) else PLAIN[built_in(kind)](value)
    parts = [("", own), *attributes(value)]
    return (kind, *[(name, _identity(part, depth + 1, left)) for name, part in parts])


@cache
def _compares(metaclass: Any) -> bool:
    return metaclass.__eq__ is not type.__eq__ or metaclass.__hash__ is not type.__hash__


def _of_function(value: Any) -> Hashable:
    if isinstance(value, FunctionType):
        remembers = bool(value.__closure__ or value.__dict__ or value.__defaults__)
    else:
        remembers = not isinstance(value.__self__, ModuleType | None)
    if remembers:
        raise NoIdentityError("is a function that may remember something; use tuples of values")
    return type(value), id(value)


def attributes(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what an object of a Python class holds by name, whatever the class makes of that.

    What it computes once and keeps, as `cached_property` does, says nothing more.
    """
    kind: Any = type(value)
    for name, member in _slots(kind):
        try:
            yield name, member.__get__(value)
        except AttributeError:
            continue
    try:
        own = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return
    # Sorted, since the order in which attributes were given does not count.
    kept = _computed(kind)
    yield from sorted(
        (item for item in own.items() if item[0] not in kept), key=lambda item: str(item[0])
    )


@cache
def _computed(kind: Any) -> frozenset[str]:
    """Return the names of attributes that are computed once, from others, and kept."""
    names = {
        name
        for owner in kind.__mro__
        for name, member in vars(owner).items()
        if isinstance(member, cached_property)
    }
    return frozenset(names | {"_inverted_"} if issubclass(kind, Enum) else names)


@cache
def _slots(kind: Any) -> tuple[tuple[str, MemberDescriptorType], ...]:
    return tuple(
        (name, member)
        for owner in kind.__mro__
        for name, member in vars(owner).items()
        if isinstance(member, MemberDescriptorType)
    )


def built_in(kind: Any) -> Any:
    """Return the first class among a type and its bases that no class statement made."""
    return next(base for base in kind.__mro__ if not base.__flags__ & PYTHON_CLASS)


@cache
def holds_more(kind: Any) -> bool:
    """Return whether objects of a type may hold more than `attributes` yields of them.

    So it is where the built-in base has contents of its own that PLAIN does not know, or where
    objects are larger than the base's, a dict and named slots make them.
    """
    base = built_in(kind)
    known = len(_slots(kind))
    known += kind.__dictoffset__ != base.__dictoffset__
    known += kind.__weakrefoffset__ != base.__weakrefoffset__
    return base not in PLAIN or kind.__basicsize__ > base.__basicsize__ + WORD * known


def copied(value: Any) -> Any:
    """Return what a value of a built-in type is copied from."""
    try:
        reducer = copyreg.dispatch_table.get(type(value))
        made = reducer(value) if reducer else built_in(type(value)).__reduce_ex__(value, 4)
    except Exception:
        made = None
    if not isinstance(made, tuple):
        raise NoIdentityError("has no contents to tell it by; use tuples of values")
    return [*made[:3], *(list(part) for part in made[3:5] if part is not None)]
