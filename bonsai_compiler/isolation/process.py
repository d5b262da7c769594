"""The code of a task's file, asked from outside: it runs in a process of its own (child.py).

So a file can end, patch or forge nothing here: what it answers is numbers and plain data, and is
looked at before it is believed.
"""

import atexit
import contextlib
import os
import signal
import threading
import weakref
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.names import RESERVED, function_name
from bonsai_compiler.isolation.box import RESET
from bonsai_compiler.isolation.channel import Message, decoded, receive, send
from bonsai_compiler.isolation.code import Fields
from bonsai_compiler.system.child_process import RUNNER, ChildProcess, ended, killed, started

Answer = TypeVar("Answer")

PATIENCE = 30.0
"""So many seconds a black box has for a few hundred steps; a task has no such limit."""

_ahead: list[ChildProcess] = []
"""A process that was started before there was code for it, if there is one."""


def prepare() -> None:
    """Have a process start meanwhile, where there will be code for it soon."""
    if not _ahead:
        process = started(RUNNER)
        _ahead.append(process)
        atexit.register(ended, process, os.getpid())


def _taken() -> ChildProcess | None:
    """Return the process that was started ahead, if it is there and was not ended."""
    if not _ahead:
        return None
    process = _ahead.pop()
    atexit.unregister(ended)
    if process.poll() is None:
        return process
    ended(process, os.getpid())
    return None


