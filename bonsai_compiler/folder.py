"""A folder of results is written whole or not at all, and never over anything but its like."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bonsai_compiler.errors import BonsaiError

MARK = "report.json"
"""The file by which an earlier result is known."""


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
    nearest = next(parent for parent in folder.absolute().parents if parent.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise BonsaiError(f"{folder}: cannot be made, {nearest} is not a folder to write in")


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """Give an empty folder to fill; afterwards it stands at `folder`, in place of an earlier one.

    When the filling fails, nothing is left of it and the earlier folder stands untouched.
    """
    expect_replaceable(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        filling = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise BonsaiError(f"{folder}: cannot be made ({error.strerror})") from None
    try:
        yield filling
        filling.chmod(0o777 & ~_umask())
        retired = filling.with_name(f"{filling.name}-old")
        if folder.exists():
            folder.rename(retired)
        filling.rename(folder)
        shutil.rmtree(retired, ignore_errors=True)
    except OSError as error:
        raise BonsaiError(f"{folder}: cannot be written ({error.strerror})") from None
    finally:
        shutil.rmtree(filling, ignore_errors=True)


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; an earlier one stands until then."""
    data = content.encode() if isinstance(content, str) else content
    name = None
    try:
        handle, name = tempfile.mkstemp(prefix=".", dir=path.absolute().parent)
        with os.fdopen(handle, "wb") as filling:
            filling.write(data)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except OSError as error:
        raise BonsaiError(f"{path}: cannot be written ({error.strerror})") from None
    finally:
        if name is not None:
            Path(name).unlink(missing_ok=True)


def _umask() -> int:
    # The mask can be read only by setting it.
    mask = os.umask(0)
    os.umask(mask)
    return mask
