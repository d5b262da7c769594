"""What is said of an error that a task's own code raised, and which errors are not its own.

Needs nothing but the standard library.
"""

from bonsai_compiler.errors import shortened


def pass_on(error: BaseException) -> None:
    """Raise what stops a program from outside, which is no answer of the task's."""
    if isinstance(error, KeyboardInterrupt):
        raise error


def described(error: BaseException) -> str:
    """Return an error as part of one line."""
    try:
        text = shortened(str(error))
    except Exception:
        text = ""
    kind = shortened(type(error).__name__)
    return f"{kind}: {text}" if text else kind


def line_of(error: BaseException, place: str, code_file: str = "") -> str:
    """Return the file, and the line in it on which an error arose, as `place:line`.

    `code_file` is what Python calls the file, if not `place`.
    """
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == (code_file or place):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"{place}:{line}" if line else place
