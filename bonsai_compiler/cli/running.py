"""The command that runs something and shows, draws or writes what its signals carried."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bonsai_compiler.cli.machines import machine_options
from bonsai_compiler.cli.networks import network_options
from bonsai_compiler.cli.output import page_width

if TYPE_CHECKING:
    from bonsai_compiler.ir.ports import Bits
    from bonsai_compiler.networks.conventions import Conventions
    from bonsai_compiler.specification.machine_file import MachineReading
    from bonsai_compiler.traces.running import Runner
    from bonsai_compiler.traces.trace import Trace


@click.command()
@click.argument("file")
@click.argument("sequence", nargs=-1)
@click.option("--ticks", type=click.IntRange(1), help="How many ticks, where there is no input.")
@click.option("--draw", is_flag=True, help="Draw waves instead of the table.")
@click.option("--all", "everything", is_flag=True, help="Neurons and a program's state as well.")
@click.option("--trace", "path", type=Path, help="Write every signal to a .vcd or .csv file too.")
@click.option("--step", is_flag=True, help="Go on tick by tick from standard input; try help.")
@network_options
@machine_options
def run(
    file: str,
    sequence: tuple[str, ...],
    ticks: int | None,
    draw: bool,
    everything: bool,
    path: Path | None,
    step: bool,
    conventions: "Conventions",
    reading: "MachineReading",
) -> None:
    """Run FILE (a graph, task, machine or program) and print a table, one row a tick.

    SEQUENCE is one word a tick, a digit for each input, bonsaic run FILE -- 101 000 110, or with
    commas between where there are integers or words, -- 3,up 0,down; a single - reads the words
    from standard input. With --step more of them are read from standard input, one line after the
    other, and so are orders such as back, reset, draw, help and quit.

    \b
    Examples:
      bonsaic run delay2.py -- 1 0 1 1
      bonsaic run loop3.py --ticks 6 --draw
    """
    from bonsai_compiler.driver.loading import read_source, read_text
    from bonsai_compiler.errors import BonsaiError
    from bonsai_compiler.system.writing import expect_file_writable
    from bonsai_compiler.traces import waves
    from bonsai_compiler.traces.running import record, runner_of
    from bonsai_compiler.traces.sequence import parse_sequence, split_words
    from bonsai_compiler.traces.trace import as_table, expect_format, write_trace

    if path is not None:
        expect_format(path)
        expect_file_writable(path)
    piped = sequence == ("-",)
    if [file == "-", step, piped].count(True) > 1:
        raise BonsaiError("standard input is one of FILE, the sequence and what --step reads")
    runner = runner_of(read_source(file, conventions=conventions, reading=reading))
    # Words in one pair of quotes are words all the same, as in Python.
    sequence = tuple(split_words(" ".join([read_text("-")] if piped else sequence)))
    given = (
        parse_sequence(sequence, runner.input_signals, ticks)
        if sequence or ticks or not step
        else []
    )
    trace = _by_hand(runner, given, everything=everything) if step else record(runner, given)
    if trace is None:
        return
    if path is not None:
        write_trace(trace, path)
    if draw:
        click.echo(waves.draw(trace, page_width(), everything=everything), nl=False)
    elif not step:
        click.echo(as_table(trace, everything=everything), nl=False)


def _by_hand(runner: "Runner", given: "list[Bits]", *, everything: bool) -> "Trace | None":
    """Return the ticks that the user took, None for none; a pipe's first mistake ends them."""
    from bonsai_compiler.errors import BonsaiError
    from bonsai_compiler.system.terminal import log
    from bonsai_compiler.traces.stepping import step_by_hand

    def fault(line: int, error: BonsaiError) -> None:
        if not sys.stdin.isatty():
            raise BonsaiError(f"stdin, line {line}: {error}")
        log(str(error))

    walk = step_by_hand(
        runner, given, _typed_lines(), click.echo, fault, page_width(), everything=everything
    )
    return walk.trace() if walk.steps else None


def _typed_lines() -> Iterator[str]:
    """Yield the lines of standard input, after a prompt each where that is a terminal."""
    from bonsai_compiler.errors import BonsaiError

    while True:
        if sys.stdin.isatty():
            click.echo("> ", nl=False, err=True)
        try:
            line = sys.stdin.readline()
        except UnicodeDecodeError:
            raise BonsaiError("stdin: is not text in UTF-8") from None
        if not line:
            return
        yield line
