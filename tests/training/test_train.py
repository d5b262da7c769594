"""Growth on fixed seeds with small populations; the engines' values are checked elsewhere."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from documents import TOP
from machines import delay1, delay2, loop3, modulo3

from bonsai_compiler.devices import choice as choosing
from bonsai_compiler.devices.opencl import opencl_devices
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.training import (
    Examples,
    Population,
    Progress,
    Recipe,
    choose_engine,
    default_recipes,
    grow,
    override,
)
from bonsai_compiler.training.pool import Stage, load_stage

SMALL = {"replicas": 16, "batch": 32, "steps": 1000, "prunings": 12}


def same(one: Population, other: Population) -> bool:
    return all(
        (first.cells[0].output_kernel == second.cells[0].output_kernel).all()
        and (first.layers[0].weights == second.layers[0].weights).all()
        for first, second in zip(one.networks, other.networks, strict=True)
    )


class Seen:
    """A report that keeps what it was told, and stops growth at a unit if asked to."""

    def __init__(self, last: int | None = None) -> None:
        self.last = last
        self.progress: list[Progress] = []
        self.stages: list[Stage] = []

    def __call__(self, progress: Progress, stage: Stage) -> bool:
        self.progress.append(progress)
        self.stages.append(stage)
        return len(self.stages) != self.last


def small(machine: Machine, **changes: object) -> Recipe:
    return override(default_recipes(machine)[0], {**SMALL, **changes}, "test")


def test_a_delay_is_learned_pruned_and_repeated() -> None:
    machine = delay2()
    seen = Seen()
    one = grow(machine, small(machine), 0, report=seen)
    assert one.solved >= 1
    assert one.mistakes.shape == one.losses.shape == one.weights.shape == (len(one.networks),)
    assert one.mistakes[0] == 0
    assert one.weights[0] <= 8 < one.weights.max()
    assert one.losses[one.mistakes == 0].max() < 0.5
    phases = [item.row.phase for item in seen.progress]
    assert phases == sorted(phases, key=["sow", "train", "prune", "done"].index)
    assert {"prune", "done"} <= set(phases)
    steps = [item.row.step for item in seen.progress]
    assert steps == sorted(set(steps))
    best = [item.row.weights for item in seen.progress if item.row.weights is not None]
    assert best[-1] < best[0]
    assert one.engine == "kernel"
    assert same(one, grow(machine, small(machine), 0))
    assert not same(one, grow(machine, small(machine), 1))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7])
def test_growth_goes_on_from_a_stage_to_the_same_networks(share: float) -> None:
    machine, seen = delay2(), Seen()
    whole = grow(machine, small(machine), 0, report=seen)
    middle = seen.stages[int(share * len(seen.stages))]
    assert middle.phase != "done"
    rest = Seen()
    resumed = grow(machine, small(machine), 0, stage=load_stage(middle.dump()), report=rest)
    assert same(whole, resumed)
    assert len(whole.networks) == len(resumed.networks)
    assert whole.steps == resumed.steps
    assert rest.stages[0].steps > middle.steps


def test_a_report_can_stop_growth() -> None:
    machine, seen = delay2(), Seen(last=2)
    grow(machine, small(machine), 0, report=seen)
    assert len(seen.stages) == 2


def test_no_inputs_and_rounds() -> None:
    machine = loop3()
    recipe = small(machine, rounds=3, round_steps=5, steps=600)
    seen = Seen()
    population = grow(machine, recipe, 0, report=seen)
    assert population.solved >= 1
    assert [item.row.phase for item in seen.progress][:3] == ["sow", "sow", "train"]
    assert [item.row.step for item in seen.progress][:3] == [5, 10, 15]
    assert [len(stage.pool) for stage in seen.stages][:3] == [16, 16, 16]


def test_what_pruning_takes_away_stays_away() -> None:
    machine, seen = modulo3(), Seen()
    grow(machine, small(machine, cells=((8, 3),), steps=2000, replicas=24), 0, report=seen)
    for stage in seen.stages:
        assert not stage.pool.parameters[~stage.pool.masks].any()
    pruned = [stage for stage in seen.stages if stage.phase in ("prune", "done")]
    assert pruned[-1].pool.masks.sum(1).min() < pruned[0].pool.masks.sum(1).min()
    assert all((stage.pool.mistakes == 0).all() for stage in pruned)


def test_examples_are_learned() -> None:
    def draw(rng: np.random.Generator, batch: int, ticks: int) -> tuple[np.ndarray, np.ndarray]:
        x = rng.choice([-1, 1], (batch, ticks, 2))
        return x, -x[..., :1] * x[..., 1:]

    recipe = Recipe(**SMALL, cells=((4, 0),), ticks=4, factor=0.5)  # type: ignore[arg-type]
    assert grow(Examples(("a", "b"), ("y",), draw), recipe, 0).solved >= 1


def test_a_replica_that_overflows_is_replaced_and_counted() -> None:
    """The others learn on as if nothing had been."""
    machine, seen = delay2(), Seen(last=1)
    recipe = small(machine, round_steps=10)
    grow(machine, recipe, 0, report=seen)
    stage = seen.stages[0]
    spoilt = stage.pool.parameters.copy()
    spoilt[3] = np.nan
    spoilt[5, 0] = np.inf
    broken = replace(stage, phase="train", units=0, pool=replace(stage.pool, parameters=spoilt))
    after = Seen(last=1)
    grow(machine, recipe, 0, stage=broken, report=after)
    pool = after.stages[0].pool
    assert after.stages[0].resets == stage.resets + 2
    assert np.isfinite(pool.parameters).all()
    assert np.isfinite(pool.mistakes).all()
    clean = Seen(last=1)
    whole = replace(stage, phase="train", units=0)
    grow(machine, recipe, 0, stage=whole, report=clean)
    others = [row for row in range(len(pool)) if row not in (3, 5)]
    assert clean.stages[0].phase == after.stages[0].phase == "train"
    assert (clean.stages[0].pool.parameters[others] == pool.parameters[others]).all()


def test_a_rate_beyond_all_measure_spoils_nothing_but_the_result() -> None:
    machine = delay1()
    population = grow(machine, small(machine, learning_rate=10.0, leak=1.0, steps=100), 0)
    assert np.isfinite(population.mistakes).all()
    assert population.mistakes.max() <= 1.0


def test_the_tensor_engine_grows_too() -> None:
    recipe = small(
        delay1(), steps=2, round_steps=2, ticks=2, batch=4, replicas=2, cells=[[2, 1]], prunings=0
    )
    population = grow(delay1(), recipe, 0, engine="tensor", device="python")
    assert (population.engine, len(population.networks)) == ("tensor", 2)


def test_a_wrong_engine_or_device_is_one_line() -> None:
    for arguments, fault in [
        (("quick", None), "there is no engine 'quick'"),
        (("auto", "CL:77"), "there is no device 'CL:77'"),
        (("auto", "abacus"), "there is no device 'abacus'"),
        (("kernel", "PYTHON"), "the kernel engine cannot run on PYTHON"),
    ]:
        with pytest.raises(BonsaiError, match=fault) as caught:
            choose_engine(*arguments)
        assert "\n" not in str(caught.value)


def test_without_opencl_the_tensor_engine_says_that_it_is_slower(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(choosing, "opencl_devices", lambda: ())
    monkeypatch.setattr(choosing, "candidates", lambda: ("PYTHON",))
    choice = choose_engine()
    assert (choice.engine, choice.device) == ("tensor", "PYTHON")
    assert "slower" in str(choice.warning)
    monkeypatch.setattr(choosing, "usable", lambda _: False)
    with pytest.raises(BonsaiError, match="pip install"):
        choose_engine()


BARE = """
import numpy as np
from bonsai_compiler.training import Recipe, grow
from bonsai_compiler.specification.machine import Machine
delay = Machine(("x",), ("y",), np.array([[0, 1], [0, 1]], np.int32),
                np.array([[[-1], [-1]], [[1], [1]]], np.int8), np.ones((2, 2), bool))
