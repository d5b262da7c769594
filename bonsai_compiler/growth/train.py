"""grow(): a population of replicas trained on one task."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from tinygrad.helpers import Context

from bonsai_compiler.growth.choice import choose_engine
from bonsai_compiler.growth.recipe import Recipe
from bonsai_compiler.growth.report import Population, Progress
from bonsai_compiler.growth.sampling import Examples
from bonsai_compiler.growth.shape import to_network
from bonsai_compiler.growth.trainer import Trainer, read
from bonsai_compiler.machine import Machine

# Steps between two reports; the sequences of so many steps are drawn at once.
STEPS_A_REPORT = 100


def ignore(_: Progress) -> None:
    """Report to nobody."""


def grow(
    source: Machine | Examples,
    recipe: Recipe,
    seed: int,
    *,
    engine: str = "auto",
    device: str | None = None,
    chance: Mapping[str, float] | None = None,
    report: Callable[[Progress], None] = ignore,
) -> Population:
    """Return the population that `recipe` grows for a task, judged on fresh sequences.

    `engine` is kernel, tensor or auto; `device` a name of tinygrad's, or None for the best. The
    same seed, recipe and device give the same weights. Raises BonsaiError for an engine or device
    that is not there, and for a task's examples that are no sequences.
    """
    started = time.perf_counter()
    choice = choose_engine(engine, device)
    shape = recipe.shape(len(source.inputs), len(source.outputs))
    round_steps = min(recipe.round_steps, recipe.steps)
    # No pool of compiling processes: started for a dozen small kernels, it takes longer than they.
    with Context(DEV=choice.device.split(":")[0], PARALLEL=0, TRAINING=1):
        trainer = Trainer(choice, shape, source, recipe, seed, dict(chance or {}))

        def train(until: int, before: int, total: int) -> None:
            while trainer.step < until:
                trainer.advance(min(until, trainer.step + STEPS_A_REPORT))
                seconds = time.perf_counter() - started
                report(trainer.progress(before + trainer.step, total, seconds))

        for number in range(recipe.rounds):
            trainer.sow(number)
            before = number * round_steps
            train(round_steps, before, before + recipe.steps)
            if 2 * trainer.thin() >= recipe.replicas:
                break
        train(recipe.steps, before, before + recipe.steps)
        weights = read(trainer.parameters)
        mistakes = trainer.mistakes()
    return Population(
        networks=tuple(to_network(shape, replica) for replica in weights),
        mistakes=mistakes,
        losses=trainer.losses,
        regularisation=trainer.regularisation,
        seconds=time.perf_counter() - started,
        engine=choice.engine,
        device=choice.description,
        warning=choice.warning,
    )
