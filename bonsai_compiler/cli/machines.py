"""The command that shows the finite machine behind a file."""

from pathlib import Path

import click

from bonsai_compiler.cli.output import end, expect_result, write_result


@click.command()
@click.argument("file")
@click.option("--task", type=Path, help="Show FILE under this task's legal inputs, and compare.")
@click.option(
    "--to", "view", default="table", show_default=True, help="The view: table, dot or json."
)
@click.option("-o", "--out", default="-", help="Where to write; - is stdout.")
def machine(file: str, task: Path | None, view: str, out: str) -> None:
    """Print the minimal finite machine behind FILE (a graph, network, program or task).

    Below it stands which levels of the network's states stand for which of the machine's. With a
    horizon the machine's states tell the ticks apart, and the last one is the end. With --task the
    exit code is 1 if the two differ on some legal input.

    \b
    Example:
      bonsaic machine delay2.bonsai --task delay2.py
    """
    from bonsai_compiler.driver.workflow import draw_machine
    from bonsai_compiler.fsm.views import expect_view

    expect_view(view)
    expect_result(out)
    drawing = draw_machine(file, task)
    write_result(out, drawing.text(view))
    comparison = drawing.comparison
    end(comparison is None or comparison.outcome != "differs")
