"""Run emitted programs as a user would, and hold them against the interpreter."""

from inspect import isgeneratorfunction
from itertools import product

import numpy as np
from strategies import module, outputs_of, outputs_of_each, random_bits


def answers(program, sequence):
    """What a program's generator yields, each tick as a tuple."""
    function = next(value for value in program.values() if isgeneratorfunction(value))
    width = sequence.shape[1]
    letters = [tuple(row) if width > 1 else row[0] if row else None for row in sequence.tolist()]
    given = list(function(iter(letters)))
    return [item if isinstance(item, tuple) else (item,) for item in given]


def stepped(program, sequence):
    """What a program's `step` answers, each tick as a tuple."""
    state, given = program["start"], []
    for bits in sequence.tolist():
        state, result = program["step"](state, *bits)
        given.append(result if isinstance(result, tuple) else (result,))
    return given


def check_program(graph, text, ticks=40):
    """Hold a program against the interpreter on all short sequences and a long one."""
    program, width = module(text), len(graph.inputs)
    short = {0: 4, 1: 5, 2: 2}[width]
    alphabet = product((False, True), repeat=width)
    sequences = np.array(list(product(alphabet, repeat=short)), dtype=bool)

    long = random_bits(ticks, width)
    expected = [*outputs_of_each(graph, sequences), outputs_of(graph, long)]
    for sequence, wanted in zip([*sequences, long], expected, strict=True):
        for found in (stepped(program, sequence), answers(program, sequence)):
            assert found == wanted
            assert all(type(value) is bool for row in found for value in row)
