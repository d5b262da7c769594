"""Commands that show what is there."""

import click

from bonsai_compiler.cli.output import write_result


@click.command()
@click.argument("file")
@click.option("--to", "backend", default="python", show_default=True, help="Which backend.")
@click.option("-o", "--out", default="-", help="Where to write; - is stdout.")
def emit(file: str, backend: str, out: str) -> None:
    """Print the graph in FILE (.bonsai, or a network's .json) as a program or a drawing.

    \b
    Example:
      bonsaic emit delay2.bonsai --to svg -o delay2.svg
    """
    from bonsai_compiler.driver import workflow
    from bonsai_compiler.driver.loading import read_graph

    write_result(out, workflow.emit(read_graph(file), backend))


@click.command("list")
def list_everything() -> None:
    """List passes, backends, activations and devices.

    \b
    Example:
      bonsaic list
    """
    from bonsai_compiler.driver.listing import listing

    click.echo(listing(), nl=False)
