"""The map of the packages, as the README shows it: made of their docstrings and the layers.

`python tests/support/house.py` writes it into the README.
"""

import ast
import re
import textwrap
import tomllib
from collections.abc import Iterator

from documents import TOP

WIDTH = 100
COLUMN = 17
"""Characters to the left of what a package is for."""

BLOCK = re.compile(r"```\nkernels/.*?```\n", re.DOTALL)
ABOVE = {
    "kernels/": "OpenCL sources: the activation, and descent on a table or through time",
    "tasks/": "the article's tasks; a folder for each other suite, and its suite.toml",
}
BELOW = {
    "tests/": "a folder for each package, test_<module>.py a module; whole/ for what crosses them; "
    "cases/<pass>/*.bonsai; fuzzing/, a fuzzer; oracles/, tasks said in other words; support/",
}


def layers() -> list[list[str]]:
    """Return the packages, those below first; the ones in a list know nothing of each other."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (contract,) = [item for item in contracts if item["type"] == "layers"]
    return [re.split(r"\s*\|\s*", layer) for layer in reversed(contract["layers"])]


def purpose(name: str) -> str:
    """Return the first sentence of a package's or module's docstring, without its full stop."""
    path = TOP / "bonsai_compiler" / name
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert doc, f"{path} has no docstring"
    said = " ".join(doc.split("\n\n")[0].split()).removesuffix(".")
    return said[0].lower() + said[1:] if said[1].islower() or said[1] == " " else said


def lines() -> Iterator[str]:
    """Yield the lines of the map."""
    for name, said in ABOVE.items():
        yield from _entry(name, said)
    yield "bonsai_compiler/"
    for layer in layers():
        for name in layer:
            folder = (TOP / "bonsai_compiler" / name).is_dir()
            yield from _entry(f"  {name}{'/' if folder else '.py'}", purpose(name))
    for name, said in BELOW.items():
        yield from _entry(name, said)


def written() -> str:
    """Return the block that the README has to hold."""
    return "\n".join(["```", *lines(), "```"]) + "\n"


def _entry(name: str, said: str) -> list[str]:
    filled = textwrap.wrap(said, WIDTH - COLUMN)
    starts = [f"{name:<{COLUMN}}", *[" " * COLUMN] * (len(filled) - 1)]
    return [start + line for start, line in zip(starts, filled, strict=True)]


if __name__ == "__main__":
    readme = TOP / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(BLOCK.sub(lambda _: written(), text), encoding="utf-8")
