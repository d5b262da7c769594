"""One worker of `bench growth`, in a process of its own: it gets ready, then steps when asked.

It writes the seconds that getting ready took on a line; for each line of seconds that it then
reads, it steps for so long and writes a line of milliseconds a step (the peak: of GFLOP/s).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack

import numpy as np

from bonsai_compiler.bench.machines import shift_register

NETWORKS = {"small": ((4, 2),), "middle": ((8, 4),), "large": ((16, 10), (16, 10))}
BATCH, TICKS = 64, 20

# Takes some steps and waits until they are done; returns how many they were.
Stepper = Callable[[], int]


def engine(kind: str, device: str, network: str, replicas: int, stack: ExitStack) -> Stepper:
    """Return steps of an engine that trains through time, on sequences that stay the same.

    `sequences` draws fresh ones for each step, as training does.
    """
    from bonsai_compiler.devices.choice import choose_engine
    from bonsai_compiler.training.recipe import Recipe

    on_kernels = kind != "tensors"
    choice = choose_engine("kernel" if on_kernels else "tensor", device)
    from tinygrad import Device
    from tinygrad.helpers import Context

    from bonsai_compiler.training.pool import fresh_pool
    from bonsai_compiler.training.shape import initial_population
    from bonsai_compiler.training.trainer import Pace, Trainer

    stack.enter_context(Context(DEV=choice.device.split(":")[0], PARALLEL=0, TRAINING=1))
    recipe = Recipe(
        replicas=replicas,
        batch=BATCH,
        ticks=TICKS,
        cells=NETWORKS[network],
        # Several steps a call would make the tensor engine's graph several times longer.
        steps=1000 if on_kernels else 1001,
    )
    # What is learned makes no difference to the time.
    machine = shift_register(1, 2)
    shape = recipe.shape(machine)
    trainer = Trainer(choice, shape, machine, recipe, 0, {})
    rng, pace = np.random.default_rng(0), Pace(recipe.learning_rate, recipe.intensity)
    population = fresh_pool(initial_population(shape, replicas, rng))
    # The second call is recorded, the third replays it.
    trainer.train(population, np.ones(2), 3 * trainer.unrolled, lambda _: pace, rng)
    finish = Device[choice.device].synchronize

    def steps() -> int:
        if kind == "sequences":
            for _, traces, _ in trainer.advance(0, 500, lambda _: pace, rng):
                trainer.descent.figures(traces)
            return 500
        trainer.call()
        finish()
        return trainer.unrolled

    return steps


def torch_network(kind: str, network: str, replicas: int) -> Stepper:
    """Return training steps of PyTorch on the CPU: one network on all replicas' sequences."""
    from bonsai_compiler.bench.torch_cell import training_step

    step = training_step(NETWORKS[network], BATCH * replicas, TICKS, compiled=kind == "compiled")
    for _ in range(3):
        step()

    def steps() -> int:
        step()
        return 1

    return steps


def figures(steps: Stepper, seconds: float) -> list[float]:
    """Return milliseconds a step, once for each time that the stepper was asked."""
    times: list[float] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(times) < 2:
        started = time.perf_counter()
        count = steps()
        times.append(1000 * (time.perf_counter() - started) / count)
    return times


def main(words: list[str]) -> None:
    """Serve as the worker that the words name: kind, device, network and replicas."""
    started = time.perf_counter()
    kind, device, network, replicas = words[0], words[1], words[2], int(words[3])
    with ExitStack() as stack:
        measure: Callable[[float], list[float]]
        if kind == "peak":
            from bonsai_compiler.bench.peak import peak

            measure = peak(device)
        else:
            if kind in ("eager", "compiled"):
                steps = torch_network(kind, network, replicas)
            else:
                steps = engine(kind, device, network, replicas, stack)

            def measure(seconds: float) -> list[float]:
                return figures(steps, seconds)

        print(time.perf_counter() - started, flush=True)
        for line in sys.stdin:
            print(*measure(float(line)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
