"""Growth on fixed seeds with small populations; the engines' values are checked elsewhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from machines import delay1, delay2, loop3

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth import (
    Examples,
    Population,
    Progress,
    Recipe,
    choose_engine,
    default_recipe,
    grow,
    override,
)
from bonsai_compiler.growth import choice as choosing
from bonsai_compiler.growth.opencl import opencl_devices

SMALL = {"replicas": 8, "batch": 32, "steps": 300, "rounds": 1}


def same(one: Population, other: Population) -> bool:
    return all(
        (first.cells[0].output_kernel == second.cells[0].output_kernel).all()
        and (first.layers[0].weights == second.layers[0].weights).all()
        for first, second in zip(one.networks, other.networks, strict=True)
    )


def test_a_delay_is_learned_twice_alike_and_reported() -> None:
    machine = delay2()
    recipe = override(default_recipe(machine), SMALL, "test")
    seen: list[Progress] = []
    one = grow(machine, recipe, 0, report=seen.append)
    assert one.solved >= 1
    assert one.mistakes.shape == one.losses.shape == one.regularisation.shape == (8,)
    assert one.losses[one.mistakes == 0].max() < 0.5
    assert [(item.step, item.steps) for item in seen] == [(100, 300), (200, 300), (300, 300)]
    assert seen[-1].solved == one.solved
    assert one.engine == "kernel"
    assert same(one, grow(machine, recipe, 0))
    assert not same(one, grow(machine, recipe, 1))


def test_no_inputs_and_rounds() -> None:
    machine = loop3()
    changes = {**SMALL, "rounds": 3, "round_steps": 100, "steps": 200, "replicas": 16}
    seen: list[Progress] = []
    population = grow(
        machine, override(default_recipe(machine), changes, "test"), 0, report=seen.append
    )
    assert len(population.networks) == 16
    assert population.solved >= 1
    assert [item.step for item in seen] == list(range(100, 100 * len(seen) + 1, 100))
    assert seen[-1].step == seen[-1].steps


def test_examples_are_learned() -> None:
    def draw(rng: np.random.Generator, batch: int, ticks: int) -> tuple[np.ndarray, np.ndarray]:
        x = rng.choice([-1, 1], (batch, ticks, 2))
        return x, -x[..., :1] * x[..., 1:]

    recipe = Recipe(**SMALL, cells=((4, 0),), ticks=4)  # type: ignore[arg-type]
    assert grow(Examples(("a", "b"), ("y",), draw), recipe, 0).solved >= 1


def test_a_replica_that_overflows_counts_as_unsolved() -> None:
    recipe = override(
        default_recipe(delay1()), {**SMALL, "learning_rate": 10.0, "leak": 1.0}, "test"
    )
    population = grow(delay1(), override(recipe, {"steps": 100}, "test"), 0)
    assert population.mistakes.max() <= 1.0
    assert np.isfinite(population.mistakes).all()


def test_the_tensor_engine_grows_too() -> None:
    recipe = override(
        default_recipe(delay1()), {**SMALL, "steps": 2, "ticks": 2, "batch": 4}, "test"
    )
    recipe = override(recipe, {"replicas": 2, "cells": [[2, 1]]}, "test")
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
from bonsai_compiler.growth import Recipe, grow
from bonsai_compiler.machine import Machine
delay = Machine(("x",), ("y",), np.array([[0, 1], [0, 1]], np.int32),
                np.array([[[-1], [-1]], [[1], [1]]], np.int8), np.ones((2, 2), bool))
population = grow(delay, Recipe(replicas=8, batch=32, steps=200, rounds=1), 0)
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
        "import sys, bonsai_compiler.growth as growth; growth.Recipe, growth.override;"
        "assert not {'tinygrad', 'pyopencl'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent.parent)


def test_devices_are_listed_best_first() -> None:
    names = [name for name, _ in choosing.describe_devices()]
    assert names[: len(opencl_devices())] == [device.name for device in opencl_devices()]
