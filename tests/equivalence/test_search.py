from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import exact_graphs, machines, outputs_of, outputs_of_each, raw, task_of

from bonsai_compiler.equivalence.search import explore
from bonsai_compiler.equivalence.system import GraphSystem, MachineSystem, ProgramSystem
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.text import load
from bonsai_compiler.oracle.compare import compare
from bonsai_compiler.specification.machine import letters, tabulate


def table_of(task):
    """The same task without don't-cares and with every input legal, as a candidate."""
    alphabet = list(product((False, True), repeat=len(task.inputs)))
    table, step = {}, raw(task).step
    for state in range(4):
        for bits in alphabet:
            try:
                following, result = step(state, *bits)
            except KeyError:
                continue
            several = len(task.outputs) > 1
            bools = tuple(map(bool, result)) if several else bool(result)
            table[state, bits] = following, bools
    return table


def shortest_failure(candidate, task, length):
    """The length of the shortest legal sequence on which a candidate's answers are wrong."""
    alphabet = list(product((False, True), repeat=len(task.inputs)))
    candidate, task = raw(candidate), raw(task)
    joint = [(candidate.start, task.start)]
    for tick in range(1, length + 1):
        following = []
        for left, right in joint:
            for bits in alphabet:
                if task.legal is not None and not task.legal(right, *bits):
                    continue
                left_next, given_result = candidate.step(left, *bits)
                right_next, wanted = task.step(right, *bits)
                pairs = [(given_result, wanted)]
                if len(task.outputs) > 1:
                    pairs = list(zip(given_result, wanted, strict=True))
                if any(want is not None and got != want for got, want in pairs):
                    return tick
                following.append((left_next, right_next))
        joint = list(dict.fromkeys(following))
    return None


def check_replay(example, candidate, task):
    candidate, task = raw(candidate), raw(task)
    left, right = candidate.start, task.start
    for tick, bits in enumerate(example.inputs):
        assert task.legal is None or task.legal(right, *bits)
        left, given_result = candidate.step(left, *bits)
        right, wanted = task.step(right, *bits)
        several = len(task.outputs) > 1
        assert example.outputs[tick] == (given_result if several else (given_result,))
        assert example.expected[tick] == (wanted if several else (wanted,))
        wrong = any(
            want is not None and got != want
            for got, want in zip(example.outputs[tick], example.expected[tick], strict=True)
        )
        assert wrong == (tick == len(example.inputs) - 1)


@settings(max_examples=150)
@given(machines(), st.data())
def test_verdicts_agree_with_brute_force(task, data):
    table = table_of(task)
    if data.draw(st.booleans()):
        place = data.draw(st.sampled_from(sorted(table)))
        target = data.draw(st.integers(0, max(state for state, _ in table)))
        table[place] = target, table[place][1]
    if data.draw(st.booleans()):
        place = data.draw(st.sampled_from(sorted(table)))
        following, result = table[place]
        flipped = (not result[0], *result[1:]) if isinstance(result, tuple) else not result
        table[place] = following, flipped
    candidate = task_of(table, len(task.inputs), len(task.outputs))
    found = compare(ProgramSystem(candidate), MachineSystem(tabulate(task)))
    # Two machines of four states meet every joint state within sixteen ticks.
    length = shortest_failure(candidate, task, 17)
    if length is None:
        assert found.kind == "proved"
    else:
        assert found.kind == "refuted"
        assert found.shortest
        assert len(found.counterexample.inputs) == length
        check_replay(found.counterexample, candidate, task)


@given(exact_graphs(), exact_graphs())
def test_verdicts_on_two_graphs_agree_with_brute_force(one, other):
    same = len(one.inputs) == len(other.inputs) and len(one.outputs) == len(other.outputs)
    if not same:
        with pytest.raises(BonsaiError, match="differ"):
            compare(GraphSystem(one), GraphSystem(other))
        return
    found = compare(GraphSystem(one), GraphSystem(other), limit=2000)
    alphabet = letters(len(one.inputs))
    length = {1: 12, 2: 7, 4: 4}[len(alphabet)]
    sequences = np.array(list(product(alphabet, repeat=length)))
    pairs = zip(outputs_of_each(one, sequences), outputs_of_each(other, sequences), strict=True)
    first = [
        next((t for t, (a, b) in enumerate(zip(*pair, strict=True), 1) if a != b), None)
        for pair in pairs
    ]
    failing = [tick for tick in first if tick is not None]
    if failing:
        assert found.kind == "refuted"
        assert len(found.counterexample.inputs) == min(failing)
    elif found.counterexample is not None:
        bits = np.array(found.counterexample.inputs).reshape(-1, len(one.inputs))
        assert len(bits) > length
        assert outputs_of(one, bits)[-1] != outputs_of(other, bits)[-1]
    if found.kind == "tested":
        assert found.depth is not None


@given(exact_graphs())
def test_a_graph_equals_itself(graph):
    found = compare(GraphSystem(graph), GraphSystem(graph), limit=3000)
    assert found.kind == "proved" or (found.kind == "tested" and found.random > 1000)


def always_false(inputs="input x in {-1, 1}\n"):
    return GraphSystem(load(f"graph never\n{inputs}neuron n = linear(-1)\noutput y = n"))


def system(*lines):
    return GraphSystem(load("\n".join(lines)))


def alarm(tick):
    """Logic that counts on for ever and is wrong at one tick only."""
    counter = "graph alarm (logic)", "input x in {False, True}", "state s = 0 then n"
    return system(*counter, "logic n = s + 1", f"logic a = s == {tick - 1}", "output y = a")


