"""bonsaic: grow tiny RNNs for a task and compile them to programs proved equal to it."""

import os
import sys
from pathlib import Path

import click

from bonsai_compiler import __version__
from bonsai_compiler.errors import BonsaiError

OUT = click.option(
    "-o", "--out", default="build", show_default=True, help="Folder for the folder of results."
)
SEED = click.option("--seed", default=0, show_default=True, help="Makes a run repeatable.")
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
    help="Override the growth recipe, such as --set steps=5000 --set 'cells=((8, 0), (8, 4))'.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bonsaic")
def commands() -> None:
    """Grow tiny sparse RNNs for a task and compile them to programs proved equal to it.

    TASK is a Python file with inputs, outputs, start and step; the README shows how to write one.
    Results go to stdout, talk to stderr. Exit code: 0 good, 1 a check said no, 2 a mistake in
    what was given.
    """


@commands.command("train-and-compile")
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
    help="When growing stops; by default 50 s, or more for more than 16 states.",
)
@click.option("--resume", is_flag=True, help="Go on where a stopped run stood.")
def train_and_compile(
    task: Path,
    out: str,
    seed: int,
    engine: str,
    device: str | None,
    changes: tuple[str, ...],
    budget: float | None,
    resume: bool,
) -> None:
    """Grow networks for TASK, keep the smallest that is proved, write OUT/<task>/.

    A run that is stopped leaves OUT/<task>.growth, and the same command with --resume goes on.
    """
    from bonsai_compiler import workflow
    from bonsai_compiler.settings import Settings, parse_changes

    settings = Settings(seed, engine, device, parse_changes(changes), budget, resume)
    _conclude(workflow.train_and_compile(task, Path(out), settings))


@commands.command()
@click.argument("task", type=Path)
@click.option("-o", "--out", default="-", help="The network's file; - is stdout.")
@SEED
@ENGINE
@DEVICE
@SET
def train(
    task: Path, out: str, seed: int, engine: str, device: str | None, changes: tuple[str, ...]
) -> None:
    """Grow networks for TASK and write the most promising one as JSON."""
    from bonsai_compiler import workflow
    from bonsai_compiler.settings import Settings, parse_changes

    settings = Settings(seed, engine, device, parse_changes(changes))
    _write(out, workflow.train(task, settings))


@commands.command("compile")
@click.argument("network")
@click.option("--task", type=Path, help="The task to prove against; without, the network itself.")
@OUT
def compile_network(network: str, task: Path | None, out: str) -> None:
    """Compile the saved NETWORK (JSON), and write OUT/<task>/ or OUT/<file stem>/."""
    from bonsai_compiler import workflow

    _conclude(workflow.compile_file(network, task, Path(out)))


@commands.command()
@click.argument("file")
@click.option("--to", "backend", default="python", show_default=True, help="Which backend.")
@click.option("-o", "--out", default="-", help="Where to write; - is stdout.")
def emit(file: str, backend: str, out: str) -> None:
    """Print the graph in FILE (.bonsai, or a network's .json) as a program or a drawing."""
    from bonsai_compiler import workflow

    _write(out, workflow.emit(file, backend))


@commands.command()
@click.argument("file")
@click.argument("sequence", nargs=-1)
@click.option("--ticks", type=click.IntRange(1), help="How many ticks, where there is no input.")
def run(file: str, sequence: tuple[str, ...], ticks: int | None) -> None:
    """Run FILE (a graph, task or program) and print a table, one row a tick.

    SEQUENCE is one word a tick, a digit for each input: bonsaic run FILE -- 101 000 110.
    """
    from bonsai_compiler.trace import trace

    click.echo(trace(file, sequence, ticks), nl=False)


@commands.command()
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


@commands.command()
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


@commands.command("list")
def list_everything() -> None:
    """List passes, backends, activations and devices."""
    from bonsai_compiler.listing import listing

    click.echo(listing(), nl=False)


def _write(out: str, text: str) -> None:
    from bonsai_compiler.folder import write_file

    if out == "-":
        click.echo(text, nl=False)
    else:
        write_file(Path(out), text)


def _conclude(result: object) -> None:
    from bonsai_compiler.build import Result

    assert isinstance(result, Result)
    click.echo(result.program)
    click.echo(result.summary)
    sys.exit(1 if result.verdict.kind == "refuted" else 0)


def main() -> None:
    """Run bonsaic; the user's mistakes end with one line and exit code 2."""
    try:
        commands.main(prog_name="bonsaic", standalone_mode=False)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        place = context.command_path if context else "bonsaic"
        print(f"{place}: {error.format_message()} (try {place} --help)", file=sys.stderr)
        sys.exit(2)
    except BonsaiError as error:
        print(f"bonsaic: {error}", file=sys.stderr)
        sys.exit(2)
    except (KeyboardInterrupt, click.exceptions.Abort):
        print("bonsaic: stopped", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of a pipe went away; Python would complain again when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


if __name__ == "__main__":
    main()
