"""Commands that show what is there: graphs, machines, pages, and what differs."""

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bonsai_compiler.cli.machines import machine_options
from bonsai_compiler.cli.networks import network_options
from bonsai_compiler.cli.output import (
    STYLE,
    answer,
    end,
    expect_result,
    page_width,
    show_in_colour,
    write_result,
)

if TYPE_CHECKING:
    from bonsai_compiler.backends.program import Style
    from bonsai_compiler.networks.conventions import Conventions
    from bonsai_compiler.specification.machine_file import MachineReading


@click.command()
@click.argument("file")
@click.option("--to", "backend", default="python", show_default=True, help="Which backend.")
@click.option(
    "--reset", type=click.Choice(["sync", "async"]), help="Of verilog: when rst takes effect."
)
@click.option("--registered", is_flag=True, help="Of verilog and testbench: outputs a tick later.")
@STYLE
@network_options
@click.option("-o", "--out", default="-", help="Where to write; - is stdout.")
def emit(
    file: str,
    backend: str,
    reset: str | None,
    registered: bool,
    style: "Style",
    conventions: "Conventions",
    out: str,
) -> None:
    """Print the graph in FILE (.bonsai, or a network's file) in another language, or as a drawing.

    `bonsaic list` has all backends. Of a folder of results it is the last graph, the logic; for
    c-integers the last one of neurons.

    \b
    Examples:
      bonsaic emit delay2.bonsai --to svg -o delay2.svg
      bonsaic emit build/delay2 --to c -o delay2.h
      bonsaic emit build/delay2 --to verilog --reset async -o delay2.v
    """
    from bonsai_compiler.driver import emission

    graph, about = emission.read_to_emit(file, backend, conventions)
    options = {"reset": reset, "registered": registered, "style": style}
    write_result(out, emission.emit(graph, backend, about, **options))


@click.command("list")
def list_everything() -> None:
    """List passes, backends, activations and devices.

    \b
    Example:
      bonsaic list
    """
    from bonsai_compiler.driver.listing import listing

    click.echo(listing(), nl=False)


@click.command()
@click.argument("file")
@click.option("--task", type=Path, help="Show FILE under this task's legal inputs, and compare.")
@click.option(
    "--to",
    "view",
    default="table",
    show_default=True,
    help="The view: table, dot or json; or for other tools kiss2, att or jff.",
)
@click.option("--map", "mapped", is_flag=True, help="Print which thresholds tell its states.")
@network_options
@machine_options
@click.option("-o", "--out", default="-", help="Where to write; - is stdout.")
def machine(
    file: str,
    task: Path | None,
    view: str,
    mapped: bool,
    conventions: "Conventions",
    reading: "MachineReading",
    out: str,
) -> None:
    """Print the minimal finite machine behind FILE (a graph, network, machine, program or task).

    Below it stands which levels of the network's states stand for which of the machine's. A network
    whose states never repeat is asked for its machine instead: then it says by how many questions,
    and whether the network was proved to do as the machine does. With a horizon the machine's
    states tell the ticks apart, and the last one is the end. With --task the exit code is 1 if the
    two differ on some legal input. With --map it is said instead by which thresholds the states of
    a network tell those of the machine, of the task's where one is given.

    \b
    Example:
      bonsaic machine delay2.bonsai --task delay2.py
    """
    from bonsai_compiler.driver.workflow import draw_machine
    from bonsai_compiler.fsm.views import expect_view

    expect_view(view)
    expect_result(out)
    if mapped:
        from bonsai_compiler.driver.state_map import map_text

        write_result(out, map_text(file, task, conventions))
        return
    drawing = draw_machine(file, task, conventions, reading)
    write_result(out, drawing.text(view))
    comparison = drawing.comparison
    end(comparison is None or comparison.outcome != "differs")


@click.command()
@click.argument("path", metavar="FILE|DIR")
@click.option("--task", type=Path, help="Whose legal inputs are the ones that count.")
@network_options
def explain(path: str, task: Path | None, conventions: "Conventions") -> None:
    """Say in words what a graph, network, program or task (FILE) or a finished run (DIR) does.

    What the states remember, when that changes, and what each output is: only what was recognised
    in the minimal machine, and held against all of it. Where nothing was, that is said.

    \b
    Example:
      bonsaic explain build/delay2
    """
    from bonsai_compiler.driver.explaining import explain as told

    for line in told(path, task, conventions):
        answer(line)


@click.command()
@click.argument("path", type=Path, metavar="FILE|DIR")
@click.option("--task", type=Path, help="Whose legal inputs and expected outputs are shown.")
@click.option("-o", "--out", type=Path, help="The page; by default FILE.html or DIR.html here.")
@click.option("--open", "shown", is_flag=True, help="Open the page in a browser.")
@network_options
@machine_options
def view(
    path: Path,
    task: Path | None,
    out: Path | None,
    shown: bool,
    conventions: "Conventions",
    reading: "MachineReading",
) -> None:
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

    page_model = load_page_model(path, read_task_at(task) if task else None, conventions, reading)
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


@click.command()
@click.argument("candidate")
@click.argument("specification")
@machine_options
def check(candidate: str, specification: str, reading: "MachineReading") -> None:
    """Say whether CANDIDATE behaves as SPECIFICATION does: graphs, programs, machines or tasks.

    Only sequences that the specification finds legal count.

    \b
    Example:
      bonsaic check delay2.bonsai delay2.py
    """
    from bonsai_compiler.driver import workflow

    text, agreed = workflow.check(candidate, specification, reading)
    answer(text)
    end(agreed)


@click.command()
@click.argument("before")
@click.argument("after", required=False)
@click.option("--side-by-side", is_flag=True, help="Old lines left, new ones right.")
@click.option("--stat", is_flag=True, help="A table of sizes and counts instead of the lines.")
def diff(before: str, after: str | None, side_by_side: bool, stat: bool) -> None:
    """Show what changed between the graphs BEFORE and AFTER, node by node.

    Without AFTER, BEFORE is the folder of a finished run, such as build/delay2, and what each
    pass changed is shown. Exit code: 0 if nothing changed (in a run: by no pass), 1 if anything
    did, 2 for a mistake in what was given.

    \b
    Example:
      bonsaic diff delay2.bonsai logic.bonsai --stat
    """
    from bonsai_compiler.driver import loading

    if side_by_side and stat:
        raise click.UsageError("give --stat or --side-by-side, not both")
    form: loading.Form = "stat" if stat else "columns" if side_by_side else "lines"
    text, changed = loading.compare_files(before, after, form, page_width())
    show_in_colour(text)
    end(not changed)
