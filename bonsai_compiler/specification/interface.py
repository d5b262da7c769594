"""Read what a task file calls its inputs and outputs: names of bools, or ranges of integers."""

import keyword
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.ir.ports import DEFAULT, ENCODINGS, MOST_VALUES, Encoding, Port
from bonsai_compiler.ir.signals import Signals, signals_of

Fail = Callable[[str], BonsaiError]
Named = list[tuple[str, range | None]]


def read_interface(given: Mapping[str, Any], fail: Fail) -> tuple[Signals, Signals]:
    """Return the inputs and outputs that a task file gives; raises what `fail` makes of a fault."""
    named = {which: _named(given, which, fail) for which in ("inputs", "outputs")}
    names = [name for fields in named.values() for name, _ in fields]
    if twice := {name for name in names if names.count(name) > 1}:
        raise fail(f"'{min(twice)}' is named twice; inputs and outputs need distinct names")
    integers = {name for fields in named.values() for name, values in fields if values}
    encodings = _encodings(given, names, integers, fail)
    interface = []
    for fields in named.values():
        ports = tuple(
            _port(name, values, encodings.get(name, DEFAULT), fail)
            for name, values in fields
            if values is not None
        )
        owned = {port.name: port.bits for port in ports}
        bits = tuple(bit for name, _ in fields for bit in owned.get(name, (name,)))
        interface.append(signals_of(bits, ports))
    owned_bits = [bit for part in interface for port in part.ports for bit in port.bits]
    if clashing := {bit for bit in owned_bits if owned_bits.count(bit) + names.count(bit) > 1}:
        raise fail(f"'{min(clashing)}' is a bit of an integer too; give one of them another name")
    return interface[0], interface[1]


def _named(given: Mapping[str, Any], which: str, fail: Fail) -> Named:
    """Return the names on one side, each with its values; None for a bool."""
    if which not in given:
        raise fail(f"there is no {which}; add '{which} = (\"x\",)'")
    names = given[which]
    if isinstance(names, str):
        raise fail(
            f"{which} is the string {shown(names)}; with a comma it is a tuple: ({shown(names)},)"
        )
    if not isinstance(names, tuple | list | Mapping):
        raise fail(f"{which} is {shown(names)}; it must be a tuple of names, or a dict of ranges")
    for name in names:
        if not isinstance(name, str) or not name.isidentifier():
            raise fail(f"{which} holds {shown(name)}, which is no Python identifier")
        if keyword.iskeyword(name):
            raise fail(f"{which} holds {shown(name)}, a keyword of Python; take another name")
        if unicodedata.normalize("NFKC", name) != name:
            raise fail(f"{which} holds {shown(name)}, which Python itself spells otherwise (NFKC)")
    if isinstance(names, Mapping):
        return [(name, _values(name, values, which, fail)) for name, values in names.items()]
    return [(name, None) for name in names]


def _values(name: str, values: object, which: str, fail: Fail) -> range | None:
    if values is bool:
        return None
    place = f"{which} gives '{name}'"
    if not isinstance(values, range):
        raise fail(f"{place} {shown(values)}; it must be a range, such as range(10), or bool")
    if values.step != 1:
        raise fail(f"{place} {values}; its step must be 1")
    # A huge range has no length that Python could tell.
    if values.stop - values.start < 2:
        many = "one value" if values else "no values"
        raise fail(f"{place} {values}, which has {many}; two are the fewest")
    if max(abs(values[0]), abs(values[-1])) >= 10**9:
        raise fail(f"{place} {values}; its values must have nine digits at most")
    return values


def _port(name: str, values: range, encoding: Encoding, fail: Fail) -> Port:
    most = MOST_VALUES[encoding]
    if len(values) > most:
        raise fail(f"'{name}' has {len(values):,} values; {most} are the most if {encoding}")
    return Port(name, values[0], values[-1], encoding)


def _encodings(
    given: Mapping[str, Any], names: list[str], integers: set[str], fail: Fail
) -> dict[str, Encoding]:
    encoding = given.get("encoding", {})
    if not isinstance(encoding, Mapping):
        raise fail(f"encoding is {shown(encoding)}; it must be a dict, such as {{'a': 'one-hot'}}")
    for name, value in encoding.items():
        if name not in integers:
            what = "a bool" if name in names else "neither an input nor an output"
            raise fail(f"encoding names {shown(name)}, which is {what}")
        if value not in ENCODINGS:
            raise fail(f"the encoding of '{name}' is {shown(value)}; known: {', '.join(ENCODINGS)}")
    return dict(encoding)
