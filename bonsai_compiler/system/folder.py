"""A folder of results is written whole or not at all, and never over anything but its like.

A new one is filled beside its place, under a hidden name, and then changes places with the earlier
one at one stroke. Where the system has no such stroke, the earlier one has a hidden name for a
moment. Whenever a run is killed, `recover` knows from the names what is left to be done.
"""

import ctypes
import fcntl
import os
import platform
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bonsai_compiler.errors import BonsaiError, shortened

MARK = "report.json"
"""The file by which an earlier result is known."""

_HERE = -100
"""AT_FDCWD: paths are taken from the working folder."""

_EXCHANGE = 2
"""RENAME_EXCHANGE: two names change places; neither is ever without a file."""


def expect_replaceable(folder: Path) -> None:
    """Raise BonsaiError if `folder` could not be written, or is something of the user's own."""
    expect_writable(folder)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise BonsaiError(
            f"{folder}: holds something else than an earlier result; move it or choose another -o"
        )


def expect_writable(folder: Path) -> None:
    """Raise BonsaiError if there is no folder at `folder`, and none could be made."""
    if folder.exists() and not folder.is_dir():
        raise BonsaiError(f"{folder}: is a file; choose another place with -o")
    nearest = next(parent for parent in actual(folder).parents if parent.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise BonsaiError(f"{folder}: cannot be made, {nearest} is not a folder to write in")


def actual(path: Path) -> Path:
    """Return where a path leads: what is written there goes through a link, not in its place."""
    return Path(os.path.realpath(path))


def hidden(path: Path, what: str) -> Path:
    """Return the name beside `path` of what belongs to it, such as `.delay2.new`."""
    return path.with_name(f".{path.name}.{what}")


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """Give an empty folder to fill; afterwards it stands at `folder`, in place of an earlier one.

    When the filling fails, nothing is left of it and the earlier folder stands untouched. One run
    at a time may do this: `claim.claimed` sees to that.
    """
    expect_replaceable(folder)
    place = actual(folder)
    filling = hidden(place, "new")
    try:
        recover(folder)
        filling.mkdir(parents=True)
    except OSError as error:
        raise BonsaiError(f"{folder}: cannot be made ({error.strerror})") from None
    try:
        yield filling
        _put(filling, place)
    except OSError as error:
        raise BonsaiError(f"{folder}: cannot be written ({error.strerror})") from None
    finally:
        recover(folder)


def recover(folder: Path) -> None:
    """Put right what a run that was killed has left: at `folder` stands a whole result or none.

    An earlier one that was out of the way comes back, unless the new one is there already.
    """
    place = actual(folder)
    filling, retired = hidden(place, "new"), hidden(place, "old")
    shutil.rmtree(filling, ignore_errors=True)
    if not retired.is_dir():
        return
    # What has the name `retired` is always whole, so it gets another one before it is taken apart.
    retired.rename(filling if place.exists() else place)
    shutil.rmtree(filling, ignore_errors=True)


def _put(filling: Path, place: Path) -> None:
    """Have a filled folder stand at `place`; an earlier one is left for `recover` to remove."""
    if not place.exists():
        filling.rename(place)
    elif not exchanged(filling, place):
        place.rename(hidden(place, "old"))
        filling.rename(place)


def exchanged(one: Path, other: Path) -> bool:
    """Have two folders change places at one stroke; return whether the system can do that."""
    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError):
        return False
    return bool(rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)


MOST_TOLD = 200
"""How many bytes are read of who holds a claim."""


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Keep other runs from a folder of results; the folder that it stands in is there meanwhile.

    Raises BonsaiError where the folder could not be written, or says who is at it already.
    """
    expect_writable(folder)
    place = actual(folder)
    made = [parent for parent in place.parents if not parent.exists()]
    lock = hidden(place, "lock")
    try:
        descriptor = _locked(lock)
    except BlockingIOError:
        raise BonsaiError(
            f"{folder}: is being written by {_holder(lock)}; wait for it, or choose another -o"
        ) from None
    except OSError as error:
        _remove_empty(made)
        raise BonsaiError(f"{folder}: cannot be written ({error.strerror})") from None
    try:
        yield
    finally:
        # In this order: whoever opens the file before it goes finds that it is no longer there.
        lock.unlink(missing_ok=True)
        os.close(descriptor)
        _remove_empty(made)


def _locked(lock: Path) -> int:
    """Return the open file of a lock that is held now; raises BlockingIOError if another has it."""
    while True:
        lock.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        except FileNotFoundError:
            continue  # Another run has just removed the folder, which it had made for nothing.
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The one who had it may have removed the file after it was opened here.
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), os.stat(lock)):
                    since = time.strftime("%Y-%m-%d %H:%M:%S")
                    told = f"process {os.getpid()} on {platform.node()} since {since}"
                    os.ftruncate(descriptor, 0)
                    os.write(descriptor, told.encode())
                    return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _holder(lock: Path) -> str:
    """Return who holds a lock, in words."""
    try:
        with lock.open("rb") as file:
            return shortened(file.read(MOST_TOLD).decode(errors="replace")) or "another process"
    except OSError:
        return "another process"


def _remove_empty(folders: list[Path]) -> None:
    """Remove folders that were made for nothing, the innermost first."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
