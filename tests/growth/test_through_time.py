"""Growth from sequences on fixed seeds, with small populations; and what it runs on."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from documents import TOP
from growing import Seen, texts
from machines import delay1, delay2, loop3

from bonsai_compiler.devices import choice as choosing
from bonsai_compiler.devices.choice import choose_engine
from bonsai_compiler.devices.opencl import opencl_devices
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.grow import grow
from bonsai_compiler.growth.progress import Population
from bonsai_compiler.growth.recipe import Recipe, through_time
from bonsai_compiler.growth.sequences import Examples, SequenceLessons
from bonsai_compiler.growth.stage import load_stage
from bonsai_compiler.specification.machine import Machine


def lessons(source: Machine | Examples, recipe: Recipe) -> SequenceLessons:
    return SequenceLessons(source, recipe.ticks, {}, 0)


def small(source: Machine | Examples, **changes: object) -> Recipe:
    recipe = through_time(source)
    few = {
        "replicas": 16,
        "batch": 32,
        "steps": 1000,
        "prunings": 12,
        "pruning_steps": 50,
        "states": 4,
        "hidden": 6,
    }
    return replace(recipe, **{**few, **changes})  # type: ignore[arg-type]


@lru_cache
def delayed() -> tuple[Population, Seen]:
    recipe, seen = small(delay2()), Seen()
    return grow(lessons(delay2(), recipe), (), recipe, 0, report=seen), seen


def test_a_delay_is_learned_pruned_and_repeated() -> None:
    one, seen = delayed()
    assert one.solved >= 1
    assert one.mistakes[0] == 0
    phases = [item.row.phase for item in seen.progress]
    assert phases == sorted(phases, key=["train", "prune", "done"].index)
    steps = [item.row.step for item in seen.progress]
    assert steps == sorted(set(steps))
    best = [item.row.weights for item in seen.progress if item.row.weights is not None]
    assert best[-1] < best[0]
    assert seen.progress[0].row.regularisation > 0
    assert not one.networks[0].cells[0].levels
    recipe = small(delay2())
    assert texts(grow(lessons(delay2(), recipe), (), recipe, 0)) == texts(one)
    assert texts(grow(lessons(delay2(), recipe), (), recipe, 1)) != texts(one)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_growth_goes_on_from_a_stage_to_the_same_networks(share: float) -> None:
    whole, seen = delayed()
    middle = seen.stages[int(share * (len(seen.stages) - 1))]
    assert middle.phase != "done"
    recipe, rest = small(delay2()), Seen()
    stage = load_stage(middle.dump())
    resumed = grow(lessons(delay2(), recipe), (), recipe, 0, stage=stage, report=rest)
    assert texts(resumed) == texts(whole)
    assert resumed.steps == whole.steps
    assert rest.progress[-1].rows == seen.progress[-1].rows


def test_without_inputs_and_of_examples() -> None:
    recipe = small(loop3())
    assert grow(lessons(loop3(), recipe), (), recipe, 0).solved >= 1

    def draw(rng: np.random.Generator, batch: int, ticks: int) -> tuple[np.ndarray, np.ndarray]:
        x = rng.choice([-1, 1], (batch, ticks, 2))
        return x, -x[..., :1] * x[..., 1:]

    examples = Examples(("a", "b"), ("y",), draw)
    recipe = small(examples, states=0, ticks=4)
    assert grow(lessons(examples, recipe), (), recipe, 0).solved >= 1


def test_replicas_that_overflow_spoil_nothing_but_the_result() -> None:
    recipe = small(delay1(), learning_rate=10.0, leak=1.0, steps=100)
    population = grow(lessons(delay1(), recipe), (), recipe, 0)
    assert np.isfinite(population.mistakes).all()
    assert population.mistakes.max() <= 1.0


def test_the_tensor_engine_grows_too() -> None:
    recipe = small(delay1(), steps=1, ticks=2, batch=2, replicas=2, hidden=2, states=1)
    source = lessons(delay1(), recipe)
    recipe = replace(recipe, prunings=0, generations=1)
    population = grow(source, (), recipe, 0, engine="tensor", device="python")
    assert (population.engine, population.steps) == ("tensor", 1)
    assert len(population.networks) >= 1


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
from bonsai_compiler.growth.grow import grow
from bonsai_compiler.growth.recipe import Recipe
from bonsai_compiler.growth.table import table_of
from bonsai_compiler.specification.machine import Machine
delay = Machine(("x",), ("y",), np.array([[0, 1], [0, 1]], np.int32),
                np.array([[[-1], [-1]], [[1], [1]]], np.int8), np.ones((2, 2), bool))
population = grow(table_of(delay), (), Recipe(replicas=8, generations=1, prunings=1), 0)
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
        "import sys, bonsai_compiler.growth.overrides, bonsai_compiler.schedule.search;"
        "assert not {'tinygrad', 'pyopencl'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=TOP)


def test_devices_are_listed_best_first() -> None:
    names = [name for name, _ in choosing.describe_devices()]
    assert names[: len(opencl_devices())] == [device.name for device in opencl_devices()]
