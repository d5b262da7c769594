"""Codes of states that begin with the integers that the states remember."""

import numpy as np

from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.specification.machine import minimized, tabulate
from bonsai_compiler.specification.task_file import load_task
from bonsai_compiler.training.memory import remembered
from bonsai_compiler.training.recipe import default_recipes
from bonsai_compiler.training.shape import Shape, initial_population


def machine_of(tasks, name):
    return minimized(tabulate(load_task(tasks / f"{name}.py")))


def test_a_running_maximum_remembers_its_last_output(tasks):
    machine = machine_of(tasks, "mips_ints/max_seen")
    codes = remembered(machine)
    # States are numbered as they are met, here by the maximum; a thermometer of it is nine bits.
    assert codes.tolist() == [
        [1 if maximum >= bit else -1 for bit in range(1, 10)] for maximum in range(10)
    ]


def test_a_comparison_remembers_its_last_input(tasks):
    machine = machine_of(tasks, "mips_ints/previous_equals_current")
    codes = remembered(machine)
    assert codes.shape == (8, 7)
    reached = machine.successor[0]
    assert np.array_equal(codes[reached] > 0, machine.letters)


def test_a_carry_remembers_no_whole_integer_nor_do_bits_alone(tasks):
    assert remembered(machine_of(tasks, "mips_ints/base_3_addition")).shape == (2, 0)
    assert remembered(machine_of(tasks, "delay2")).shape == (4, 0)


def test_every_second_replica_begins_with_what_is_remembered(tasks):
    machine = machine_of(tasks, "mips_ints/max_seen")
    codes = remembered(machine)
    shape = Shape(9, ((4, 0), (6, 12)), 9, Activation("ameo", 0.2, 0.1), machine.size)
    population = initial_population(shape, 6, np.random.default_rng(0), codes)
    field = shape.layout[1].initial_state
    starts = population[:, field.offset : field.end].reshape(6, 10, 12)
    same = (starts[:, :, :9] == codes).all(axis=(1, 2))
    assert same.tolist() == [True, False] * 3
    assert (np.abs(starts) == 1).all()


def test_integers_have_a_recipe_of_their_own(tasks):
    first = default_recipes(machine_of(tasks, "mips_ints/base_7_addition"))[0]
    assert len(first.cells) == 1
    # Twelve bits in and six out, but six and three bits' worth of information.
    assert first.cells[0][0] < 30