population = grow(delay, Recipe(replicas=8, batch=32, steps=500, prunings=1), 0)
assert population.engine == "kernel", population
print("solved", population.solved)
"""


def test_grows_without_compilers_or_a_home_and_beside_another(tmp_path: Path) -> None:
    """Two at once, each without clang, gcc or Graphviz on the path, and with a read-only home."""
    empty = tmp_path / "bin"
    empty.mkdir()
    environment = {
        "PATH": str(empty),
        "HOME": "/dev/null",
        "TMPDIR": str(tmp_path),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    if "OCL_ICD_VENDORS" in os.environ:
        environment["OCL_ICD_VENDORS"] = os.environ["OCL_ICD_VENDORS"]
    assert shutil.which("gcc", path=environment["PATH"]) is None
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", BARE],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [run.communicate(timeout=300) for run in runs]
    for run, (out, trouble) in zip(runs, said, strict=True):
        assert run.returncode == 0, trouble
        assert int(out.split()[1]) >= 1
    assert said[0][0] == said[1][0]


def test_what_needs_no_device_does_not_import_tinygrad() -> None:
    code = (
        "import sys, bonsai_compiler.training as growth; growth.Recipe, growth.override;"
        "assert not {'tinygrad', 'pyopencl'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=TOP)


def test_devices_are_listed_best_first() -> None:
    names = [name for name, _ in choosing.describe_devices()]
    assert names[: len(opencl_devices())] == [device.name for device in opencl_devices()]


def test_a_run_goes_on_from_the_middle_of_any_unit() -> None:
    machine = delay2()
    recipe = small(machine, prunings=2, pruning_steps=250)
    midways: list[Stage] = []

    def pause(stage: Stage) -> bool:
        midways.append(stage)
        return True

    rows = Seen()
    whole = grow(machine, recipe, 0, report=rows, pause=pause)
    chosen = {stage.phase: stage for stage in midways if stage.midway}
    assert chosen.keys() >= {"sow", "prune"}
    for stage in chosen.values():
        rest = Seen()
        resumed = grow(machine, recipe, 0, stage=load_stage(stage.dump()), report=rest)
        assert same(whole, resumed)
        assert rest.progress[-1].rows == rows.progress[-1].rows


def test_growth_that_is_ended_in_its_first_unit_has_networks_that_learned_nothing() -> None:
    machine = delay2()
    asked = iter((True, False))
    ended = grow(machine, small(machine), 0, pause=lambda _: next(asked))
    assert len(ended.networks) == 16
    assert ended.solved == 0
    assert (ended.mistakes == 1.0).all()
    never = grow(machine, small(machine), 0, pause=lambda _: False)
    assert same(ended, never)


def test_networks_are_remembered_as_they_were_while_they_were_pruned() -> None:
    machine = modulo3()
    population = grow(machine, small(machine, cells=((8, 3),), steps=2000, replicas=24), 0)
    pruned, earlier = population.weights[0], population.weights[population.earlier :]
    assert len(earlier)
    assert (population.mistakes[population.earlier :] == 0).all()
    assert pruned < earlier.max() < population.weights[: population.earlier].max()
