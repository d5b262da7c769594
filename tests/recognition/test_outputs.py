"""What is said of outputs is so, and what is not so is refuted; and how it is said."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from machines import tabulate

from bonsai_compiler.ir.expression import TRUE, negated
from bonsai_compiler.recognition.component import Structure
from bonsai_compiler.recognition.outputs import claim_holds, output_claims, wanted_outputs
from bonsai_compiler.recognition.recognise import structure_of
from bonsai_compiler.recognition.sentences import sentences
from bonsai_compiler.specification.machine import Machine, minimized

GATES = ("x1 XOR x2", "x1 AND x2", "x1 NOR x2", "x1 NAND x2")


def gates(mode: int, change: bool, one: bool, other: bool) -> tuple[int, bool]:
    mode = (mode + change) % 4
    both, neither = one and other, not one and not other
    return mode, (one != other, both, neither, not both)[mode]


SAID: dict[str, tuple[Machine, list[str]]] = {
    "gates in turn": (
        tabulate(gates, 0, 3),
        [
            "All that it remembers is count, a number from 0 to 3.",
            "count counts the ticks on which x0 is True, and after 3 comes 0 again.",
            "y0 is x1 XOR x2 while the new count is 0, x1 AND x2 for 1, x1 NOR x2 for 2, "
            "and x1 NAND x2 for 3.",
        ],
    ),
    "an adder": (
        tabulate(lambda c, a, b: (c + a + b > 1, (c + a + b) % 2 == 1), False, 2),
        [
            "All that it remembers is a bit, carry.",
            "carry becomes True when at least two of carry, x0 and x1 are True, and else False.",
            "y0 is True when an odd number of carry, x0 and x1 are True.",
        ],
    ),
    "brackets": (
        tabulate(
            lambda n, a: (n - 1 if a else n + 1, n - 2 * a + 1 == 0),
            0,
            1,
            legal=lambda n, a: n > 0 if a else n < 4,
        ),
        [
            "All that it remembers is depth, a number from 0 to 4.",
            "depth goes down by one when x0 is True, and goes up by one when x0 is False.",
            "y0 is True when the new depth is 0.",
        ],
    ),
    "every third": (
        tabulate(lambda n, a: ((n + a) % 3, n == 2 and a), 0, 1),
        [
            "All that it remembers is count, a number from 0 to 2.",
            "count counts the ticks on which x0 is True, and after 2 comes 0 again.",
            "y0 is True when count is 2 and x0 is True.",
        ],
    ),
    "no memory": (
        tabulate(lambda n, a, b: (n, a != b), 0, 2),
        [
            "It remembers nothing: what comes out depends on the inputs of the same tick alone.",
            "y0 is x0 XOR x1.",
        ],
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_known_machines_in_words(name: str) -> None:
    machine, expected = SAID[name]
    assert list(sentences(structure_of(minimized(machine)), {})) == expected


def test_which_states_of_a_network_hold_it_is_said() -> None:
    machine, _ = SAID["gates in turn"]
    told = sentences(structure_of(minimized(machine)), {"count": ("s0", "s1")})
    assert told[1].endswith("In the network, s0 and s1 hold it.")


def test_what_has_no_structure_is_said_to_have_none() -> None:
    rng = np.random.default_rng(7)
    shape = 24, 4
    machine = Machine(
        ("a", "b"),
        ("y", "z"),
        rng.integers(0, shape[0], shape).astype(np.int32),
        rng.choice(np.array([-1, 1], np.int8), (*shape, 2)),
        np.ones(shape, dtype=bool),
    )
    smaller = minimized(machine)
    assert sentences(structure_of(smaller), {}) == (
        f"It has {smaller.size} states, and no structure was recognised in them.",
        "What y and z are was not recognised.",
    )


def structures() -> st.SearchStrategy[Structure]:
    """Structures of small machines, with outputs of whatever kind."""

    def drawn(seed: int) -> Structure:
        rng = np.random.default_rng(seed)
        size, inputs = int(rng.integers(1, 5)), int(rng.integers(0, 3))
        adds = rng.integers(0, size, 2**inputs)
        states = np.arange(size)[:, None]
        shape = size, 2**inputs
        machine = Machine(
            tuple(f"x{place}" for place in range(inputs)),
            ("y",),
            ((states + adds) % size).astype(np.int32),
            rng.choice(np.array([-1, 0, 1], np.int8), (*shape, 1), p=(0.45, 0.1, 0.45)),
            np.ones(shape, dtype=bool),
        )
        return structure_of(minimized(machine))

    return st.integers(0, 2**32 - 1).map(drawn)


@given(structures())
@settings(max_examples=60, deadline=None)
def test_every_claim_on_an_output_holds_and_its_contrary_does_not(structure: Structure) -> None:
    for (_, claim), (_, wanted) in zip(
        output_claims(structure), wanted_outputs(structure.machine), strict=True
    ):
        assert wanted is not None
        if claim is None:
            continue
        assert claim_holds(claim, wanted, structure)
        if (wanted.labels >= 0).any():
            opposite = [replace(case, expression=negated(case.expression)) for case in claim.cases]
            assert not claim_holds(replace(claim, cases=tuple(opposite)), wanted, structure)


def test_a_claim_that_leaves_a_value_out_does_not_hold() -> None:
    machine, _ = SAID["gates in turn"]
    structure = structure_of(minimized(machine))
    ((_, claim),), ((_, wanted),) = output_claims(structure), wanted_outputs(structure.machine)
    assert claim is not None
    assert wanted is not None
    assert claim_holds(claim, wanted, structure)
    assert not claim_holds(replace(claim, cases=claim.cases[1:]), wanted, structure)
    broken = replace(claim.cases[0], expression=TRUE)
    assert not claim_holds(replace(claim, cases=(broken, *claim.cases[1:])), wanted, structure)
    assert len(claim.cases) == len(GATES)
