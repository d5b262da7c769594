"""The process in which the code of one task file runs, and what it answers to (process.py asks).

What the code prints goes to standard error, what it reads is empty, and the modules that stand
beside the file are its own. It ends with the process that started it, whatever the code is doing.
Needs nothing but the standard library.
"""

import contextlib
import os
import signal
import sys
from array import array
from collections.abc import Collection, Mapping
from itertools import accumulate, pairwise
from queue import SimpleQueue
from threading import Thread
from types import CodeType, ModuleType
from typing import IO, Any
from warnings import catch_warnings, simplefilter

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.isolation.box import box_in, code_of_names
from bonsai_compiler.isolation.channel import Message, encoded, receive, send
from bonsai_compiler.isolation.code import Code, is_beside
from bonsai_compiler.isolation.inspection import described, line_of

TASK = "bonsai_task_"
"""How the name of the module begins that a task's file is."""


def serve() -> None:
    """Answer on standard output what is asked on standard input, until that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _bound_memory()
    questions, answers = _own_pipes()
    asked: SimpleQueue[Message] = SimpleQueue()
    Thread(target=_listen, args=(questions, asked), daemon=True).start()
    served = _Served()
    while True:
        message = asked.get()
        try:
            answer = served.answer(message)
        except BonsaiError as error:
            answer = Message({"fault": str(error)})
        except BaseException as error:
            answer = Message({"fault": f"{served.place}: the code raised {described(error)}"})
        try:
            send(answers, Message({**answer.head, "number": message.head["number"]}, answer.rows))
        except BaseException:
            # This is a fork, or the code broke what sends.
            os._exit(1)


def _bound_memory() -> None:
    """Leave to others half of the machine's memory: code that takes more meets a MemoryError."""
    try:
        # Not every system has it.
        import resource

        half = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = half if soft == resource.RLIM_INFINITY else min(soft, half)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    except (ImportError, AttributeError, OSError, ValueError):
        return


def _own_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return the two standard pipes, which the task's code then has others in place of."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    if hasattr(os, "register_at_fork"):
        # A fork that held them would keep whoever asks waiting when this process has ended.
        pipes = questions.fileno(), answers.fileno()
        os.register_at_fork(after_in_child=lambda: _closed(pipes))
    return questions, answers


def _closed(pipes: tuple[int, ...]) -> None:
    for pipe in pipes:
        with contextlib.suppress(OSError):
            os.close(pipe)


def _listen(questions: IO[bytes], asked: "SimpleQueue[Message]") -> None:
    """Pass on what is asked; when nobody asks any more, end the process, even amid an answer."""
    try:
        while True:
            asked.put(receive(questions))
    except BaseException:
        os._exit(0)


class _Served:
    """The code of one file, once it is loaded."""

    def __init__(self) -> None:
        self.place = "the task"
        self._code: Code | None = None
        self._home = ""

    def answer(self, message: Message) -> Message:
        """Return the answer to a question; raises whatever the code raises."""
        head, rows = message.head, message.rows
        if head["ask"] == "load":
            return self._load(head["place"], rows[0], head["wanted"])
        code = self._code
        assert code is not None
        match head["ask"]:
            case "fits":
                return Message({"fits": code.fits(head["name"], head["count"])})
            case "begin":
                alphabet = [tuple(row) for row in head["letters"]]
                fields = [(name, bounds and tuple(bounds)) for name, bounds in head["fields"]]
                return Message({"unfit": code.begin(alphabet, fields)})
            case "legal":
                return Message({}, (code.legal(*map(_numbers, rows)),))
            case "step":
                numbers, letters = map(_numbers, rows)
                following, outputs, faults = code.step(numbers, letters, guarded=head["guarded"])
                told = following.tobytes(), outputs.tobytes()
                return Message({"faults": list(faults.items())}, told)
            case "state":
                return Message({"value": encoded(code.state(head["state"]))})
            case "answers":
                letters, lengths = map(_numbers, rows)
                ends = [0, *accumulate(lengths)]
                words = [letters[first:last] for first, last in pairwise(ends)]
                return Message({}, (code.answers(words).tobytes(),))
            case "draw":
                return _drawn(code, head)
            case "generate":
                given, fault = code.generated(head["name"], _numbers(rows[0]))
                return Message({"given": encoded(given), "fault of it": fault})
            case "pure":
                code.expect_pure()
                return Message({"neighbours": _neighbours(self._home)})
        raise ValueError(head["ask"])

    def _load(self, place: str, source: bytes, wanted: list[str]) -> Message:
        self.place, path = place, os.path.realpath(place)
        self._home = os.path.dirname(path)
        sys.path.insert(0, self._home)
        sys.argv = [place]
        module = ModuleType(TASK + os.path.splitext(os.path.basename(place))[0])
        module.__file__ = path
        # Dataclasses and enums look their module up by its name.
        sys.modules[module.__name__] = module
        try:
            exec(_compiled(source, place), vars(module))
        except SyntaxError as error:
            line = f"{place}:{error.lineno}" if error.lineno else place
            raise BonsaiError(f"{line}: not Python: {error.msg}") from None
        except BaseException as error:
            line = line_of(error, place)
            raise BonsaiError(f"{line}: loading the file raised {described(error)}") from None
        names = box_in(vars(module), place)
        self._code = code_of_names(names, place, home=self._home)
        told = {"names": _said(names, wanted), "loops": list(self._code.loops)}
        return Message({**told, "neighbours": _neighbours(self._home)})


def _compiled(source: bytes, place: str) -> CodeType:
    """Return the code of a file; what Python finds odd in it, but not wrong, is not said."""
    with catch_warnings():
        simplefilter("ignore", SyntaxWarning)
        return compile(source, place, "exec")


def _said(names: Mapping[str, Any], wanted: Collection[str]) -> dict[str, Any]:
    """Return what a file gives names to, with the values of those that are wanted as data."""
    return {
        name: encoded(value) if name in wanted else None
        for name, value in names.items()
        # `globals()` takes what is no name as well.
        if isinstance(name, str) and (name in wanted or not isinstance(value, ModuleType))
    }


def _neighbours(home: str) -> dict[str, str]:
    """Return a digest of each file beside the task's that was imported so far."""
    modules = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
    files = [
        file
        for name, file in modules.items()
        if is_beside(file, home) and not name.startswith(TASK)
    ]
    return {os.path.relpath(file, home): _digest(file) for file in sorted(files)}


def _digest(path: str) -> str:
    # Loaded only here: most tasks have no neighbours.
    from hashlib import sha256

    with open(path, "rb") as file:
        return sha256(file.read()).hexdigest()[:16]


def _numbers(row: bytes) -> "array[int]":
    numbers = array("i")
    numbers.frombytes(row)
    return numbers


def _drawn(code: Code, head: Mapping[str, Any]) -> Message:
    """Return the arrays that `examples` gives, and how the random generator then stands."""
    import numpy as np

    rng = np.random.default_rng(0)
    rng.bit_generator.state = head["rng"]
    x, y = code.drawn(rng, head["batch"], head["ticks"])
    shapes = [list(x.shape), list(y.shape)]
    return Message({"shapes": shapes, "rng": rng.bit_generator.state}, (x.tobytes(), y.tobytes()))
