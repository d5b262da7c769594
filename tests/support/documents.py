"""What a document shows: its fenced blocks, and the commands in them with their output."""

import re
from pathlib import Path

TOP = Path(__file__).parents[2]


def blocks(document: str, language: str) -> list[tuple[str, str]]:
    """Return (what follows the language's name, text) of each fenced block."""
    pattern = rf"^```{language}(?: ([^\n]*))?\n(.*?)^```$"
    return re.findall(pattern, document, re.DOTALL | re.MULTILINE)


def sessions(text: str) -> list[tuple[str, str]]:
    """Return each command after `$ `, and the output shown below it."""
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def written(document: str, folder: Path) -> Path:
    """Write into a folder the files that a document shows, beside the example tasks."""
    (folder / "tasks").symlink_to(TOP / "tasks")
    for language, key in (("python", "task="), ("text", "file="), ("json", "file=")):
        for note, text in blocks(document, language):
            if note.startswith(key):
                (folder / note.removeprefix(key)).write_text(text)
    return folder
