"""Commands that run passes."""

from pathlib import Path

import click

from bonsai_compiler.commands.ending import OUT, conclude


@click.command("compile")
@click.argument("network")
@click.option("--task", type=Path, help="The task to prove against; without, the network itself.")
@OUT
def compile_network(network: str, task: Path | None, out: str) -> None:
    """Compile the saved NETWORK (JSON), and write OUT/<task>/ or OUT/<file stem>/."""
    from bonsai_compiler import workflow

    conclude(workflow.compile_file(network, task, Path(out)))
