"""A task: an ordinary Python module, class or function that says what a network should do.

It names `inputs` and `outputs` and gives `start` and `step(state, *inputs)`, which returns the
next state and the output; README.md documents the rest. The same task is the training data and
the specification to prove against, and every emitted program is a task file too.
"""

import dataclasses
import traceback
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError, shortened, shown
from bonsai_compiler.specification.examples import drawn_bits
from bonsai_compiler.specification.ports import Bits, Port
from bonsai_compiler.specification.sides import Sided, Value


@dataclass(frozen=True, eq=False)
class Task(Sided):
    """What a task says. Exactly one of `step` and `examples` is there.

    `inputs` and `outputs` are names of bits. Where some of these make up the integers of `ports`,
    `step` takes and returns the integers, and all else here deals in bits.

    `path` is the file, or the name of what was written in a notebook; `code_file` is what Python
    calls the file of the code where that is another.
    """

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
    chance: Mapping[str, float] = dataclasses.field(default_factory=dict)
    growth: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    generator: Callable[..., Any] | None = None
    source: str = ""
    ports: tuple[Port, ...] = ()
    code_file: str = ""

    def admits(self, state: Hashable, bits: Bits) -> bool:
        """Return whether these inputs may come in this state."""
        if self.legal is None:
            return True
        values = self.given.values(bits)
        answer = self._call("legal", self.legal, state, values)
        if not _is_bit(answer):
            raise self._fault(state, values, f"gives {shown(answer)}; legal must return a bool")
        return bool(answer)

    def transition(self, state: Hashable, bits: Bits) -> tuple[Hashable, tuple[int, ...]]:
        """Return the next state and the outputs, each 1, -1, or 0 for "don't care".

        `step` is called twice: raises BonsaiError when the two answers differ, when `step` raises,
        or when it returns anything but a hashable state, and bools and the integers of ports.
        """
        assert self.step is not None
        values = self.given.values(bits)
        following, outputs = self._answer(state, values)
        again = self._answer(state, values)
        if not _same(again, (following, outputs)):
            if repr(again) == repr((following, outputs)):
                fault = f"returns the state {shown(following)}, which equals no other; is it a NaN?"
            else:
                fault = "answers differently when asked twice; it must depend on nothing else"
            raise self._fault(state, values, fault)
        return following, outputs

    def draw(
        self, rng: np.random.Generator, batch: int, ticks: int
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return the bits that `examples` gives: arrays (batch, ticks, inputs) and (..., outputs).

        They hold -1 and 1, and for outputs 0 for "don't care". `examples` itself gives the integers
        of ports as they are, and NaN for "don't care" there. Raises BonsaiError for any other shape
        or value.
        """
        assert self.examples is not None
        try:
            pair = self.examples(rng, batch, ticks)
        except Exception as error:
            place = line_of(error, self.path, self.code_file)
            raise BonsaiError(f"{place}: examples raised {described(error)}") from None
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise BonsaiError(f"{self.path}: examples must return a pair of arrays (x, y)")
        try:
            x, y = (np.asarray(part, dtype=np.float64) for part in pair)
        except (TypeError, ValueError):
            raise BonsaiError(f"{self.path}: examples must return arrays of numbers") from None
        try:
            return (
                drawn_bits("x", x, self.given, (batch, ticks)),
                drawn_bits("y", y, self.told, (batch, ticks), free=True),
            )
        except ValueError as error:
            raise BonsaiError(f"{self.path}: examples returned {error}") from None

    def _call(
        self, name: str, function: Callable[..., Any], state: Hashable, given: tuple[Value, ...]
    ) -> Any:
        try:
            return function(state, *given)
        except (Exception, SystemExit) as error:
            place = line_of(error, self.path, self.code_file)
            called = self._written(name, state, given)
            raise BonsaiError(f"{place}: {called} raised {described(error)}") from None

    def _answer(
        self, state: Hashable, given: tuple[Value, ...]
    ) -> tuple[Hashable, tuple[int, ...]]:
        assert self.step is not None
        answer = self._call("step", self.step, state, given)
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise self._fault(
                state, given, f"returns {shown(answer)}; return the next state, then the output"
            )
        following, output = answer
        if not is_hashable(following):
            raise self._fault(
                state, given, f"returns the unhashable state {shown(following)}; use tuples"
            )
        fields = self.told.fields
        several = len(fields) > 1
        if several and (not isinstance(output, tuple) or len(output) != len(fields)):
            kind = "values" if self.told.ports else "bools"
            names = ", ".join(self.told.names)
            raise self._fault(
                state, given, f"outputs {shown(output)}; return a tuple of {kind} for ({names})"
            )
        values = output if several else (output,)
        for field, value in zip(fields, values, strict=True):
            if (wish := _wish(field, value)) is not None:
                name = field.name if isinstance(field, Port) else field
                raise self._fault(state, given, f"outputs {shown(value)} for '{name}'; {wish}")
        bits = self.told.encoded(values)
        return following, tuple(0 if bit is None else 1 if bit else -1 for bit in bits)

    def _fault(self, state: Hashable, given: tuple[Value, ...], fault: str) -> BonsaiError:
        assert self.step is not None
        code = code_of(self.step)
        line = code.co_firstlineno if code else 1
        return BonsaiError(f"{self.path}:{line}: {self._written('step', state, given)} {fault}")

    def _written(self, name: str, state: Hashable, given: tuple[Value, ...]) -> str:
        return f"{name}({', '.join(map(shown, (state, *given)))})"


def _wish(field: Port | str, value: Any) -> str | None:
    """Return what a field's value should be, None if it is all right."""
    if not isinstance(field, Port):
        return None if _is_bit(value) else "return a bool, or None"
    if value is None:
        return None
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        return f"return an int from {field.low} to {field.high}, or None"
    if value not in field.values:
        return f"bring it into {field.low} to {field.high}, or widen the range in outputs"
    return None


def _same(one: object, other: object) -> bool:
    try:
        return bool(one == other)
    except Exception:
        return False


def is_hashable(value: object) -> bool:
    """Return whether a value can be a state."""
    try:
        hash(value)
    except Exception:
        return False
    return True


def _is_bit(value: Any) -> bool:
    if value is None or isinstance(value, bool | np.bool_):
        return True
    return isinstance(value, int | np.integer) and value in (0, 1)


def described(error: BaseException) -> str:
    """Return an error as part of one line."""
    text = shortened(str(error))
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def line_of(error: BaseException, path: Path, code_file: str = "") -> str:
    """Return the file, and the line in it on which an error arose, as `path:line`.

    `code_file` is what Python calls the file, if not by its path.
    """
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == (code_file or str(path))]
    return f"{path}:{lines[-1]}" if lines else str(path)


def code_of(function: Callable[..., Any]) -> CodeType | None:
    """Return the code of a function or method written in Python; None for any other callable."""
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return code if isinstance(code, CodeType) else None
