"""bonsaic: grow tiny RNNs for a task and compile them to programs proved equal to it."""

import atexit
import gc
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click
from click.shell_completion import shell_complete

from bonsai_compiler.cli import commands
from bonsai_compiler.errors import BonsaiError, shortened
from bonsai_compiler.system.terminal import abandon, prepare_streams, say, say_warnings

GOOD, MISTAKE, OUR_FAULT, STOPPED, PIPE_CLOSED = 0, 2, 70, 130, 141
"""Exit codes, beside 1, with which only a check ends that said no."""

DEBUG = "BONSAIC_DEBUG"
"""The variable of the environment with which faults of bonsaic itself show where they arose."""

COMPLETE = "_BONSAIC_COMPLETE"
"""The variable by which a shell asks click how to complete a command."""

GARBAGE = 50_000
"""After how many more objects it is looked which hold only each other: few ever do, and to look as
often as Python does by itself takes a fiftieth of the time."""

SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""With which others ask the process to end; Ctrl-C is Python's own KeyboardInterrupt."""


def main() -> None:
    """Run bonsaic, and end with its exit code; whatever goes wrong is told in one line."""
    try:
        code, line = _ended(sys.argv[1:])
        if line:
            say(line)
    except BrokenPipeError:
        code = PIPE_CLOSED
    if code == PIPE_CLOSED:
        abandon(sys.stderr)
    sys.exit(code)


def script() -> None:
    """Run bonsaic as a process of its own, and end that with the exit code.

    What is in memory goes with the process: to take it down piece by piece took a sixth of a
    second. Where threads still run, Python ends as it always does.
    """
    gc.set_threshold(GARBAGE)
    try:
        main()
    except SystemExit as end:
        atexit._run_exitfuncs()
        if threading.active_count() > 1 or not isinstance(end.code, int):
            raise
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(end.code)


def _ended(words: list[str]) -> tuple[int, str]:
    """Return how a command ended: its exit code, and what is to be said of it."""
    try:
        prepare_streams()
        say_warnings()
        with heeding_signals():
            code = _invoked(words)
        _deliver()
        return code, ""
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        place = context.command_path if context else "bonsaic"
        message = " ".join(error.format_message().split())
        return MISTAKE, f"{place}: {message} (try {place} --help)"
    except BonsaiError as error:
        return MISTAKE, _noted(f"bonsaic: {_homeless() or error}", error)
    except (KeyboardInterrupt, click.exceptions.Abort) as error:
        return STOPPED, _noted("bonsaic: stopped", error)
    except StoppedError as error:
        return 128 + error.number, _noted(f"bonsaic: stopped by {error}", error)
    except BrokenPipeError:
        # The reader of a pipe went away, as `head` does: not a fault, and nothing to be said.
        return PIPE_CLOSED, ""
    except OSError as error:
        return MISTAKE, _noted(f"bonsaic: {_os_error_text(error)}", error)
    except MemoryError:
        return MISTAKE, "bonsaic: there is not enough memory for this"
    except SystemExit:
        return MISTAKE, "bonsaic: code that it ran, such as a task's, asked Python to exit"
    except BaseException as error:
        if os.environ.get(DEBUG):
            traceback.print_exc()
        return OUR_FAULT, f"bonsaic: {_confessed(error)}"
    finally:
        _settle()


def _invoked(words: list[str]) -> int:
    """Return the exit code of a command that came to its end."""
    if (instruction := os.environ.get(COMPLETE)) is not None:
        return MISTAKE if shell_complete(commands, {}, "bonsaic", COMPLETE, instruction) else GOOD
    try:
        with commands.make_context("bonsaic", words) as context:
            commands.invoke(context)
    except click.exceptions.NoArgsIsHelpError as asked:
        click.echo(asked.format_message())
    except click.exceptions.Exit as end:
        return end.exit_code
    return GOOD


def _deliver() -> None:
    """Write out what stdout still holds; raises OSError where nobody takes it."""
    sys.stdout.flush()


def _settle() -> None:
    """Give up what stdout still holds if it cannot be written; the reason is known by now."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        abandon(sys.stdout)


def _homeless() -> str:
    """Return what is wrong where the working folder is gone, as then everything else is."""
    try:
        Path.cwd()
    except OSError:
        return "the working folder is gone; change to one that is there"
    return ""


def _os_error_text(error: OSError) -> str:
    """Return what the system refused, as part of one line."""
    if gone := _homeless():
        return gone
    return f"{_place(error)}: {error.strerror or shortened(str(error)) or type(error).__name__}"


def _place(error: OSError) -> str:
    """Return what refused: the file that the error names, or else stdout if it still refuses."""
    if isinstance(error.filename, str):
        return error.filename
    try:
        sys.stdout.flush()
        # Pictures are bytes, and go past the text's own buffer.
        getattr(sys.stdout, "buffer", sys.stdout).flush()
    except (OSError, ValueError):
        return "standard output"
    return "a file or stream"


def _noted(line: str, error: BaseException) -> str:
    """Return the line with what was noted on the error on its way."""
    return "; ".join([line, *getattr(error, "__notes__", ())])


def _confessed(error: BaseException) -> str:
    """Return a line on a fault of bonsaic itself: what, where, and what to do about it."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    what = f"{type(error).__name__}{place}: {shortened(str(error))}".removesuffix(": ")
    return f"a fault of bonsaic itself ({what}); please report it, with what {DEBUG}=1 shows"


class StoppedError(BaseException):
    """A signal asked the process to end; what catches any Exception lets it through."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@contextmanager
def heeding_signals() -> Iterator[None]:
    """Raise StoppedError, within, where a signal asks the process to end.

    A signal that was ignored before, as `nohup` does, is still ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number, handler in before.items():
        if handler is signal.SIG_DFL:
            signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    # Whoever asks twice gets no second exception in the middle of saving.
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise StoppedError(number)


if __name__ == "__main__":
    script()
