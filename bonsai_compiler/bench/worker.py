"""One worker of `bench growth`, in a process of its own; it answers each line with one of numbers.

With `steps` it gets ready and says how many seconds that took, and what its networks' losses are
after a few steps. For each line of seconds that it then reads, it steps for so long and answers
with milliseconds a step (the peak: with GFLOP/s). With `first` it trains until a network is exact,
and says how many seconds after a given time each stage was over.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import numpy as np

from bonsai_compiler.bench.regression import Regression, regression
from bonsai_compiler.growth.architecture import Population
from bonsai_compiler.growth.descent import DECAYS, SMALLEST, Descent, lesson_of
from bonsai_compiler.growth.evaluation import mistakes

CHECKED = 10
"""After so many steps the losses of all are compared."""

LAUNCH = 250
"""How many steps are taken before it is looked which networks are exact, as growing does."""

# Takes so many steps, and returns the losses on the last one once they are done.
Steps = Callable[[int], Any]

# Returns the networks as they are now.
Reader = Callable[[], Population]


def our_engine(given: Regression, device: str, stack: ExitStack, name: str) -> tuple[Steps, Reader]:
    """Return the steps of the kernel, or of tinygrad's tensors as they check it."""
    from bonsai_compiler.devices.choice import choose_engine

    choice = choose_engine(name, device)
    from bonsai_compiler.growth.descent import TensorDescent
    from bonsai_compiler.growth.kernel_descent import KernelDescent

    descent: Descent = TensorDescent(choice.device)
    if choice.engine == "kernel":
        assert choice.opencl is not None
        descent = KernelDescent(choice.opencl)
    learners = given.learners

    def steps(count: int) -> Any:
        nonlocal learners
        learners, losses = descent.descend(
            given.architecture, learners, given.table, given.order(count), given.pace
        )
        return losses

    return steps, lambda: learners.parameters


def recorded_tensors(given: Regression, device: str, stack: ExitStack) -> tuple[Steps, Reader]:
    """Return steps of tinygrad that are recorded once and replayed, Adam among them."""
    from bonsai_compiler.devices.choice import choose_engine

    choice = choose_engine("tensor", device)
    from tinygrad import Device, Tensor, TinyJit
    from tinygrad.helpers import Context

    from bonsai_compiler.growth.descent import TensorDescent

    plain = TensorDescent(choice.device)
    stack.enter_context(Context(DEV=choice.device.split(":")[0], PARALLEL=0))

    def tensor(values: Any) -> Tensor:
        return Tensor(np.array(values, np.float32), device=choice.device).realize()

    learners, shape = given.learners, given.architecture
    lesson = lesson_of(shape, learners.codes, given.table, given.order(1)[0]).of(tensor)
    weights, masks = tensor(learners.parameters).is_param_(), tensor(learners.masks)
    first, second, powers = tensor(learners.first), tensor(learners.second), tensor([1.0, 1.0])
    decays = tensor(DECAYS)

    def step() -> Tensor:
        losses = plain.loss(shape, weights, lesson)
        gradient = losses.sum().gradient(weights)[0]
        slope = masks * (gradient + given.pace.pull * (weights < 0).where(-1.0, 1.0))
        moved = first.assign(DECAYS[0] * first + (1 - DECAYS[0]) * slope)
        spread = second.assign(DECAYS[1] * second + (1 - DECAYS[1]) * slope * slope)
        left = powers.assign(powers * decays)
        size = (spread / (1 - left[1])).sqrt() + SMALLEST
        after = weights.assign(weights - given.pace.rate / (1 - left[0]) * moved / size)
        Tensor.realize(losses, moved, spread, left, after)
        return losses

    replay = TinyJit(step)

    def steps(count: int) -> Any:
        for _ in range(count):
            losses = replay()
        Device[choice.device].synchronize()
        return losses.numpy()

    return steps, weights.numpy


def pytorch(given: Regression, *, compiled: bool) -> tuple[Steps, Reader]:
    """Return steps of PyTorch."""
    from bonsai_compiler.bench.torch_descent import TorchDescent

    descent = TorchDescent(given, compiled=compiled)

    def steps(count: int) -> Any:
        for _ in range(count):
            losses = descent.step()
        return losses.numpy()

    return steps, descent.parameters


def engine(kind: str, device: str, given: Regression, stack: ExitStack) -> tuple[Steps, Reader]:
    """Return the steps of an engine: its name, and for PyTorch how it is fed."""
    name, _, form = kind.partition("-")
    if form == "one":
        given = given.one()
    match name:
        case "kernel" | "tensor":
            return our_engine(given, device, stack, name)
        case "recorded":
            return recorded_tensors(given, device, stack)
        case _:
            return pytorch(given, compiled=name == "compiled")


def milliseconds(steps: Steps, seconds: float, count: int) -> list[float]:
    """Return milliseconds a step, once for each time that so many were asked for."""
    times: list[float] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(times) < 2:
        started = time.perf_counter()
        steps(count)
        times.append(1000 * (time.perf_counter() - started) / count)
    return times


def served(kind: str, device: str, network: str, replicas: int) -> None:
    """Get ready, say after how long and with which losses, and step when asked."""
    started = time.perf_counter()
    with ExitStack() as stack:
        measure: Callable[[float], list[float]]
        losses: list[float] = []
        if kind == "peak":
            from bonsai_compiler.bench.peak import peak

            measure = peak(device)
        else:
            steps, _ = engine(kind, device, regression(network, replicas), stack)
            losses = steps(CHECKED).tolist()
            count = LAUNCH if kind == "kernel" else 1

            def measure(seconds: float) -> list[float]:
                return milliseconds(steps, seconds, count)

            # What is recorded at a second call, and buffers that change hands, belong to no step.
            measure(0.0)
        print(time.perf_counter() - started, *losses, flush=True)
        for line in sys.stdin:
            print(*measure(float(line)), flush=True)


def first_exact(began: float, kind: str, device: str, network: str, replicas: int) -> None:
    """Train from the beginning, and say when all is imported, ready, and a network exact."""
    with ExitStack() as stack:
        given = regression(network, replicas, pruning=False)
        loaded = time.time()
        steps, networks = engine(kind, device, given, stack)
        steps(1)
        ready, codes, taken = time.time(), given.learners.codes, 1
        wrong = np.ones(replicas)
        while wrong.min() > 0 and taken < 40 * LAUNCH:
            steps(LAUNCH)
            taken += LAUNCH
            wrong = mistakes(given.architecture, networks(), codes, given.table)
        print(*(stage - began for stage in (loaded, ready, time.time())), taken, wrong.min())


if __name__ == "__main__":
    mode, *words = sys.argv[1:]
    if mode == "first":
        first_exact(float(words[0]), words[1], words[2], words[3], int(words[4]))
    else:
        served(words[0], words[1], words[2], int(words[3]))
