"""A file is read whole or refused: its size is bounded, and a folder's files lie in the folder."""

import os
import stat
from pathlib import Path

from bonsai_compiler.errors import BonsaiError

MOST_BYTES = 16 * 2**20
"""A larger task, graph or network is broken, or no file at all but a device without an end."""


def bundled_folder(name: str) -> Path:
    """Return a folder that stands at the top of a checkout, and inside the package of a wheel."""
    package = Path(__file__).resolve().parent.parent
    inside, beside = package / name, package.parent / name
    return inside if inside.is_dir() else beside


def read_bytes(path: Path) -> bytes:
    """Return what a file holds; raises BonsaiError where it cannot be read, or is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except IsADirectoryError:
        raise BonsaiError(f"{path}: is a folder; a file is wanted here") from None
    except OSError as error:
        raise BonsaiError(f"{path}: cannot be read ({error.strerror})") from None
    except ValueError:  # a zero byte in the path
        raise BonsaiError(f"{str(path)!r}: is no path of a file") from None
    if len(data) > MOST_BYTES:
        raise BonsaiError(f"{path}: is larger than {MOST_BYTES >> 20} MB, the most that is read")
    return data


def read_utf8(path: Path) -> str:
    """Return the text of a file; raises BonsaiError, as `read_bytes` does, and for other data."""
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        raise BonsaiError(f"{path}: is not text in UTF-8") from None


def file_within(folder: Path, name: str) -> Path | None:
    """Return the path of a file that is in a folder, links and all; None where there is none.

    Raises BonsaiError where the path leads out of the folder, or to something that is no file: a
    folder from elsewhere shows what it brings along, and nothing else that its reader may read.
    """
    path = folder / name
    place = Path(os.path.realpath(path))
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BonsaiError(f"{path}: cannot be read ({error.strerror})") from None
    if not place.is_relative_to(os.path.realpath(folder)):
        raise BonsaiError(f"{path}: leads out of the folder, to {place}; put a copy in its place")
    if not stat.S_ISREG(mode):
        raise BonsaiError(f"{path}: is no file")
    return place
