"""grow_table(): generations until nothing smaller is found, in units that can be resumed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from tinygrad.helpers import Context

from bonsai_compiler.devices.choice import Choice, choose_engine
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.codes import Numbers
from bonsai_compiler.growth.conversion import network_of
from bonsai_compiler.growth.descent import Descent, TensorDescent
from bonsai_compiler.growth.generations import Generations
from bonsai_compiler.growth.initialization import Initialization
from bonsai_compiler.growth.kernel_descent import KernelDescent
from bonsai_compiler.growth.progress import Population, Progress
from bonsai_compiler.growth.pruning import Lines, weights
from bonsai_compiler.growth.recipe import TableRecipe
from bonsai_compiler.growth.stage import TableStage
from bonsai_compiler.growth.table import Table

Report = Callable[[Progress, TableStage], bool]


def go_on(*_: object) -> bool:
    """Report to nobody, and go on."""
    return True


def grow_table(
    table: Table,
    members: Sequence[Numbers],
    recipe: TableRecipe,
    seed: int,
    *,
    engine: str = "auto",
    device: str | None = None,
    stage: TableStage | None = None,
    report: Report = go_on,
    pause: Callable[[TableStage], bool] = go_on,
) -> Population:
    """Return the smallest networks found that are exact on a table, the smallest first.

    Where none is, those come that were wrong on the fewest rows. The same seed, recipe and engine
    give the same networks, also when `stage` is where an earlier run stood. `pause` is asked before
    each unit of work, and `report` told after it; growing ends when either answers False.
    """
    started = time.perf_counter()
    choice = choose_engine(engine, device)
    # No pool of compiling processes: started for one small kernel, it takes longer than that.
    with Context(DEV=choice.device.split(":")[0], PARALLEL=0):
        drawing = Initialization(table, members, recipe, seed)
        generations = Generations(drawing, _descent(choice))
        stage = stage or generations.first()
        if not _fits(stage, table):
            raise BonsaiError("the checkpoint is of networks of another shape; start anew")
        while stage.phase != "done" and pause(stage):
            since, begun = stage, time.perf_counter()
            stage = generations.advance(stage)
            pace = (stage.steps - since.steps) / (time.perf_counter() - begun)
            if not report(_progress(stage, since, pace), stage):
                break
    return _population(stage, generations, choice, time.perf_counter() - started)


def _fits(stage: TableStage, table: Table) -> bool:
    """Return whether the networks of a stage are of the widths that a table asks for."""
    widths = stage.architecture.inputs, stage.architecture.outputs, stage.learners.codes.shape[1]
    return widths == (table.x.shape[1], table.y.shape[1], table.states)


def _descent(choice: Choice) -> Descent:
    if choice.engine == "kernel":
        assert choice.opencl is not None
        return KernelDescent(choice.opencl)
    return TensorDescent(choice.device)


def _progress(stage: TableStage, since: TableStage, pace: float) -> Progress:
    # A generation that was only drawn has no losses yet: those before it stand.
    losses = stage.losses if np.isfinite(stage.losses).any() else since.losses
    finite = losses[np.isfinite(losses)]
    counts = [item.weights for item in stage.archive]
    if stage.phase == "prune":
        counts.append(int(weights(stage.architecture, stage.learners.masks).min()))
    return Progress(
        phase=stage.phase,
        step=stage.steps,
        best_loss=float(finite.min(initial=np.inf)),
        median_loss=float(np.median(finite)) if len(finite) else np.inf,
        regularisation=0.0,
        solved=stage.solved,
        mistakes=0.0 if stage.archive else float(stage.mistakes.min()),
        weights=min(counts, default=None),
        pace=pace,
        since=since.phase,
        curve=(),
    )


def _population(
    stage: TableStage, generations: Generations, choice: Choice, seconds: float
) -> Population:
    """Return what a run that ended in this stage yields."""
    networks = [item.network for item in stage.archive]
    counts = [item.weights for item in stage.archive]
    mistakes = [0.0] * len(networks)
    if stage.phase != "done" or not networks:
        learners = stage.learners
        exact = stage.exact[:, None]
        lines = Lines(
            np.where(exact, stage.kept, learners.parameters), learners.masks, learners.codes
        )
        order = np.lexsort((generations.sizes(stage.architecture, lines), stage.mistakes))
        finite = [int(row) for row in order if np.isfinite(lines.parameters[row]).all()]
        for row in finite[:8] or [0]:
            if not np.isfinite(lines.parameters[row]).all():
                lines = Lines(np.zeros_like(lines.parameters), lines.masks, lines.codes)
            networks.append(network_of(stage.architecture, lines, row))
            counts.append(int((lines.masks[row] & stage.architecture.weights()).sum()))
            mistakes.append(float(stage.mistakes[row]))
    return Population(
        networks=tuple(networks),
        earlier=len(networks),
        mistakes=np.array(mistakes),
        weights=np.array(counts, np.int64),
        losses=np.zeros(len(networks)),
        solved=stage.solved,
        resets=stage.resets,
        steps=stage.steps,
        seconds=seconds,
        engine=choice.engine,
        device=choice.description,
        warning=choice.warning,
        replicas=stage.trained,
    )
