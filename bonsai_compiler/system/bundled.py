"""Folders that stand at the top of the repository, and that a wheel carries inside the package."""

from pathlib import Path


def bundled_folder(name: str) -> Path:
    """Return the folder: inside the package (a wheel), else beside it (a checkout)."""
    package = Path(__file__).resolve().parent.parent
    inside, beside = package / name, package.parent / name
    return inside if inside.is_dir() else beside
