"""The caches of compiled kernels: where they can be written, and mended where they are broken."""

import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

MOST_CHECKED = 256 * 2**20
"""A larger cache is taken as it is: reading it through would take longer than it saves."""


def prepare_caches(make_folder: Callable[[], Path]) -> None:
    """Move the caches to a temporary folder where the home is read-only.

    `make_folder` makes a folder that goes when the process does.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    if not all(_writable(cache / name) for name in ("tinygrad", "pocl")):
        folder = Path(tempfile.gettempdir()) / f"bonsai_compiler-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid != os.getuid():  # another user's: what lies there would run as ours
            folder = make_folder()
        os.environ.setdefault("CACHEDB", str(folder / "tinygrad.db"))
        os.environ.setdefault("POCL_CACHE_DIR", str(folder / "pocl"))
        os.environ["XDG_CACHE_HOME"] = str(folder)


def tinygrads_cache() -> Path:
    """Return the file of tinygrad's cache, once the caches are prepared."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    return Path(os.environ.get("CACHEDB") or cache / "tinygrad" / "cache.db")


def mend(database: Path) -> None:
    """Remove tinygrad's cache if it is no sound database; tinygrad makes a new one."""
    try:
        if not database.is_file() or database.stat().st_size > MOST_CHECKED:
            return
        with closing(sqlite3.connect(database, timeout=1.0)) as connection:
            sound = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.OperationalError:
        return  # Another process is at it just now, so that it is in use.
    except sqlite3.DatabaseError:
        sound = False
    if not sound:
        for ending in ("", "-wal", "-shm"):
            database.with_name(database.name + ending).unlink(missing_ok=True)


def _writable(folder: Path) -> bool:
    """Whether the folder, or the nearest one above it that exists, can be written to."""
    place = next(above for above in (folder, *folder.parents) if above.exists())
    return place.is_dir() and os.access(place, os.W_OK | os.X_OK)
