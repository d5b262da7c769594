"""A task file: an ordinary Python module that says what a network should do.

It names `inputs` and `outputs` and gives `start` and `step(state, *inputs)`, which returns the
next state and the output; README.md documents the rest. The same file is the training data and
the specification to prove against, and every emitted program is a task file too.
"""

import inspect
import traceback
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError, shortened, shown

Bits = tuple[bool, ...]


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
            if repr(again) == repr((following, outputs)):
                fault = f"returns the state {shown(following)}, which equals no other; is it a NaN?"
            else:
                fault = "answers differently when asked twice; it must depend on nothing else"
            raise self._fault(state, bits, fault)
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
            place = line_of(error, self.path)
            raise BonsaiError(f"{place}: examples raised {described(error)}") from None
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
            place = line_of(error, self.path)
            called = self._written(name, state, bits)
            raise BonsaiError(f"{place}: {called} raised {described(error)}") from None

    def _answer(self, state: Hashable, bits: Bits, answer: Any) -> tuple[Hashable, tuple[int, ...]]:
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise self._fault(
                state, bits, f"returns {shown(answer)}; return the next state, then the output"
            )
        following, output = answer
        if not is_hashable(following):
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


def line_of(error: BaseException, path: Path) -> str:
    """Return the file, and the line in it on which an error arose, as `path:line`."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path)]
    return f"{path}:{lines[-1]}" if lines else str(path)
