"""Whether networks are right on every row of a table, however many rows that are."""

from dataclasses import replace

import numpy as np
import pytest

from bonsai_compiler.growth.architecture import Architecture, initial_population
from bonsai_compiler.growth.evaluation import are_exact, mistakes, results
from bonsai_compiler.growth.table import Table
from bonsai_compiler.ir.activation import Activation

ROWS = 400


@pytest.mark.parametrize("fault", [None, 0, 63, 64, 319, 320, ROWS - 1])
def test_one_wrong_row_wherever_it_stands_makes_a_network_wrong(fault: int | None) -> None:
    rng = np.random.default_rng(0)
    architecture = Architecture(2, 0, 4, 1, Activation("ameo", 0.2, 0.1))
    population = initial_population(architecture, 6, rng)
    codes = np.zeros((6, 1, 0), np.float32)
    nowhere = np.zeros(ROWS, np.int32)
    x = rng.normal(size=(ROWS, 2)).astype(np.float32)
    table = Table(x, np.zeros((ROWS, 1), np.float32), nowhere, nowhere - 1, 1)
    y = np.sign(results(architecture, population[[0]], codes[[0]], table)[0])
    if fault is not None:
        y[fault] *= -1
    table = replace(table, y=y.astype(np.float32))
    found = are_exact(architecture, population, codes, table)
    shares = mistakes(architecture, population, codes, table)
    assert found.tolist() == (shares == 0.0).tolist()
    assert found[0] == (fault is None)
