"""A task file: an ordinary Python module that says what a network should do.

It names `inputs` and `outputs` and gives `start` and `step(state, *inputs)`, which returns the
next state and the output; README.md documents the rest. The same file is the training data and
the specification to prove against, and every emitted program is a task file too.
"""

import inspect
import keyword
import sys
import traceback
import unicodedata
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError, shortened, shown
from bonsai_compiler.names import function_name

Bits = tuple[bool, ...]

MOST_INPUTS = 16


@dataclass(frozen=True, eq=False)
class Task:
    """What a task file says. Exactly one of `step` and `examples` is there."""

    path: Path
    name: str
    doc: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    start: Hashable = None
    step: Callable[..., Any] | None = None
    legal: Callable[..., Any] | None = None
    examples: Callable[..., Any] | None = None
    horizon: int | None = None
    chance: Mapping[str, float] = field(default_factory=dict)
    growth: Mapping[str, Any] = field(default_factory=dict)
    generator: Callable[..., Any] | None = None
    source: str = ""

    def admits(self, state: Hashable, bits: Bits) -> bool:
        """Return whether these inputs may come in this state."""
        if self.legal is None:
            return True
        answer = self._call("legal", self.legal, state, bits)
        if not _is_bit(answer):
            raise self._fault(state, bits, f"gives {shown(answer)}; legal must return a bool")
        return bool(answer)

    def transition(self, state: Hashable, bits: Bits) -> tuple[Hashable, tuple[int, ...]]:
        """Return the next state and the outputs, each 1, -1, or 0 for "don't care".

        `step` is called twice: raises BonsaiError when the two answers differ, when `step` raises,
        or when it returns anything but a hashable state and bools.
        """
        assert self.step is not None
        following, outputs = self._answer(state, bits, self._call("step", self.step, state, bits))
        again = self._answer(state, bits, self._call("step", self.step, state, bits))
        if not _same(again, (following, outputs)):
            raise self._fault(
                state, bits, "answers differently when asked twice; it must depend on nothing else"
            )
        return following, outputs

    def draw(
        self, rng: np.random.Generator, batch: int, ticks: int
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return what `examples` gives: -1/1 arrays (batch, ticks, inputs) and (..., outputs).

        Outputs may be 0 for "don't care". Raises BonsaiError for any other shape or value.
        """
        assert self.examples is not None
        try:
            pair = self.examples(rng, batch, ticks)
        except Exception as error:
            place = _line_of(error, self.path)
            raise BonsaiError(f"{place}: examples raised {_described(error)}") from None
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise BonsaiError(f"{self.path}: examples must return a pair of arrays (x, y)")
        try:
            x, y = (np.asarray(part, dtype=np.float64) for part in pair)
        except (TypeError, ValueError):
            raise BonsaiError(f"{self.path}: examples must return arrays of numbers") from None
        for name, part, names, allowed in (
            ("x", x, self.inputs, (-1, 1)),
            ("y", y, self.outputs, (-1, 0, 1)),
        ):
            shape = (batch, ticks, len(names))
            if part.shape != shape:
                raise BonsaiError(
                    f"{self.path}: examples returned {name} of shape {part.shape}, not {shape}"
                )
            if not np.isin(part, allowed).all():
                raise BonsaiError(
                    f"{self.path}: examples returned {name} with values other than -1 and 1"
                )
        return x.astype(np.float32), y.astype(np.float32)

    def _call(self, name: str, function: Callable[..., Any], state: Hashable, bits: Bits) -> Any:
        try:
            return function(state, *bits)
        except (Exception, SystemExit) as error:
            place = _line_of(error, self.path)
            called = self._written(name, state, bits)
            raise BonsaiError(f"{place}: {called} raised {_described(error)}") from None

    def _answer(self, state: Hashable, bits: Bits, answer: Any) -> tuple[Hashable, tuple[int, ...]]:
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise self._fault(
                state, bits, f"returns {shown(answer)}; return the next state, then the output"
            )
        following, output = answer
        if not _is_hashable(following):
            raise self._fault(
                state, bits, f"returns the unhashable state {shown(following)}; use tuples"
            )
        several = len(self.outputs) > 1
        if several and (not isinstance(output, tuple) or len(output) != len(self.outputs)):
            names = ", ".join(self.outputs)
            raise self._fault(
                state, bits, f"outputs {shown(output)}; return a tuple of bools for ({names})"
            )
        values = output if several else (output,)
        for name, value in zip(self.outputs, values, strict=True):
            if not _is_bit(value):
                raise self._fault(
                    state, bits, f"outputs {shown(value)} for '{name}'; return a bool, or None"
                )
        return following, tuple(0 if value is None else 1 if value else -1 for value in values)

    def _fault(self, state: Hashable, bits: Bits, fault: str) -> BonsaiError:
        assert self.step is not None
        line = self.step.__code__.co_firstlineno if inspect.isfunction(self.step) else 1
        return BonsaiError(f"{self.path}:{line}: {self._written('step', state, bits)} {fault}")

    def _written(self, name: str, state: Hashable, bits: Bits) -> str:
        return f"{name}({', '.join(map(shown, (state, *bits)))})"


def load_task(path: Path) -> Task:
    """Return the task in the file at `path`; its stem is the task's name.

    Raises BonsaiError, as `read_task` does, and where the file cannot be read.
    """
    try:
        source = path.read_bytes()
    except OSError as error:
        raise BonsaiError(f"{path}: cannot be read ({error.strerror})") from None
    return read_task(source, path)


def read_task(source: bytes, path: Path) -> Task:
    """Return the task that `source` says, called after the stem of `path`.

    Raises BonsaiError, one line that names the file, the fault and the mend, for a file that is
    no task.
    """
    module = _import(source, path)
    given = vars(module)

    def fail(fault: str) -> BonsaiError:
        return BonsaiError(f"{path}: {fault}")

    inputs = _names(given, "inputs", fail)
    outputs = _names(given, "outputs", fail)
    if not outputs:
        raise fail("outputs is empty; name at least one")
    if len(inputs) > MOST_INPUTS:
        raise fail(f"there are {len(inputs)} inputs; {MOST_INPUTS} are the most")
    if twice := {name for name in inputs + outputs if (inputs + outputs).count(name) > 1}:
        raise fail(f"'{min(twice)}' is named twice; inputs and outputs need distinct names")
    step = _function(given, "step", ("state", *inputs), fail)
    legal = _function(given, "legal", ("state", *inputs), fail)
    examples = _function(given, "examples", ("rng", "batch", "ticks"), fail)
    if step is None and examples is None:
        raise fail("there is no step; add 'def step(state, ...)' (or 'def examples(...)')")
    if step is not None:
        if "start" not in given:
            raise fail("there is no start; add 'start = ...', the state before the first tick")
        if not _is_hashable(given["start"]):
            raise fail(f"start is unhashable ({shown(given['start'])}); use tuples")
    return Task(
        path=path,
        name=path.stem,
        doc=inspect.cleandoc(module.__doc__ or ""),
        inputs=inputs,
        outputs=outputs,
        start=given.get("start"),
        step=step,
        legal=legal,
        examples=examples if step is None else None,
        horizon=_horizon(given, fail),
        chance=_chance(given, inputs, fail),
        growth=_growth(given, fail),
        generator=_generator(given, path.stem),
        source=source.decode("utf-8", "replace"),
    )


def _import(source: bytes, path: Path) -> ModuleType:
    module = ModuleType(f"bonsai_task_{path.stem}")
    module.__file__ = str(path)
    # Dataclasses and enums look their module up by its name.
    sys.modules[module.__name__] = module
    before = sys.path[:]
    # A task may import a module that stands beside it.
    sys.path.insert(0, str(path.resolve().parent))
    try:
        exec(compile(source, str(path), "exec"), vars(module))
    except SyntaxError as error:
        place = f"{path}:{error.lineno}" if error.lineno else str(path)
        raise BonsaiError(f"{place}: not Python: {error.msg}") from None
    except (Exception, SystemExit) as error:
        place = _line_of(error, path)
        raise BonsaiError(f"{place}: loading the file raised {_described(error)}") from None
    finally:
        sys.path[:] = before
    return module


Fail = Callable[[str], BonsaiError]


def _names(given: Mapping[str, Any], which: str, fail: Fail) -> tuple[str, ...]:
    if which not in given:
        raise fail(f"there is no {which}; add '{which} = (\"x\",)'")
    names = given[which]
    if isinstance(names, str):
        raise fail(
            f"{which} is the string {shown(names)}; with a comma it is a tuple: ({shown(names)},)"
        )
    if not isinstance(names, tuple | list):
        raise fail(f"{which} is {shown(names)}; it must be a tuple of names")
    for name in names:
        if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
            raise fail(f"{which} holds {shown(name)}, which is no Python identifier")
        if unicodedata.normalize("NFKC", name) != name:
            raise fail(f"{which} holds {shown(name)}, which Python itself spells otherwise (NFKC)")
    return tuple(names)


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
        line = function.__code__.co_firstlineno if inspect.isfunction(function) else 1
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


def _chance(given: Mapping[str, Any], inputs: tuple[str, ...], fail: Fail) -> dict[str, float]:
    chance = given.get("chance", {})
    if not isinstance(chance, Mapping):
        raise fail(f"chance is {shown(chance)}; it must be a dict from an input's name to a number")
    for name, value in chance.items():
        if name not in inputs:
            raise fail(f"chance names {shown(name)}, which is no input")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise fail(f"the chance of {shown(name)} is {shown(value)}; it must be from 0 to 1")
    return dict(chance)


def _growth(given: Mapping[str, Any], fail: Fail) -> dict[str, Any]:
    growth = given.get("growth", {})
    if not isinstance(growth, Mapping):
        raise fail(f"growth is {shown(growth)}; it must be a dict, such as {{'steps': 5000}}")
    return dict(growth)


def _same(one: object, other: object) -> bool:
    try:
        return bool(one == other)
    except Exception:
        return False


def _is_hashable(value: object) -> bool:
    try:
        hash(value)
    except Exception:
        return False
    return True


def _is_bit(value: Any) -> bool:
    if value is None or isinstance(value, bool | np.bool_):
        return True
    return isinstance(value, int | np.integer) and value in (0, 1)


def _described(error: BaseException) -> str:
    text = shortened(str(error))
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _line_of(error: BaseException, path: Path) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path)]
    return f"{path}:{lines[-1]}" if lines else str(path)
