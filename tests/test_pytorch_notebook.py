"""The notebook on networks of PyTorch runs, where that is installed, and shows what it promises."""

import nbformat
import pytest
from documents import TOP
from nbclient import NotebookClient

EXAMPLE = TOP / "docs" / "pytorch.ipynb"


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    pytest.importorskip("torch", reason="PyTorch is not installed")
    notebook = nbformat.read(EXAMPLE, as_version=4)
    where = {"metadata": {"path": str(tmp_path_factory.mktemp("notebook"))}}
    NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources=where, coalesce_streams=True
    ).execute()
    return code_cells(notebook)


def said(cell):
    output = cell.outputs[0]
    return output.get("text") or output["data"]["text/plain"]


def expect_what_is_promised(cells):
    _, right, judged, _, wrong, verdict, program, *_ = cells
    assert float(said(right)) == 1
    assert "the network is wrong at tick" in said(judged)
    # What the network says on the last tick of the word, and what it should.
    assert said(wrong) in ("(True, False)", "(False, True)")
    assert "kind='refuted'" not in said(verdict)
    assert "# PROVED against the task Tomita2" in said(program)
    assert "Its states are read from the network's" in said(program)


def test_the_stored_notebook_shows_what_it_promises():
    expect_what_is_promised(code_cells(nbformat.read(EXAMPLE, as_version=4)))


def test_run_again_it_shows_the_same(executed):
    expect_what_is_promised(executed)