class CodeProcess:
    """The functions of a task in a file, as `Code` has them, in a process of their own.

    Raises BonsaiError for what the code does wrong, and where its process ends.
    """

    def __init__(self, path: Path, source: bytes) -> None:
        self.path = path
        self._process = _taken() or started(RUNNER)
        self._end = weakref.finalize(self, ended, self._process, os.getpid())
        self._numbers = count()
        self.names: dict[str, Any] = {}
        self.loops: tuple[str, ...] = ()
        self.neighbours: Mapping[str, str] = {}
        wanted = [*sorted(RESERVED), RESET, "__doc__", function_name(path.stem)]
        question = {"ask": "load", "place": str(path), "wanted": wanted}
        self._ask(question, source, read=self._loaded)

    def fits(self, name: str, count: int) -> str:
        """Return why `name` is no function of `count` arguments; empty if it is."""
        question = {"ask": "fits", "name": name, "count": count}
        return self._ask(question, read=lambda answer: str(answer.head["fits"]))

    def begin(self, letters: Sequence[tuple[Any, ...]], fields: Fields) -> str:
        """Get ready to be asked; return why `start` can be no state, empty if it can."""
        question = {"ask": "begin", "letters": letters, "fields": fields}
        return self._ask(question, read=lambda answer: str(answer.head["unfit"]))

    def legal(self, numbers: Sequence[int], letters: Sequence[int] | None = None) -> bytes:
        """Return whether each letter may come in each state: a byte each, letters innermost."""
        rows = [array("i", row).tobytes() for row in (numbers, letters) if row is not None]
        return self._ask({"ask": "legal"}, *rows, read=lambda answer: answer.rows[0])

    def step(
        self, numbers: Sequence[int], letters: Sequence[int], *, guarded: bool
    ) -> tuple["array[int]", "array[int]", dict[int, str]]:
        """Return the next states, the outputs (rows x fields), and the faults by row."""

        def read(answer: Message) -> tuple["array[int]", "array[int]", dict[int, str]]:
            following, outputs = array("i"), array("i")
            following.frombytes(answer.rows[0])
            outputs.frombytes(answer.rows[1])
            faults = {int(row): str(fault) for row, fault in answer.head["faults"]}
            if len(following) != len(numbers) or min(following, default=0) < 0:
                raise ValueError
            return following, outputs, faults

        rows = array("i", numbers).tobytes(), array("i", letters).tobytes()
        return self._ask({"ask": "step", "guarded": guarded}, *rows, read=read)

    def state(self, number: int) -> Any:
        """Return the state that has a number; where it is no plain data, what its repr says."""

        def read(answer: Message) -> Any:
            return decoded(answer.head["value"])

        return self._ask({"ask": "state", "state": number}, read=read)

    def drawn(self, rng: np.random.Generator, batch: int, ticks: int) -> Any:
        """Return the pair of arrays that `examples` gives; `rng` then stands where it left it."""

        def read(answer: Message) -> Any:
            rng.bit_generator.state = answer.head["rng"]
            return tuple(
                np.frombuffer(row, dtype=np.float64).reshape(shape)
                for row, shape in zip(answer.rows, answer.head["shapes"], strict=True)
            )

        question = {"ask": "draw", "batch": batch, "ticks": ticks, "rng": rng.bit_generator.state}
        return self._ask(question, read=read)

    def generated(self, name: str, letters: Sequence[int]) -> tuple[list[Any], str]:
        """Return what the generator called `name` yields for a sequence, and why it ended early."""

        def read(answer: Message) -> tuple[list[Any], str]:
            return list(decoded(answer.head["given"])), str(answer.head["fault of it"])

        row = array("i", letters).tobytes()
        return self._ask({"ask": "generate", "name": name}, row, read=read)

    def answers(self, words: Sequence[Sequence[int]]) -> "array[int]":
        """Return what a black box puts out to words; its process ends where that takes too long."""

        def read(answer: Message) -> "array[int]":
            outputs = array("i")
            outputs.frombytes(answer.rows[0])
            return outputs

        letters = array("i", [letter for word in words for letter in word])
        rows = letters.tobytes(), array("i", map(len, words)).tobytes()
        with self._patient():
            return self._ask({"ask": "answers"}, *rows, read=read)

    @contextlib.contextmanager
    def _patient(self) -> Iterator[None]:
        """End the process, and raise BonsaiError, where an answer takes longer than PATIENCE."""
        late = threading.Event()

        def end() -> None:
            late.set()
            killed(self._process)

        timer = threading.Timer(PATIENCE, end)
        timer.daemon = True
        timer.start()
        try:
            yield
        except BonsaiError:
            if not late.is_set():
                raise
            raise BonsaiError(
                f"{self.path}: has not answered for {PATIENCE:.0f} s; reset and step must return"
            ) from None
        finally:
            timer.cancel()

    def expect_pure(self) -> None:
        """Raise BonsaiError if what the functions can reach is not as it was before any answer."""
        self._ask({"ask": "pure"}, read=self._met)

    def _loaded(self, answer: Message) -> None:
        names = answer.head["names"].items()
        self.names = {str(name): decoded(value) for name, value in names}
        self.loops = tuple(map(str, answer.head["loops"]))
        self._met(answer)

    def _met(self, answer: Message) -> None:
        neighbours = answer.head["neighbours"].items()
        self.neighbours = {str(name): str(digest) for name, digest in neighbours}

    def _ask(self, head: dict[str, Any], *rows: bytes, read: Callable[[Message], Answer]) -> Answer:
        """Return what `read` makes of the answer to a question; what it cannot read is a fault."""
        number = next(self._numbers)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            send(self._process.stdin, Message({**head, "number": number}, rows))
            answer = receive(self._process.stdout)
        except (OSError, EOFError):
            raise self._gone(str(head["ask"])) from None
        except ValueError:
            raise self._odd() from None
        if "fault" in answer.head:
            raise BonsaiError(str(answer.head["fault"]))
        try:
            if answer.head["number"] != number:
                raise ValueError
            return read(answer)
        except (ValueError, TypeError, LookupError, AttributeError):
            raise self._odd() from None

    def _gone(self, asked: str) -> BonsaiError:
        if hasattr(os, "waitid"):
            # As long as it is not reaped, its number is its own, and so is that of its group.
            with contextlib.suppress(ChildProcessError):
                os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
            killed(self._process)
        code = self._process.wait()
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        when = {"load": "while the file was loaded", "draw": "in examples"}.get(asked, "in a call")
        return BonsaiError(
            f"{self.path}: its code ended its process {when} ({how}); it must return instead"
        )

    def _odd(self) -> BonsaiError:
        return BonsaiError(f"{self.path}: its code disturbs the process that it runs in")
