"""Commands that hold one thing against another."""

import click

from bonsai_compiler.cli.output import answer, end, page_width, show_in_colour


@click.command()
@click.argument("candidate")
@click.argument("specification")
def check(candidate: str, specification: str) -> None:
    """Say whether CANDIDATE behaves as SPECIFICATION does: graphs, programs or tasks.

    Only sequences that the specification finds legal count.

    \b
    Example:
      bonsaic check delay2.bonsai delay2.py
    """
    from bonsai_compiler.driver import workflow

    text, agreed = workflow.check(candidate, specification)
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
    from bonsai_compiler.driver import comparison

    if side_by_side and stat:
        raise click.UsageError("give --stat or --side-by-side, not both")
    form: comparison.Form = "stat" if stat else "columns" if side_by_side else "lines"
    text, changed = comparison.compare_files(before, after, form, page_width())
    show_in_colour(text)
    end(not changed)
