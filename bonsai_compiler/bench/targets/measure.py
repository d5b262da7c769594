"""`bonsaic bench targets`: every target of every result, in the hands of its own tool."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from bonsai_compiler.bench.targets import hardware, software, solvers, texts
from bonsai_compiler.bench.targets.results import results_in
from bonsai_compiler.bench.targets.tools import MissingError, ran, tool, written
from bonsai_compiler.bench.targets.trial import Answers, Trial, first_fault, trial_of
from bonsai_compiler.circuits.inverters import inverter_graph
from bonsai_compiler.circuits.lowering import circuit_of
from bonsai_compiler.driver.emission import emit
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.targets.c_types import prefix_of

Check = Callable[[Trial, Path], str | None]
"""Returns what is wrong with a target, if anything is; raises MissingError without its tool."""


def neurons_fault(trial: Trial, folder: Path, backend: str = "c") -> str | None:
    """Return what is wrong with the network in C, of doubles or of integers."""
    if trial.neurons is None:
        return None
    network = replace(trial, graph=trial.neurons)
    return first_fault(network, software.in_c(network, folder, backend=backend))


def answering(answers: Callable[[Trial, Path], Answers]) -> Check:
    """Return the check that answers are what the task asks for."""
    return lambda trial, folder: first_fault(trial, answers(trial, folder))


CHECKS: Mapping[str, Check] = {
    "c": answering(software.in_c),
    "c of neurons": neurons_fault,
    "c-integers": partial(neurons_fault, backend="c-integers"),
    "c-64": answering(software.in_bit_sliced_c),
    "rust": answering(software.in_rust),
    "javascript": answering(software.in_javascript),
    "verilog": answering(hardware.in_verilog),
    "testbench": hardware.passes_testbench,
    "blif": answering(partial(hardware.through_yosys, backend="blif")),
    "aiger": answering(partial(hardware.through_yosys, backend="aiger")),
    "aiger-text": answering(partial(hardware.through_yosys, backend="aiger-text")),
    "btor2": answering(lambda trial, _: texts.in_btor2(trial)),
    "smtlib": solvers.smtlib_fault,
    "kiss2": answering(lambda trial, _: texts.in_kiss2(trial, encoded=False)),
    "kiss2-encoded": answering(lambda trial, _: texts.in_kiss2(trial, encoded=True)),
    "dot": lambda trial, _: None if texts.is_drawn(trial) else "Graphviz draws nothing",
}
"""How each target is tried: the last three, and BTOR2, have no tool but ours and Graphviz."""


@click.command()
@click.argument("folders", nargs=-1, required=True, type=Path, metavar="DIR...")
def command(folders: tuple[Path, ...]) -> None:
    """Try every target of every proved result, and print a Markdown table of sizes.

    Each DIR is a folder that 'bonsaic bench SUITE' has filled. A target is compiled, parsed or
    simulated by its own tool, and must answer as the task does on words that pass every transition
    of logic and task together, and on random ones. Exit code: 1 if one does not.
    """
    print("| suite | task | words / ticks | and-gates / flip-flops | C, bytes | faults |")
    print("|---|---|---|---|---|---|", flush=True)
    missing: dict[str, str] = {}
    count, faulty = 0, 0
    for result in results_in(folders):
        trial = replace(trial_of(result.graph, result.task), neurons=result.run.neurons)
        aig = inverter_graph(circuit_of(trial.graph))
        faults = list(faults_of(trial, missing))
        count, faulty = count + 1, faulty + bool(faults)
        cells = (
            result.suite,
            result.run.name,
            f"{len(trial.words):,} / {trial.ticks:,}",
            f"{len(aig.gates)} / {len(aig.latches)}",
            code_size(trial),
            "; ".join(faults) or "none",
        )
        print(f"| {' | '.join(map(str, cells))} |", flush=True)
    tried = [name for name in CHECKS if name not in missing]
    print(f"\n{count} results, {faulty} with faults; tried: {', '.join(tried)}")
    for name, what in missing.items():
        print(f"not tried: {name}, without {what}")
    if faulty:
        click.get_current_context().exit(1)


def faults_of(trial: Trial, missing: dict[str, str]) -> Iterator[str]:
    """Yield what is wrong with each target; those whose tool is not here are noted in `missing`."""
    for name, check in CHECKS.items():
        with TemporaryDirectory() as place:
            try:
                fault = check(trial, Path(place))
            except MissingError as error:
                missing[name] = str(error)
                continue
            except BonsaiError as error:
                fault = str(error)
        if fault:
            yield f"{name}: {fault}"


def code_size(trial: Trial) -> str:
    """Return how many bytes of code and constants the C is, on this processor, for size."""
    prefix = prefix_of(trial.graph.name)
    calls = (
        f"void start({prefix}_state *s) {{ {prefix}_init(s); }}\n"
        f"void step({prefix}_state *s, const {prefix}_input *i, {prefix}_output *o)\n"
        f"{{ {prefix}_step(s, i, o); }}\n"
    )
    with TemporaryDirectory() as place:
        folder = Path(place)
        written(folder, "machine.h", emit(trial.graph, "c"))
        written(folder, "machine.c", f'#include "machine.h"\n{calls}')
        try:
            sizes = tool("size")
            compiler = software.c_compiler()
        except MissingError:
            return ""
        options = ("-std=c99", "-Os", "-fno-asynchronous-unwind-tables", "-c", "machine.c")
        ran(*compiler, *options, "-o", "machine.o", folder=folder)
        return ran(sizes, "machine.o", folder=folder).splitlines()[1].split()[0]
