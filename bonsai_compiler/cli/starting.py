"""The command that writes a task to start from."""

from pathlib import Path

import click

from bonsai_compiler.cli.output import answer

TASK = '''"""y is True when x is True now and was not on the tick before."""

# Names of the bits that come in and go out on each tick.
inputs = ("x",)
outputs = ("y",)

# What is known before the first tick: any value that has a hash.
start = False


def step(state, x):
    """Return the next state, then the output."""
    return x, x and not state
'''


@click.command()
@click.argument("name")
def new(name: str) -> None:
    """Write NAME.py, a task to start from, into the working folder.

    What is there already stays as it is.

    \b
    Example:
      bonsaic new rising
    """
    from bonsai_compiler.errors import printable
    from bonsai_compiler.ir.names import expect_task_name
    from bonsai_compiler.system.terminal import log
    from bonsai_compiler.system.writing import create_file

    path = Path(f"{expect_task_name(name)}.py")
    create_file(path, TASK)
    answer(str(path))
    log(f"change what step does; then: bonsaic train-and-compile {printable(str(path))}")
