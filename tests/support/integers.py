"""A network of small integers, compiled once: addition in base 3, digit by digit."""

from pathlib import Path

import pytest

from bonsai_compiler.driver.build import Result, build
from bonsai_compiler.driver.target import target_of_task
from bonsai_compiler.ir.text import load
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.passes.pipeline import compile_graph
from bonsai_compiler.schedule.origin import Origin
from bonsai_compiler.specification.task_file import load_task

ADDITION = '''"""The digits of a + b in base 3, lowest first."""

inputs = {"a": range(3), "b": range(3)}
outputs = {"s": range(3)}
start = 0


def step(carry, a, b):
    total = a + b + carry
    return total // 3, total % 3
'''
NETWORK = """\
graph addition
activation ameo = factor 0.2 leak 0.1
port   a in 0..2 thermometer
port   b in 0..2 thermometer
port   s in 0..2 thermometer
input  a_1 in {-1, 1}
input  a_2 in {-1, 1}
input  b_1 in {-1, 1}
input  b_2 in {-1, 1}
state  s0 = 1 then r0 near {-1, 1}
neuron o11 = ameo(-0.5*a_2 - 0.5*b_2)
neuron o23 = ameo(0.5*a_1 + 0.375*a_2 + 0.375*b_1 - 0.5)
neuron o24 = ameo(-1*a_1 - 1.5*o11 - 0.625*b_1 + 0.75*s0 + 0.375)
neuron o36 = ameo(-0.5*a_1 - 1.375*o11 - 0.625*b_1 + 0.75*s0 - 0.375)
neuron r0 = ameo(0.5*b_2 - 1*o23 - 0.25*s0 + 0.25)
neuron d0 = linear(-1*o36)
neuron d1 = linear(-1*o24)
output s_1 = d0
output s_2 = d1
"""
"""Grown for ADDITION, as it was after its numbers were rounded; s0 is "no carry"."""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The folder of results for NETWORK, and ADDITION as a file beside it."""
    folder = tmp_path_factory.mktemp("integers")
    (folder / "addition.py").write_text(ADDITION)
    target = target_of_task(load_task(folder / "addition.py"))
    compiled = compile_graph(load(NETWORK), Manager(target.oracle))
    result = build(target, "{}", compiled, folder / "built", Origin(), lambda line: None)
    return folder, result
