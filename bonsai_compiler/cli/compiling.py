"""Commands that run passes."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bonsai_compiler.cli.networks import network_options
from bonsai_compiler.cli.output import (
    CERTIFICATE,
    FORCE,
    OUT,
    STYLE,
    conclude,
    end,
    expect_result,
    show_in_colour,
    write_result,
)
from bonsai_compiler.system.child_process import DRAWER
from bonsai_compiler.workers.beside import beside

if TYPE_CHECKING:
    from bonsai_compiler.backends.program import Style
    from bonsai_compiler.networks.conventions import Conventions
    from bonsai_compiler.passes.optimise import Optimised


@click.command("compile")
@click.argument("network")
@click.argument("given", type=Path, required=False, metavar="[TASK]")
@click.option("--task", type=Path, help="The task to prove against; without, the network itself.")
@network_options
@OUT
@CERTIFICATE
@STYLE
@FORCE
def compile_network(
    network: str,
    given: Path | None,
    task: Path | None,
    conventions: "Conventions",
    out: str,
    certificate: bool,
    style: "Style",
    force: bool,
) -> None:
    """Compile the saved NETWORK, and write OUT/<task>/ or OUT/<file stem>/.

    It is a JSON file, a state dict of PyTorch (.safetensors), or a model of ONNX (.onnx) or
    Keras (.keras, .weights.h5). TASK is the same as --task. A result that is tested or refuted
    never replaces a better one: it goes to OUT/<task>.tested or OUT/<task>.refuted.

    \b
    Examples:
      bonsaic compile delay1.json --task delay1.py -o build
      bonsaic compile model.safetensors delay1.py --activation tanh
    """
    # It starts while all else is imported.
    beside(DRAWER)
    from bonsai_compiler.driver import workflow
    from bonsai_compiler.driver.loading import read_task_at

    if task and given:
        raise click.UsageError("give the task once: as TASK or as --task")
    path = task or given
    against = read_task_at(path) if path else None
    result = workflow.compile_file(
        network, against, Path(out), conventions=conventions, force=force, style=style
    )
    conclude(result, certificate=certificate, task=path)


@click.command()
@click.argument("file")
@click.option("--passes", required=True, help="With commas between: clip(threshold=0.2), drop")
@click.option("--task", "path", type=Path, help="What lossy passes must keep; without, FILE.")
@click.option("--diff", "show_diff", is_flag=True, help="Print what each pass changed instead.")
@network_options
@click.option("-o", "--out", default="-", help="Where to write the graph; - is stdout.")
def opt(
    file: str,
    passes: str,
    path: Path | None,
    show_diff: bool,
    conventions: "Conventions",
    out: str,
) -> None:
    """Run passes on the graph in FILE (.bonsai, or a network's file), and print what comes of it.

    A pass without parameters gets them searched, as `compile` does. Every pass is checked: an
    exact one against the graph before it, a lossy one against the task, or else against FILE.
    Where one breaks the behaviour, the graphs before and after it are written beside OUT, and an
    input that shows it is printed. Exit code: 0 good, 1 a check said no, 2 a mistake.

    \b
    Example:
      bonsaic opt delay2.bonsai --passes "clip(threshold=0.2), lower" --task delay2.py
    """
    from bonsai_compiler.differences.diff import dump_walk, heading
    from bonsai_compiler.differences.diff_table import coloured
    from bonsai_compiler.driver.loading import read_graph, read_task_at
    from bonsai_compiler.driver.target import oracle_of
    from bonsai_compiler.ir.text import dump
    from bonsai_compiler.passes.optimise import optimise, parse_pipeline
    from bonsai_compiler.system.terminal import log

    expect_result(out)
    pipeline, task = parse_pipeline(passes), read_task_at(path) if path else None
    graph = read_graph(file, task, conventions)
    oracle = oracle_of(graph, task)
    interface = graph.input_signals, graph.output_signals
    wrong = oracle.fault(graph) if path else None
    if wrong is not None:
        log(f"bonsaic: {file} is wrong before any pass: {wrong.describe(*interface)}")
        end(agreed=False)
    result = optimise(
        graph, pipeline, oracle, lambda *told: None if show_diff else log(heading(*told))
    )
    if show_diff:
        show_in_colour(coloured(dump_walk(result.stages)))
    if not result.broken and (out != "-" or not show_diff):
        write_result(out, dump(result.stages[-1].graph))
    said = result.verdict.describe(*interface)
    if result.broken:
        log(f"bonsaic: {result.stages[-1].name} broke the behaviour: {said}")
        folder = Path() if out == "-" else Path(out).parent
        _write_broken(result, folder / (graph.name if file == "-" else Path(file).stem))
    else:
        log(f"against {path or file}: {said}")
    if result.verdict.kind != "refuted":
        return
    if not result.broken:
        log(f"bonsaic: no pass is to blame: {file} is wrong there itself")
    end(agreed=False)


def _write_broken(result: "Optimised", stem: Path) -> None:
    """Write the graphs before and after the last pass, and say how to see what it broke."""
    from bonsai_compiler.ir.text import dump
    from bonsai_compiler.system.terminal import log
    from bonsai_compiler.system.writing import write_file

    before, after = result.stages[-2:]
    paths = [stem.with_name(f"{stem.name}.{side}-{after.name}.bonsai") for side in SIDES]
    for stage, path in zip((before, after), paths, strict=True):
        write_file(path, dump(stage.graph))
    log(f"bonsaic: the graphs before and after it are {paths[0]} and {paths[1]}")
    assert result.verdict.counterexample is not None
    given = result.verdict.counterexample.replay(after.graph.input_signals)
    log(f"bonsaic: to replay: bonsaic run {shlex.quote(str(paths[1]))} {given}")


SIDES = ("before", "after")
