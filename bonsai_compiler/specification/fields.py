"""What a task says, whatever it is written as: each name checked, each fault told in one line."""

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.names import function_name
from bonsai_compiler.specification.interface import Fail, read_sides
from bonsai_compiler.specification.machine import too_many
from bonsai_compiler.specification.sides import Side
from bonsai_compiler.specification.task import Task, code_of, is_hashable


def task_of(
    given: Mapping[str, Any], path: Path, name: str, doc: str, source: str = "", code_file: str = ""
) -> Task:
    """Return the task of the names `given`, such as `inputs` and `step`; README.md lists them.

    Raises BonsaiError, one line that names the path, the fault and the mend, for what is no task.
    """

    def fail(fault: str) -> BonsaiError:
        return BonsaiError(f"{path}: {fault}")

    inputs, outputs = read_sides(given, fail)
    if not outputs.bits:
        raise fail("outputs is empty; name at least one")
    fault = too_many(inputs)
    if fault:
        raise fail(fault)
    step = _function(given, "step", ("state", *inputs.names), fail)
    legal = _function(given, "legal", ("state", *inputs.names), fail)
    examples = _function(given, "examples", ("rng", "batch", "ticks"), fail)
    if step is None and examples is None:
        raise fail("there is no step; add 'def step(state, ...)' (or 'def examples(...)')")
    if step is not None:
        if "start" not in given:
            raise fail("there is no start; add 'start = ...', the state before the first tick")
        if not is_hashable(given["start"]):
            raise fail(f"start is unhashable ({shown(given['start'])}); use tuples")
    return Task(
        path=path,
        name=name,
        doc=inspect.cleandoc(doc),
        inputs=inputs.bits,
        outputs=outputs.bits,
        start=given.get("start"),
        step=step,
        legal=legal,
        examples=examples if step is None else None,
        horizon=_horizon(given, fail),
        chance=_chance(given, inputs, fail),
        growth=_growth(given, fail),
        generator=_generator(given, name),
        source=source,
        ports=inputs.ports + outputs.ports,
        code_file=code_file,
    )


def _function(
    given: Mapping[str, Any], name: str, parameters: tuple[str, ...], fail: Fail
) -> Callable[..., Any] | None:
    function = given.get(name)
    if function is None:
        return None
    wanted = f"{name}({', '.join(parameters)})"
    if not callable(function):
        raise fail(f"{name} is {shown(function)}; it must be a function, {wanted}")
    try:
        inspect.signature(function).bind(*parameters)
    except TypeError:
        code = code_of(function)
        line = code.co_firstlineno if code else 1
        raise fail(f"line {line}: {name} must take {len(parameters)} arguments: {wanted}") from None
    except ValueError:
        pass
    return function  # type: ignore[no-any-return]


def _generator(given: Mapping[str, Any], stem: str) -> Callable[..., Any] | None:
    """Return the generator that an emitted program has beside its step."""
    function = given.get(function_name(stem))
    return function if inspect.isgeneratorfunction(function) else None


def _horizon(given: Mapping[str, Any], fail: Fail) -> int | None:
    horizon = given.get("horizon")
    if horizon is None:
        return None
    if not isinstance(horizon, int) or isinstance(horizon, bool) or horizon < 1:
        raise fail(f"horizon is {shown(horizon)}; it must be a number of ticks, 1 or more")
    return horizon


def _chance(given: Mapping[str, Any], inputs: Side, fail: Fail) -> dict[str, float]:
    chance = given.get("chance", {})
    if not isinstance(chance, Mapping):
        raise fail(f"chance is {shown(chance)}; it must be a dict from an input's name to a number")
    for name, value in chance.items():
        if name not in inputs.fields:
            what = "an integer; only a bool has one" if name in inputs.names else "no input"
            raise fail(f"chance names {shown(name)}, which is {what}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise fail(f"the chance of {shown(name)} is {shown(value)}; it must be from 0 to 1")
    return dict(chance)


def _growth(given: Mapping[str, Any], fail: Fail) -> dict[str, Any]:
    growth = given.get("growth", {})
    if not isinstance(growth, Mapping):
        raise fail(f"growth is {shown(growth)}; it must be a dict, such as {{'steps': 5000}}")
    return dict(growth)