def drift(tick, step):
    """A neuron whose memory drifts over the edge after many ticks."""
    counter = "graph drift", "input x in {-1, 1}", "state s = 0 then n"
    edge = f"neuron a = linear(1*s - {tick - 1.5})"
    return system(*counter, f"neuron n = linear(1*s + {step})", edge, "output y = a")


# What it takes to shorten a sequence grows with the square of its length.
@pytest.mark.parametrize(
    ("limit", "tick"), [(20, 50), (20, 400), (100_000, 50), (100_000, 200), (100_000, 1000)]
)
@pytest.mark.parametrize("candidate", [alarm, lambda tick: drift(tick, "1")])
def test_a_late_fault_is_refuted_and_never_proved(limit, tick, candidate):
    found = compare(candidate(tick), always_false(), limit)
    assert found.kind == "refuted"
    assert found.shortest == (limit > tick)
    assert len(found.counterexample.inputs) == tick
    assert found.counterexample.outputs[-1] == (True,)


@pytest.mark.parametrize("tick", [50, 200])
def test_a_drift_that_inputs_drive_is_refuted_and_shortened(tick):
    found = compare(drift(tick, "0.5*x + 0.5"), always_false(), 20)
    assert found.kind == "refuted"
    # Cutting out ticks leaves only those that drive it, and one more for the fault to be seen.
    assert [bits for (bits,) in found.counterexample.inputs[:-1]] == [True] * (tick - 1)


def count_to(length, fails_at):
    table = {
        (state, (bit,)): ((state + 1) % length, state == fails_at and bit)
        for state in range(length)
        for bit in (False, True)
    }
    return task_of(table, 1, 1)


@pytest.mark.parametrize("tick", [50, 200, 1000])
def test_a_counter_that_wraps_is_refuted_at_its_one_bad_tick(tick):
    never = MachineSystem(tabulate(task_of({(0, (b,)): (0, False) for b in (0, 1)}, 1, 1)))
    program = ProgramSystem(count_to(1024, tick - 1))
    found = compare(program, never)
    assert (found.kind, found.shortest) == ("refuted", True)
    assert len(found.counterexample.inputs) == tick


@pytest.mark.parametrize("tick", [50, 400])
def test_beyond_the_limit_the_one_bad_tick_is_found_by_long_runs(tick):
    never = MachineSystem(tabulate(task_of({(0, (b,)): (0, False) for b in (0, 1)}, 1, 1)))
    hurried = compare(ProgramSystem(count_to(1024, tick - 1)), never, limit=20)
    assert hurried.kind == "refuted"
    assert not hurried.shortest
    assert len(hurried.counterexample.inputs) == tick


def test_a_right_counter_is_proved_and_tested_beyond_the_limit():
    never = MachineSystem(tabulate(task_of({(0, (b,)): (0, False) for b in (0, 1)}, 1, 1)))
    assert compare(ProgramSystem(count_to(300, -1)), never).kind == "proved"
    hurried = compare(ProgramSystem(count_to(300, -1)), never, limit=20)
    assert hurried.kind == "tested"
    assert hurried.depth >= 20
    assert hurried.random >= 100


def test_only_legal_sequences_count():
    table = {(state, (bit,)): (int(bit), bit) for state in (0, 1) for bit in (False, True)}
    legal = {(state, (bit,)): not (state and bit) for state in (0, 1) for bit in (False, True)}
    wrong_twice = {**table, (1, (True,)): (0, False)}
    strict = MachineSystem(tabulate(task_of(table, 1, 1, legal)))
    loose = MachineSystem(tabulate(task_of(table, 1, 1)))
    assert compare(ProgramSystem(task_of(wrong_twice, 1, 1)), strict).kind == "proved"
    found = compare(ProgramSystem(task_of(wrong_twice, 1, 1)), loose)
    assert found.counterexample.inputs == ((True,), (True,))


def test_a_program_that_refuses_a_legal_input_is_refuted():
    table = {(0, (bit,)): (0, bit) for bit in (False, True)}
    picky = task_of(table, 1, 1, {(0, (False,)): True, (0, (True,)): False})
    found = compare(ProgramSystem(picky), MachineSystem(tabulate(task_of(table, 1, 1))))
    assert found.kind == "refuted"
    assert found.counterexample.inputs == ((True,),)
    assert "legal" in found.counterexample.fault


def test_a_horizon_bounds_the_proof_and_is_named():
    right = {(tick, ()): (tick + 1, tick == 4) for tick in range(40)}
    late = {**right, (7, ()): (8, True)}
    for horizon, kind in ((7, "proved"), (8, "refuted")):
        task = task_of(right, 0, 1, horizon=horizon)
        found = compare(ProgramSystem(task_of(late, 0, 1)), MachineSystem(tabulate(task)))
        assert found.kind == kind
        assert found.horizon == horizon
    assert len(found.counterexample.inputs) == 8


def test_what_does_not_matter_is_not_compared():
    free = MachineSystem(tabulate(task_of({(0, (b,)): (0, None) for b in (0, 1)}, 1, 1)))
    assert compare(always_false(), free).kind == "proved"


def test_another_interface_is_the_users_mistake():
    with pytest.raises(BonsaiError, match="inputs differ"):
        compare(always_false(""), always_false())


def test_a_closed_search_names_every_joint_state():
    table = {
        (state, (bit,)): (2 * state % 4 + bit, state >= 2) for state in range(4) for bit in (0, 1)
    }
    machine = MachineSystem(tabulate(task_of(table, 1, 1)))
    found = explore(machine, machine)
    assert (found.closed, found.failing, len(found.candidate)) == (True, None, 4)
    assert (found.candidate == found.specification).all()
