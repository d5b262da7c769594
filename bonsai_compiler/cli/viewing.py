"""The command that writes a page to look at a network in."""

import webbrowser
from pathlib import Path

import click

from bonsai_compiler.cli.output import answer


@click.command()
@click.argument("path", type=Path, metavar="FILE|DIR")
@click.option("--task", type=Path, help="Whose legal inputs and expected outputs are shown.")
@click.option("-o", "--out", type=Path, help="The page; by default FILE.html or DIR.html here.")
@click.option("--open", "shown", is_flag=True, help="Open the page in a browser.")
def view(path: Path, task: Path | None, out: Path | None, shown: bool) -> None:
    """Write one HTML page that shows a graph, network or task (FILE) or a finished run (DIR).

    The page steps through time and through the passes, draws traces, and asks nothing of any
    network. `compile` and `train-and-compile` write such a page themselves, as view.html.

    \b
    Example:
      bonsaic view delay2.bonsai --task delay2.py
    """
    from bonsai_compiler.driver.loading import read_task_at
    from bonsai_compiler.driver.page_model import load_page_model
    from bonsai_compiler.page.page import expect_page, page
    from bonsai_compiler.system.writing import expect_file_writable, write_file

    place = out or page_place(path)
    expect_file_writable(place)
    if out is None:
        expect_page(place)

    page_model = load_page_model(path, read_task_at(task) if task else None)
    place = out or Path(f"{_called(path)}.html")
    write_file(place, page(page_model))
    answer(str(place))
    if shown:
        webbrowser.open(place.absolute().as_uri())


def _called(path: Path) -> str:
    """Return the name of a file, or of a run's folder, which may be named by its `steps`."""
    if not path.is_dir():
        return path.stem
    top = path if (path / "steps").is_dir() else path.absolute().parent
    # Two results of one task have one name, but not one folder.
    return top.absolute().name


def page_place(path: Path) -> Path:
    """Return where a page goes by default: here, called after what the user named.

    Not after what a file calls itself, since that may come from anywhere.
    """
    from bonsai_compiler.ir.names import expect_file_name

    if path.is_dir():
        whole = path.absolute()
        name = whole.parent.name if whole.name == "steps" else whole.name
    else:
        name = "stdin" if str(path) == "-" else path.stem
    return Path(f"{expect_file_name(name, str(path))}.html")
