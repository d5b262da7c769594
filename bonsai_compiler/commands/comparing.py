"""Commands that hold one thing against another."""

import sys

import click


@click.command()
@click.argument("candidate")
@click.argument("specification")
def check(candidate: str, specification: str) -> None:
    """Say whether CANDIDATE behaves as SPECIFICATION does: graphs, programs or tasks.

    Only sequences that the specification finds legal count.
    """
    from bonsai_compiler import workflow

    text, agreed = workflow.check(candidate, specification)
    click.echo(text)
    sys.exit(0 if agreed else 1)


@click.command()
@click.argument("before")
@click.argument("after")
def diff(before: str, after: str) -> None:
    """Show what changed between two graphs, node by node; exit code 1 if anything did."""
    from bonsai_compiler.diff import dump_diff
    from bonsai_compiler.sources import read_graph

    text = dump_diff(read_graph(before), read_graph(after))
    for line in text.splitlines():
        colour = {"-": "red", "+": "green"}.get(line[0])
        click.echo(click.style(line, fg=colour) if sys.stdout.isatty() else line)
    sys.exit(1 if text else 0)
