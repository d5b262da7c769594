"""The example notebook runs, writes nothing, shows what it promises, and hostile text as text."""

import os

import nbformat
import pytest
from documents import TOP
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell
from pages import HOSTILE_TAGS, Tags

EXAMPLE = TOP / "docs" / "example.ipynb"
HOSTILE_CELL = f"""
class Hostile(Rising):
    pass

Hostile.__doc__ = {HOSTILE_TAGS!r}
bonsai.compile(result.steps[-3].graph, Hostile)
"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook after a run in an empty folder, with a hostile cell at its end."""
    folder = tmp_path_factory.mktemp("notebook")
    notebook = nbformat.read(EXAMPLE, as_version=4)
    notebook.cells.append(new_code_cell(HOSTILE_CELL))
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources=where, coalesce_streams=True
    ).execute()
    assert os.listdir(folder) == []
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(cell):
    return [output.get("data", {}) for output in cell.outputs]


def kinds(cell):
    return [(output.output_type, sorted(output.get("data", {}))) for output in cell.outputs]


def test_every_cell_answers_as_the_stored_one_does(executed):
    stored = [cell for cell in nbformat.read(EXAMPLE, 4).cells if cell.cell_type == "code"]
    for now, before in zip(executed, stored, strict=False):
        assert before.outputs
        assert kinds(now) == kinds(before)


def test_the_results_are_proved_and_drawn(executed):
    grown, again = executed[0], executed[-3]
    (shown,) = outputs(grown)
    assert shown["text/plain"].startswith("Rising: proved: equal for every legal input sequence")
    assert {"svg", "pre"} <= {*Tags(shown["text/html"]).tags}
    assert "svg" in Tags(outputs(again)[0]["text/html"]).tags
    assert "def Rising(inputs):" in executed[1].outputs[0].text
    values = outputs(executed[3])[0]["text/plain"]
    assert values == "(False, True, False, False, True, False, False, True)"


def test_hostile_text_is_shown_as_text(executed):
    (shown,) = outputs(executed[-1])
    tags = Tags(shown["text/html"])
    assert not {"script", "img"} & {*tags.tags}
    assert "</script><script>alert(1)</script> & <img" in tags.text
