"""The house is as it is drawn: the README's map, and the directions of imports."""

import ast
import re
from pathlib import Path

import house
from documents import TOP

PACKAGE = TOP / "bonsai_compiler"
PAGE = (TOP / "docs" / "architecture.md").read_text(encoding="utf-8")


def defined(path: Path) -> set[str]:
    """Return every name that a module gives a meaning to, at whatever depth."""
    named = ast.FunctionDef | ast.ClassDef | ast.alias
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    return {node.name for node in nodes if isinstance(node, named)} | {
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def is_there(name: str) -> bool:
    """Return whether there is what a page calls by a path, or by a dotted name of ours."""
    if "/" in name:
        return (PACKAGE / name).exists() or (TOP / name).exists()
    if name.endswith(".py"):
        return any(PACKAGE.rglob(name)) or any((TOP / "tasks").rglob(name))
    place, (first, *rest) = PACKAGE, name.split(".")
    if not (place / first).is_dir():
        return True  # a library's
    place /= first
    while rest and ((place / rest[0]).is_dir() or (place / f"{rest[0]}.py").is_file()):
        place /= rest.pop(0)
    return not rest or (not place.is_dir() and {*rest} <= defined(place.with_suffix(".py")))


def test_what_the_page_on_the_house_names_is_there():
    names = {*re.findall(r"`(\w+(?:[./][\w./]*)+)`", PAGE)}
    assert len(names) > 50
    assert [name for name in sorted(names) if not is_there(name)] == []
    assert not any(
        map(is_there, ("schedule.ladder.climb", "ir.graph.Nodes", "ir/none.py", "no.py"))
    )


def test_its_answers_name_what_their_modules_define():
    rows = [row for row in PAGE.splitlines() if re.match(r"\| .*\? \| ", row)]
    assert len(rows) > 20
    for row in rows:
        modules = [PACKAGE / path for path in re.findall(r"`(\w+/\w+\.py)`, `", row)]
        for module, names in zip(
            modules, re.findall(r"`\w+/\w+\.py`, (`\w+`(?: and `\w+`)*)", row), strict=True
        ):
            assert {*re.findall(r"\w+", names)} - {"and"} <= defined(module), row


def test_the_map_in_the_readme_is_that_of_the_packages():
    text = (TOP / "README.md").read_text(encoding="utf-8")
    assert house.written() in text, "run `python tests/support/house.py`, which writes it there"


def test_every_package_has_its_layer():
    package = TOP / "bonsai_compiler"
    there = {path.parent.name for path in package.glob("*/__init__.py")}
    loose = {path.stem for path in package.glob("*.py")} - {"__init__"}
    assert there | loose == {name for layer in house.layers() for name in layer}


def test_the_page_has_the_layers_that_are_checked():
    rows = PAGE.split("| layer | packages |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    told = [re.findall(r"`(\w+)`", row) for row in rows]
    assert [sorted(row) for row in reversed(told)] == [sorted(layer) for layer in house.layers()]


def test_no_file_is_too_long_to_read_in_one_sitting():
    files = [*(TOP / "bonsai_compiler").rglob("*.py"), *(TOP / "tests").rglob("*.py")]
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert not {str(path): length for path, length in lengths.items() if length > 350}


def test_no_folder_has_a_single_file():
    package = TOP / "bonsai_compiler"
    assert not [
        path.parent.name
        for path in package.rglob("__init__.py")
        if path.parent != package and len([*path.parent.glob("*.py")]) < 3
    ]
