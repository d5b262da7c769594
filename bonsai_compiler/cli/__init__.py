"""The commands, a module for each kind; `main` prints errors, hears signals, ends them."""

import click

from bonsai_compiler import __version__
from bonsai_compiler.cli import (
    benching,
    certifying,
    compiling,
    growing,
    running,
    showing,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bonsaic")
def commands() -> None:
    """Grow tiny sparse RNNs for a task and compile them to programs proved equal to it.

    TASK is a Python file with inputs, outputs, start and step; the README shows how to write one.
    Results go to stdout, the log to stderr. Exit code: 0 good, 1 a check said no, 2 a mistake in
    what was given or something that the system refused, 70 a fault of bonsaic itself.
    """


for command in (
    growing.new,
    growing.train_and_compile,
    growing.train,
    compiling.compile_network,
    compiling.opt,
    showing.emit,
    running.run,
    showing.explain,
    showing.machine,
    showing.view,
    showing.check,
    certifying.certify,
    certifying.verify,
    showing.diff,
    benching.bench,
    showing.list_everything,
):
    commands.add_command(command)
