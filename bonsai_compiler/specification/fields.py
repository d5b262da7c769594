"""What a task says, whatever it is written as: each name checked, each fault told in one line."""

import inspect
import keyword
import unicodedata
import warnings
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from bonsai_compiler.errors import BonsaiError, BonsaiWarning, shown
from bonsai_compiler.ir.names import RESERVED, function_name
from bonsai_compiler.ir.ports import (
    ENCODINGS,
    MOST_VALUES,
    Encoding,
    Port,
    unfit_labels,
    usual_encoding,
)
from bonsai_compiler.ir.signals import Signals, signals_of
from bonsai_compiler.isolation.box import RESET, UNFIT
from bonsai_compiler.isolation.code import NO_FUNCTION
from bonsai_compiler.specification.machine import too_many
from bonsai_compiler.specification.task import Functions, Task

Fail = Callable[[str], BonsaiError]
Values = range | tuple[str, ...]
Named = list[tuple[str, Values | None]]


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
            _port(name, values, encodings.get(name), fail)
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
        raise fail(f"{which} is {shown(names)}; it must be a tuple of names, or a dict of values")
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


def _values(name: str, values: object, which: str, fail: Fail) -> Values | None:
    if values is bool:
        return None
    place = f"{which} gives '{name}'"
    if isinstance(values, tuple | list):
        fault = unfit_labels(values)
        if fault:
            raise fail(f"{place} a tuple that {fault}; it must be a range, distinct words, or bool")
        if len(values) < 2:
            many = "one word" if values else "no words"
            raise fail(f"{place} {many}; two are the fewest")
        return tuple(values)
    if not isinstance(values, range):
        raise fail(
            f"{place} {shown(values)}; it must be a range, such as range(10), words such as "
            "('up', 'down'), or bool"
        )
    if values.step != 1:
        raise fail(f"{place} {values}; its step must be 1")
    # A huge range has no length that Python could tell.
    if values.stop - values.start < 2:
        many = "one value" if values else "no values"
        raise fail(f"{place} {values}, which has {many}; two are the fewest")
    if max(abs(values[0]), abs(values[-1])) >= 10**9:
        raise fail(f"{place} {values}; its values must have nine digits at most")
    return values


def _port(name: str, values: Values, encoding: Encoding | None, fail: Fail) -> Port:
    labels = values if isinstance(values, tuple) else ()
    encoding = encoding or usual_encoding(labels)
    most = MOST_VALUES[encoding]
    if len(values) > most:
        raise fail(f"'{name}' has {len(values):,} values; {most} are the most if {encoding}")
    if isinstance(values, tuple):
        return Port(name, 0, len(values) - 1, encoding, values)
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


ALIKE = 0.8
"""How alike two names are, from 0 to 1, for one to be the other misspelt."""


def task_of(
    given: Mapping[str, Any],
    functions: Functions,
    path: Path,
    name: str,
    doc: str,
    source: str = "",
) -> Task:
    """Return the task of the names `given`, such as `inputs` and `step`; README.md lists them.

    `functions` are those among them, asked from outside. Raises BonsaiError, one line that names
    the path, the fault and the mend, for what is no task; warns of names that look misspelt.
    """

    def fail(fault: str) -> BonsaiError:
        return BonsaiError(f"{path}: {fault}")

    inputs, outputs = read_interface(given, fail)
    if not outputs.bits:
        raise fail("outputs is empty; name at least one")
    fault = too_many(inputs)
    if fault:
        raise fail(fault)
    boxed = is_box_named(given)
    if boxed:
        _expect_box(given, functions, inputs, fail)
    has_step = not boxed and _has_function(given, functions, "step", ("state", *inputs.names), fail)
    _has_function(given, functions, "legal", ("state", *inputs.names), fail)
    examples = _has_function(given, functions, "examples", ("rng", "batch", "ticks"), fail)
    if not has_step and not examples and not boxed:
        raise fail("there is no step; add 'def step(state, ...)' (or 'def examples(...)')")
    if has_step and "start" not in given:
        raise fail("there is no start; add 'start = ...', the state before the first tick")
    _warn_of_misspelt(given, name, path)
    letters = [inputs.values(tuple(row)) for row in inputs.alphabet.tolist()]
    bounds = [
        (field.name, field.labels or (field.low, field.high))
        if isinstance(field, Port)
        else (field, None)
        for field in outputs.fields
    ]
    unfit = functions.begin(letters, bounds)
    if unfit.startswith("is unhashable"):
        raise fail(f"start is unhashable ({shown(given['start'])}); use tuples")
    if unfit:
        raise fail(f"start is {shown(given['start'])}, which {unfit}")
    called = function_name(name)
    generator = called if called in given else next(iter(functions.loops), "")
    return Task(
        path=path,
        name=name,
        doc=inspect.cleandoc(doc),
        inputs=inputs.bits,
        outputs=outputs.bits,
        functions=functions,
        has_step=has_step,
        horizon=_horizon(given, fail),
        chance=_chance(given, inputs, fail),
        growth=_growth(given, fail),
        generator=generator,
        source=source,
        ports=inputs.ports + outputs.ports,
        is_box=boxed,
    )


