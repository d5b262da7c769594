"""The house is as it is drawn: the README's map, and the directions of imports."""

import house
from documents import TOP


def test_the_map_in_the_readme_is_that_of_the_packages():
    text = (TOP / "README.md").read_text(encoding="utf-8")
    assert house.written() in text, "run `python tests/support/house.py`, which writes it there"


def test_every_package_has_its_layer():
    package = TOP / "bonsai_compiler"
    there = {path.parent.name for path in package.glob("*/__init__.py")}
    loose = {path.stem for path in package.glob("*.py")} - {"__init__"}
    assert there | loose == {name for layer in house.layers() for name in layer}


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
