"""One training step (forward, backward, update) of each engine and of PyTorch, side by side.

All train the same small network (1 input, 4 outputs, 2 states) on sequences of 20 ticks: the
kernels as a population, the others also as one network with as many sequences in its batch, and
with the article's batch of 1,024. Ratios are counted per sequence. Each contestant runs in a
process of its own, so that one's threads and caches do not bear on another.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from bonsai_compiler.machine import Machine

REPLICAS, BATCH, TICKS = 64, 64, 20
SEQUENCES, FEWER = REPLICAS * BATCH, 1024
CELLS = ((4, 2),)


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds a step, and the seconds until the first step was done."""

    step: float
    start: float


def main(words: Sequence[str]) -> None:
    """Print a table of medians, and how many times faster the kernels are than each."""
    parser = argparse.ArgumentParser(prog="bonsaic bench growth")
    parser.add_argument("--device", help="OpenCL device of the kernels, such as CL or CL:1")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each is measured")
    parser.add_argument("--only", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args(words)
    if chosen.only:
        kind, device, sequences = chosen.only
        print(*MEASURES[kind](kind, device, int(sequences), chosen.seconds))
        return
    from bonsai_compiler.growth.choice import choose_engine

    choice = choose_engine("kernel", chosen.device)
    print(f"OpenCL {choice.description}; medians")
    print()
    print("| engine | sequences | ms a step | kernels are faster by | s to first step |")
    print("|---|---|---|---|---|", flush=True)
    base = 0.0
    for name, kind, place, sequences in contestants(choice.device):
        try:
            found = measure(kind, place, sequences, chosen.seconds)
        except RuntimeError as fault:
            print(f"| {name} | {sequences} | {fault} | | |", flush=True)
            continue
        each = found.step / sequences
        base = base or each
        cells = f"{found.step:.2f} | {each / base:.1f} | {found.start:.1f}"
        print(f"| {name} | {sequences} | {cells} |", flush=True)


def contestants(device: str) -> list[tuple[str, str, str, int]]:
    """Return (name, kind, device, sequences) of each, the kernels first."""
    from bonsai_compiler.growth.choice import device_names

    many = f"{REPLICAS} replicas x {BATCH}"
    rows = [
        (f"kernels on {device}, {many}", "kernels", device, SEQUENCES),
        ("the same, and drawing the sequences", "growth", device, SEQUENCES),
    ]
    others = [name for name in device_names() if not name.startswith("CL")]
    for place in dict.fromkeys((device, *others, "CPU")):
        tensors = f"tinygrad tensors on {place}"
        rows.append((f"{tensors}, {many}", "population", place, SEQUENCES))
        rows += [(f"{tensors}, one network", "network", place, n) for n in (SEQUENCES, FEWER)]
    for kind in ("eager", "compiled"):
        rows += [(f"PyTorch {kind}, one network", kind, "cpu", n) for n in (SEQUENCES, FEWER)]
    return rows


def measure(kind: str, device: str, sequences: int, seconds: float) -> Measured:
    """Return what a fresh process measures; raises RuntimeError with a plain reason."""
    if kind in ("population", "network") and device == "CPU" and not shutil.which("clang"):
        raise RuntimeError("skipped: tinygrad's CPU device needs clang")
    if kind in ("eager", "compiled") and find_spec("torch") is None:
        raise RuntimeError("skipped: torch is not installed")
    command = [sys.executable, "-m", "bonsai_compiler.cli", "bench", "growth"]
    command += ["--seconds", str(seconds), "--only", kind, device, str(sequences)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        ended = f"the process ended with {done.returncode}"
        reason = (done.stderr.strip().splitlines() or [ended])[-1]
        raise RuntimeError(f"failed: {reason[:100]}")
    step, start = done.stdout.split()[-2:]
    return Measured(float(step), float(start))


def median(step: Callable[[], int], finish: Callable[[], object], seconds: float) -> float:
    """Return the median milliseconds of one step; `step` takes some and returns how many."""
    times: list[float] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(times) < 5:
        started = time.perf_counter()
        count = 0
        while count < 5:
            count += step()
        finish()
        times.append(1000 * (time.perf_counter() - started) / count)
    return statistics.median(times)


def of_engine(kind: str, device: str, sequences: int, seconds: float) -> tuple[float, float]:
    """Return milliseconds a step and seconds to the first, of one of growth's engines."""
    started = time.perf_counter()
    from bonsai_compiler.growth.choice import choose_engine
    from bonsai_compiler.growth.recipe import Recipe

    on_kernels = kind in ("kernels", "growth")
    choice = choose_engine("kernel" if on_kernels else "tensor", device)
    from tinygrad import Device
    from tinygrad.helpers import Context

    from bonsai_compiler.growth.batches import Pace
    from bonsai_compiler.growth.pool import fresh_pool
    from bonsai_compiler.growth.shape import initial_population
    from bonsai_compiler.growth.trainer import Trainer

    replicas = 1 if kind == "network" else REPLICAS
    # Ten steps a call would make the tensor engine's graph, thousands of kernels, ten times longer.
    steps = 1000 if on_kernels else 1001
    recipe = Recipe(
        replicas=replicas,
        batch=sequences // replicas,
        ticks=TICKS,
        cells=CELLS,
        steps=steps,
        curriculum=(),
    )
    with Context(DEV=choice.device.split(":")[0], PARALLEL=0, TRAINING=1):
        shape = recipe.shape(_delay())
        trainer = Trainer(choice, shape, _delay(), recipe, 0, {})
        rng, pace = np.random.default_rng(0), Pace(recipe.learning_rate, recipe.intensity)
        population = initial_population(shape, replicas, rng)
        # The second call is recorded, the third replays it.
        trainer.train(fresh_pool(population), np.ones(2), 3 * trainer.unrolled, lambda _: pace, rng)
        start = time.perf_counter() - started

        def step() -> int:
            if kind == "growth":
                trainer.advance(0, 100, lambda _: pace, rng)
                return 100
            trainer.call()
            return trainer.unrolled

        return median(step, Device[choice.device].synchronize, seconds), start


def of_torch(kind: str, device: str, sequences: int, seconds: float) -> tuple[float, float]:
    """Return milliseconds a step and seconds to the first, of PyTorch on the CPU."""
    started = time.perf_counter()
    from bonsai_compiler.bench.torch_cell import training_step

    step = training_step(CELLS[0], sequences, TICKS, compiled=kind == "compiled")
    for _ in range(3):
        step()
    start = time.perf_counter() - started

    def one() -> int:
        step()
        return 1

    return median(one, lambda: None, seconds), start


def _delay() -> Machine:
    """The two-tick delay; what is learned makes no difference to the time."""
    state = np.arange(4)[:, None]
    successor = (2 * state + np.arange(2) & 3).astype(np.int32)
    output = np.repeat((state & 2) - 1, 2, 1)[..., None].astype(np.int8)
    return Machine(("x",), ("y",), successor, output, np.ones((4, 2), bool))


MEASURES: dict[str, Callable[[str, str, int, float], tuple[float, float]]] = {
    "kernels": of_engine,
    "growth": of_engine,
    "population": of_engine,
    "network": of_engine,
    "eager": of_torch,
    "compiled": of_torch,
}
