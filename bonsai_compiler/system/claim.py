"""A claim on a folder of results: one run at a time writes there, and a dead one holds nothing.

The claim is a lock of the system's on a hidden file beside the folder, so that it ends with the
process however that ends. The file says who holds it, and goes with the claim.
"""

import fcntl
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bonsai_compiler.errors import BonsaiError, shortened
from bonsai_compiler.system.folder import actual, expect_writable, hidden

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