def is_box_named(given: Mapping[str, Any]) -> bool:
    """Return whether a black box says these names: it has a `reset`, and no state to begin with."""
    return "start" not in given and None not in (given.get(RESET), given.get("step"))


def _expect_box(
    given: Mapping[str, Any], functions: Functions, inputs: Signals, fail: Fail
) -> None:
    for name in UNFIT:
        if name in given:
            raise fail(f"{name} is for a task; a black box takes any input at any time")
    if functions.fits(RESET, 0):
        raise fail("reset must be a function without arguments")
    count = len(inputs.names)
    if functions.fits("step", count) and functions.fits("step", 1):
        wanted = ", ".join(inputs.names)
        raise fail(f"step of a black box must take its inputs, as ({wanted}) or as one tuple")


def _has_function(
    given: Mapping[str, Any],
    functions: Functions,
    name: str,
    parameters: tuple[str, ...],
    fail: Fail,
) -> bool:
    """Return whether there is a function of that name; raises what `fail` makes of another one."""
    if given.get(name) is None:
        return False
    wanted = f"{name}({', '.join(parameters)})"
    fault = functions.fits(name, len(parameters))
    if fault == NO_FUNCTION:
        raise fail(f"{name} is {shown(given[name])}; it must be a function, {wanted}")
    if fault:
        raise fail(f"{fault}: {name} must take {len(parameters)} arguments: {wanted}")
    return True


def _warn_of_misspelt(given: Mapping[str, Any], stem: str, path: Path) -> None:
    """Warn of each name that means nothing to a task, but nearly is one that is not there."""
    missing = sorted(RESERVED - {*given})
    # What an emitted program calls its generator is after the file, whatever that is like.
    for name in sorted(given.keys() - {function_name(stem)}):
        near = get_close_matches(name, missing, 1, ALIKE)
        # A name with an underscore after it keeps out of the way of another, as emitted ones do.
        if name.rstrip("_") not in RESERVED and near:
            said = f"{path}: '{name}' means nothing to a task; is '{near[0]}' meant?"
            warnings.warn(BonsaiWarning(said), stacklevel=2)


def _horizon(given: Mapping[str, Any], fail: Fail) -> int | None:
    horizon = given.get("horizon")
    if horizon is None:
        return None
    if not isinstance(horizon, int) or isinstance(horizon, bool) or horizon < 1:
        raise fail(f"horizon is {shown(horizon)}; it must be a number of ticks, 1 or more")
    return horizon


def _chance(given: Mapping[str, Any], inputs: Signals, fail: Fail) -> dict[str, float]:
    chance = given.get("chance", {})
    if not isinstance(chance, Mapping):
        raise fail(f"chance is {shown(chance)}; it must be a dict from an input's name to a number")
    for name, value in chance.items():
        if name not in inputs.fields:
            what = (
                "an integer or a word; only a bool has one" if name in inputs.names else "no input"
            )
            raise fail(f"chance names {shown(name)}, which is {what}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise fail(f"the chance of {shown(name)} is {shown(value)}; it must be from 0 to 1")
    return dict(chance)


def _growth(given: Mapping[str, Any], fail: Fail) -> dict[str, Any]:
    growth = given.get("growth", {})
    if not isinstance(growth, Mapping):
        raise fail(f"growth is {shown(growth)}; it must be a dict, such as {{'steps': 5000}}")
    return dict(growth)
