"""A file is written whole or not at all, and where its path leads."""

import fcntl
import os
import stat
from contextlib import suppress
from pathlib import Path

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.system.folder import actual, hidden


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; an earlier one stands until then.

    A link is written through. A device or a pipe, which nothing could stand in place of, is
    written as it is.
    """
    try:
        place = actual(path)
        if _is_special(place):
            place.write_bytes(_encoded(content))
        else:
            _replace(place, _encoded(content))
    except OSError as error:
        raise BonsaiError(f"{path}: cannot be written ({error.strerror})") from None


def create_file(path: Path, content: str | bytes) -> None:
    """Write a file whole where there is none; raises BonsaiError where there is something."""
    try:
        with path.open("xb") as file:
            try:
                file.write(_encoded(content))
                file.flush()
            except BaseException:
                path.unlink(missing_ok=True)
                raise
    except FileExistsError:
        raise BonsaiError(f"{path}: is there already; choose another name") from None
    except OSError as error:
        raise BonsaiError(f"{path}: cannot be written ({error.strerror})") from None


def expect_file_writable(path: Path) -> None:
    """Raise BonsaiError if no file could be written at `path`: better before the work than after.

    Nothing is changed by that.
    """
    try:
        place = actual(path)
        if place.is_dir():
            raise BonsaiError(f"{path}: is a folder; name a file")
        if _is_special(place):
            with place.open("ab"):
                return
        probe = hidden(place, "probe")
        with probe.open("ab"):
            pass
        probe.unlink(missing_ok=True)
    except OSError as error:
        raise BonsaiError(f"{path}: cannot be written ({error.strerror})") from None


def _replace(place: Path, data: bytes) -> None:
    """Put data in place of a file, by way of one beside it that only one process writes at a time.

    That one has always the same name, so that what a killed process left of it is written over.
    """
    part = hidden(place, "part")
    while True:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        with os.fdopen(descriptor, "wb") as filling:
            # Where there are no locks, two processes had better not write the same file.
            with suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            if not _is_still(part, descriptor):
                continue
            try:
                filling.truncate()
                filling.write(data)
                filling.flush()
                os.replace(part, place)
                return
            except BaseException:
                part.unlink(missing_ok=True)
                raise


def _is_still(path: Path, descriptor: int) -> bool:
    """Return whether an open file has still the name that it was opened by."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def _is_special(place: Path) -> bool:
    """Return whether something is there that is neither a file nor a folder."""
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _encoded(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
