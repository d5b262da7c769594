"""Benchmarks: the suites, and some with names of their own."""

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from bonsai_compiler.cli.output import end

SUITE = "suite"

BENCHMARKS = {
    "check": ("check", "How fast the joint search is."),
    "cluster": ("cluster", "What travels to workers and back, and two of them against one."),
    "compile": ("compiling", "How long compiling takes as networks grow."),
    "ideas": ("ablation", "What each idea of growth buys."),
    "growth": ("growth", "One training step of the kernel, tinygrad and PyTorch, side by side."),
    "learn": ("learning", "An automata learner, AALpy, beside us and as our judge."),
    "hardware": (
        "targets.sizes",
        "What results take in hardware, Yosys beside us.",
    ),
    "proofs": ("targets.proofs", "What Yosys, z3 and cvc5 prove of results, and what mutants do."),
    "run": ("execution", "How many ticks a second what came out runs."),
    "kill": ("kill", "Runs killed at random moments and gone on with: is the result the same?"),
    "targets": ("targets.measure", "Every target of every result, in its own tool's hands."),
    "traces": ("traces", "How often random traces give the true machine, AALpy beside us."),
    "view": ("view", "How smoothly the page moves as networks grow."),
}
"""The names that no suite can have, each with its module and what it measures."""


class Benchmarks(click.Group):
    """Any word that names no benchmark names a suite."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = args[0] in BENCHMARKS or args[0].startswith("-")
        return super().resolve_command(ctx, args if known else [SUITE, *args])


@click.group(cls=Benchmarks, subcommand_metavar="SUITE [OPTIONS]")
def bench() -> None:
    """Grow every task of SUITE from several seeds; or run one of the benchmarks below.

    SUITE is article, dfsm, mips_bits, mips_ints, scaling, textbook, tomita, or a folder of task
    files.

    \b
    Example:
      bonsaic bench article --seeds 0..2
    """


@bench.command(SUITE, hidden=True)
@click.argument("suite")
@click.option("--seeds", default="0..4", show_default=True, help="Such as 0..4, or 0,3,5.")
@click.option(
    "--budget",
    type=click.FloatRange(min=1.0),
    metavar="SECONDS",
    help="How long each run goes on; by default until it finds nothing smaller.",
)
@click.option(
    "--jobs", type=click.IntRange(1), default=1, show_default=True, help="Runs side by side."
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Have the workers of a dask.distributed scheduler run them, or local:N processes.",
)
@click.option("-o", "--out", type=Path, help="Folder of results; by default build/bench/<suite>.")
def run_suite(
    suite: str,
    seeds: str,
    budget: float | None,
    jobs: int,
    cluster: str | None,
    out: Path | None,
) -> None:
    """Grow every task of SUITE from every seed; print a table of what came of it.

    OUT holds results.json, the same table as results.md, and seed-N/<task>/ for each run. Runs
    whose row is there already are not run again. Exit code: 1 if a run failed, or its program was
    refuted.
    """
    from bonsai_compiler.bench.rows import FAILED, markdown
    from bonsai_compiler.bench.suites import find_suite, parse_seeds
    from bonsai_compiler.bench.sweep import sweep
    from bonsai_compiler.errors import BonsaiError
    from bonsai_compiler.schedule.settings import expect_budget
    from bonsai_compiler.workers.cluster import workers_at
    from bonsai_compiler.workers.here import Threads

    if budget is not None:
        expect_budget(budget)
    found = find_suite(suite)
    place = out or Path("build", "bench", found.name)
    if cluster is not None and jobs > 1:
        raise BonsaiError(
            "--jobs is of this machine; each worker of a cluster has one run at a time"
        )
    with workers_at(cluster) as workers:
        runners = Threads(jobs) if cluster is None else workers
        results = sweep(found, parse_seeds(seeds), budget, runners, place)
    click.echo(markdown(results, found.published), nl=False)
    end(not any(row.verdict in (FAILED, "refuted") for row in results.rows))


class Benchmark(click.Command):
    """A benchmark that is loaded only when it is called: some import half of the compiler."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        module, _ = BENCHMARKS[str(self.name)]
        command: click.Command = import_module(f"bonsai_compiler.bench.{module}").command
        return command.make_context(info_name, args, parent, **extra)


for name, (_, summary) in BENCHMARKS.items():
    bench.add_command(Benchmark(name, short_help=summary))
