"""What is recognised in machines is there: known ones by what they are, and any by evaluation."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from machines import tabulate

from bonsai_compiler.ir.expression import Constant
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.recognition.component import Structure, holds
from bonsai_compiler.recognition.recognise import structure_of
from bonsai_compiler.specification.machine import Machine, minimized

Step = Callable[..., tuple[Any, Any]]


def whole_numbers(step: Step, start: Hashable, values: int) -> Machine:
    """Return the machine of a step that takes an integer x of 0 to `values` - 1."""
    states = [start]
    successor, output = [], []
    for state in states:
        reached = [step(state, x) for x in range(values)]
        states += dict.fromkeys(after for after, _ in reached if after not in states)
        successor.append([states.index(after) for after, _ in reached])
        output.append([[1 if value else -1] for _, value in reached])
    port = Port("x", 0, values - 1, "thermometer")
    shape = len(states), values
    return Machine(
        port.bits,
        ("y",),
        np.array(successor, np.int32),
        np.array(output, np.int8),
        np.ones(shape, dtype=bool),
        ports=(port,),
    )


def stored(bits: tuple[bool, bool], write: bool, which: bool, value: bool) -> tuple[Any, Any]:
    low, high = bits
    after = bits if not write else (low, value) if which else (value, high)
    return after, bits[which]


def copied(bits: tuple[bool, bool], copy: bool, to: bool, value: bool) -> tuple[Any, Any]:
    low, high = bits
    target, given = (value, bits[to]) if copy else (to, value)
    return ((low, given) if target else (given, high)), given


KNOWN: dict[str, tuple[Machine, list[str]]] = {
    "a counter with reset": (
        tabulate(lambda n, a, r: (0 if r else (n + a) % 5, n == 3), 0, 2),
        ["count = 0 if x1 else (count + x0) % 5"],
    ),
    "a counter up and down": (
        tabulate(lambda n, a, b: ((n + a - b) % 7, n == 3), 0, 2),
        ["count = (count + x0 - x1) % 7"],
    ),
    "a depth with ends": (
        tabulate(lambda n, a: (min(n + 1, 4) if a else max(n - 1, 0), n == 2), 0, 1),
        ["depth = min(max(depth + 1 if x0 else depth - 1, 0), 4)"],
    ),
    "a depth with a legal part": (
        tabulate(
            lambda n, a: (n + 1 - 2 * a, n == 1),
            0,
            1,
            legal=lambda n, a: n > 0 if a else n < 5,
        ),
        ["depth = depth - 1 if x0 else depth + 1"],
    ),
    "how long ago": (
        tabulate(lambda n, a: (0 if a else min(n + 1, 4), n == 4), 0, 1),
        ["count = 0 if x0 else min(count + 1, 4)"],
    ),
    "three at a time, for ever": (
        tabulate(lambda n, a: (3 if n == 3 else n + 1 if a else 0, n == 3), 0, 1),
        ["count = 3 if count == 3 else count + 1 if x0 else 0"],
    ),
    "a shift register": (
        tabulate(lambda s, a: ((*s[1:], a), s[0]), (False, False, False), 1),
        ["previous_x0 = x0", "x0_2_ago = previous_x0", "x0_3_ago = x0_2_ago"],
    ),
    "what was seen": (tabulate(lambda s, a: (s or a, s), False, 1), ["seen_x0 = seen_x0 or x0"]),
    "parity": (tabulate(lambda s, a: (s != a, s), False, 1), ["parity = parity != x0"]),
    "two parities": (
        tabulate(lambda s, a, b: ((s[0] != a, s[1] != b), s == (True, False)), (False, False), 2),
        ["parity_x0 = parity_x0 != x0", "parity_x1 = parity_x1 != x1"],
    ),
    "a counter beside a latch": (
        tabulate(lambda s, a, b: (((s[0] + a) % 3, s[1] or b), s == (2, True)), (0, False), 2),
        ["seen_x1 = seen_x1 or x1", "count = (count + x0) % 3"],
    ),
    "set and reset": (
        tabulate(lambda s, a, b: ((s or a) and not b, s), False, 2),
        ["stored = (stored or x0) and not x1"],
    ),
    "a carry": (
        tabulate(lambda s, a, b: (s + a + b > 1, s), False, 2),
        ["carry = carry + x0 + x1 >= 2"],
    ),
    "a register file": (
        tabulate(stored, (False, False), 3),
        [
            "stored_x2_1 = x2 if x0 and x1 else stored_x2_1",
            "stored_x2_2 = x2 if x0 and not x1 else stored_x2_2",
        ],
    ),
    "registers that copy": (
        tabulate(copied, (False, False), 3),
        [
            "register_1 = "
            "register_1 if x0 == x1 else (register_2 if x2 else register_1) if x0 else x2",
            "register_2 = "
            "((register_2 if x2 else register_1) if x0 else x2) if x0 == x1 else register_2",
        ],
    ),
    "division by five": (
        tabulate(lambda n, a: ((2 * n + a) % 5, n == 4), 0, 1),
        ["remainder = (remainder + remainder + x0) % 5"],
    ),
    "a sum": (
        whole_numbers(lambda n, x: ((n + x) % 6, n == 5), 0, 6),
        ["total = (total + x) % 6"],
    ),
    "the greatest": (
        whole_numbers(lambda n, x: (max(n, x), n > x), 0, 5),
        ["largest_x = max(largest_x, x)"],
    ),
    "the least": (
        whole_numbers(lambda n, x: (min(n, x), n < x), 4, 5),
        ["smallest_x = min(smallest_x, x)"],
    ),
    "alternating, else never again": (
        tabulate(
            lambda s, a: (None if s is None or s == a else a, s is not None and s != a), False, 1
        ),
        ["previous_x0 = x0", "ended = ended or previous_x0 == x0"],
    ),
    "the one before": (
        whole_numbers(lambda n, x: (x, n == x), 0, 5),
        ["previous_x = x"],
    ),
}


def said(structure: Structure) -> list[str]:
    return [f"{part.name} = {part.following}" for part in structure.components]


@pytest.mark.parametrize("name", KNOWN)
def test_machines_made_of_what_is_known_are_recognised(name: str) -> None:
    machine, expected = KNOWN[name]
    structure = structure_of(minimized(machine))
    assert structure.complete
    assert said(structure) == expected


@st.composite
def machines(draw: st.DrawFn) -> Machine:
    """Machines of any table, some letters of which may not come in some states."""
    states = draw(st.integers(1, 7))
    width = draw(st.integers(0, 2))
    shape = states, 2**width
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    # Few different rows make structure likely.
    pool = rng.integers(0, states, (draw(st.integers(1, 3)), states))
    columns = rng.integers(0, len(pool), shape[1])
    legal = rng.random(shape) < draw(st.sampled_from([0.8, 1.0, 1.0]))
    legal[:, 0] = True
    machine = Machine(
        tuple(f"x{place}" for place in range(width)),
        ("y",),
        np.where(legal, pool[columns].T, -1).astype(np.int32),
        rng.choice(np.array([-1, 1], np.int8), (*shape, 1)),
        legal,
    )
    return minimized(machine)


@given(machines())
@settings(max_examples=150, deadline=None)
def test_whatever_is_claimed_is_so_in_every_state_for_every_letter(machine: Machine) -> None:
    structure = structure_of(machine)
    parts = structure.components
    assert structure.complete == (len({*map(tuple, structure.table.tolist())}) == machine.size)
    for state, letter in np.argwhere(machine.legal).tolist():
        after = machine.successor[state, letter]
        read: dict[str, object] = dict(
            zip(machine.inputs, machine.letters[letter].tolist(), strict=True)
        )
        for part in parts:
            value = int(part.values[state])
            read[part.name] = value > 0 if part.size == 2 else value
        ended = {part.name for part in parts if part.role == "end" and part.values[after]}
        for part in parts:
            if part.until in ended:
                assert part.values[after] == 0
                continue
            # As Python computes it, not as our interpreter does.
            assert eval(part.following.text, {"min": min, "max": max}, read) == part.values[after]
            for case in part.cases:
                if eval(case.when.text, {}, read):
                    value = np.array([part.values[state]])
                    assert part.track.apply(case.update, value) == part.values[after]


@pytest.mark.parametrize("name", KNOWN)
def test_a_claim_that_is_not_so_is_refused(name: str) -> None:
    machine, _ = KNOWN[name]
    structure = structure_of(minimized(machine))
    part = structure.components[0]
    constant = Constant(False) if part.size == 2 else Constant(0)
    rolled = replace(part, values=(part.values + 1) % part.size)
    others = structure.components[1:]
    assert holds(part, structure.components, structure.machine)
    broken = replace(part, following=constant)
    assert not holds(broken, (broken, *others), structure.machine)
    if part.role not in ("counter", "parity"):  # which are the same wherever they start
        assert not holds(rolled, (rolled, *others), structure.machine)


def test_a_machine_of_no_structure_is_said_to_have_none() -> None:
    rng = np.random.default_rng(7)
    shape = 24, 4
    machine = Machine(
        ("a", "b"),
        ("y",),
        rng.integers(0, shape[0], shape).astype(np.int32),
        rng.choice(np.array([-1, 1], np.int8), (*shape, 1)),
        np.ones(shape, dtype=bool),
    )
    structure = structure_of(minimized(machine))
    assert structure.components == ()
    assert not structure.complete
