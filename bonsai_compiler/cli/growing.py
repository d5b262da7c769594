"""Commands that write a task to start from, and that grow networks."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bonsai_compiler.cli.machines import machine_options
from bonsai_compiler.cli.output import (
    CERTIFICATE,
    FORCE,
    OUT,
    STYLE,
    answer,
    conclude,
    expect_result,
    write_result,
)
from bonsai_compiler.system.child_process import DRAWER
from bonsai_compiler.workers.beside import beside

if TYPE_CHECKING:
    from bonsai_compiler.backends.program import Style
    from bonsai_compiler.specification.machine_file import MachineReading

SEED = click.option(
    "--seed",
    default=0,
    show_default=True,
    help="Repeats a run, unless a budget ends it.",
)
ENGINE = click.option(
    "--engine",
    type=click.Choice(["auto", "kernel", "tensor"]),
    default="auto",
    show_default=True,
    help="How to train: OpenCL kernels, or plain tinygrad tensors.",
)
DEVICE = click.option("--device", help="Where to train; 'bonsaic list' names the devices.")
SET = click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="NAME=VALUE",
    help="Override the growth recipe, such as --set steps=5000 --set 'factors=(0.2,)'.",
)

CLUSTER = click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Grow on the workers of a dask.distributed scheduler, such as tcp://10.0.0.7:8786, or on "
    "local:N processes. The result is the same; --set populations=N gives N workers work.",
)
RECIPE = click.option(
    "--recipe",
    type=click.Choice(["auto", "article"]),
    default="auto",
    show_default=True,
    help="How to grow: from the task's table where there is one, or in the article's own way.",
)


@click.command("train-and-compile")
@click.argument("task", type=Path)
@OUT
@SEED
@ENGINE
@DEVICE
@SET
@click.option(
    "--budget",
    type=click.FloatRange(min=1.0),
    metavar="SECONDS",
    help="Seconds of the clock for the whole run; its files are written after them. Without it: "
    "200 s of processor time, twice that through time, more for more than 16 states.",
)
@click.option("--resume", is_flag=True, help="Go on where a stopped run stood.")
@RECIPE
@CLUSTER
@click.option(
    "--smallest",
    type=click.Choice(["weights", "neurons", "states", "program"]),
    default="weights",
    show_default=True,
    help="What of all that is proved is to be small: of the network, or the program's length.",
)
@CERTIFICATE
@STYLE
@FORCE
@machine_options
def train_and_compile(
    task: Path,
    out: str,
    seed: int,
    engine: str,
    device: str | None,
    changes: tuple[str, ...],
    budget: float | None,
    resume: bool,
    recipe: str,
    cluster: str | None,
    smallest: str,
    certificate: bool,
    style: "Style",
    force: bool,
    reading: "MachineReading",
) -> None:
    """Grow networks for TASK, keep the smallest that is proved, write OUT/<task>/.

    TASK is a task's file (.py), or that of a machine: KISS2 (.kiss2), DOT (.dot), AT&T text (.att),
    JFLAP (.jff); or a log of traces (.csv, .jsonl), from which a machine is learned first.

    A result that is tested or refuted never replaces a better one: it goes to OUT/<task>.tested
    or OUT/<task>.refuted.

    A run that is stopped, or that its budget ends without a proof, leaves OUT/<task>.growth, and
    the same command with --resume goes on, with a larger budget if you like.

    \b
    Example:
      bonsaic train-and-compile delay2.py -o build
    """
    # It starts while all else is imported.
    beside(DRAWER)
    from bonsai_compiler.driver import workflow
    from bonsai_compiler.schedule.settings import Settings, parse_changes

    settings = Settings(
        seed, engine, device, parse_changes(changes), budget, resume, recipe, smallest, cluster
    )
    result = workflow.train_and_compile(
        task, Path(out), settings, reading, force=force, style=style
    )
    conclude(result, certificate=certificate, task=task)


@click.command()
@click.argument("task", type=Path)
@click.option("-o", "--out", default="-", help="The network's file; - is stdout.")
@SEED
@ENGINE
@DEVICE
@SET
@RECIPE
@CLUSTER
@machine_options
def train(
    task: Path,
    out: str,
    seed: int,
    engine: str,
    device: str | None,
    changes: tuple[str, ...],
    recipe: str,
    cluster: str | None,
    reading: "MachineReading",
) -> None:
    """Grow networks for TASK and write the most promising one as JSON.

    \b
    Example:
      bonsaic train delay2.py -o delay2.json
    """
    from bonsai_compiler.driver import workflow
    from bonsai_compiler.schedule.settings import Settings, parse_changes

    expect_result(out)
    options = parse_changes(changes)
    settings = Settings(seed, engine, device, options, recipe=recipe, cluster=cluster)
    write_result(out, workflow.train(task, settings, reading))


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
