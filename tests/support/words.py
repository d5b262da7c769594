"""A network whose inputs and outputs are words, compiled once: a lamp that goes on and back."""

from pathlib import Path

import pytest

from bonsai_compiler.driver.build import Result, build
from bonsai_compiler.driver.target import target_of_task
from bonsai_compiler.ir.text import load
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.passes.pipeline import compile_graph
from bonsai_compiler.schedule.origin import Origin
from bonsai_compiler.specification.task_file import load_task

LAMP = '''"""The lamp goes on, or back, through red, amber and green."""

inputs = {"move": ("stay", "go on, please", "back")}
outputs = {"light": ("red", "amber", "green"), "n": range(2, 5)}
start = 0


def step(place, move):
    place = (place + {"stay": 0, "go on, please": 1, "back": 2}[move]) % 3
    return place, (outputs["light"][place], place + 2)
'''
NETWORK = """\
graph lamp
activation ameo = factor 0.2 leak 0.1
port   move in ["stay", "go on, please", "back"] one-hot
port   light in ["red", "amber", "green"] one-hot
port   n in 2..4 thermometer
input  move_0 in {-1, 1}
input  move_1 in {-1, 1}
input  move_2 in {-1, 1}
state  s0 = -1 then r0 near {-1, 0, 1}
neuron h0 = ameo(-0.375)
neuron h1 = ameo(-1.3125*move_1 - 0.6875*move_2 + 1.375*s0)
neuron o0 = ameo(-2.3125*h0 - 1.1875*h1 - 0.625)
neuron o1 = ameo(0.75*h1 + 1*move_1 + 1.375*s0 - 0.75)
neuron o2 = ameo(-1.0625*h1 + 0.5)
neuron o3 = ameo(-0.9375*h1 - 0.3125)
neuron o4 = ameo(-1.0625*h1 + 0.5)
neuron r0 = ameo(-0.6875*h1)
output light_0 = o0
output light_1 = o1
output light_2 = o2
output n_1 = o3
output n_2 = o4
"""
"""Grown for LAMP, as it was after its numbers were rounded."""


@pytest.fixture(scope="session")
def lit(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The folder of results for NETWORK, and LAMP as a file beside it."""
    folder = tmp_path_factory.mktemp("words")
    (folder / "lamp.py").write_text(LAMP)
    target = target_of_task(load_task(folder / "lamp.py"))
    compiled = compile_graph(load(NETWORK), Manager(target.oracle))
    result = build(target, "{}", compiled, folder / "built", Origin(), lambda line: None)
    return folder, result
