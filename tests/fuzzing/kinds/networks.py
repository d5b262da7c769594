"""Random networks in both formats, compiled for their own task or a neighbour's."""

import json
import random
from dataclasses import replace
from typing import Any

import bonsai_compiler as bonsai

from ..brute import Program, Stepped, agrees, legal_walks
from ..case import Case, expect, run_program
from ..fields import Field, Fields, Letter, bits_of, letters, values_of, word
from ..machines import Machine, mutated, random_fields
from ..random_networks import NetworkRun, random_network
from ..running import UndecidedError
from ..spelling import task_text
from ..verdicts import judged

MOST_STATES = 64
CLOSE = 1e-9


def run(case: Case) -> str:
    """Compile a network; the verdicts on it and on its program are held against brute force."""
    rng = case.rng
    inputs = random_fields(rng, ("x", "up", "b2"), 0, 2)
    outputs = tuple(map(Field, ("y", "z")[: rng.randint(1, 2)]))
    width = sum(len(field.bits) for field in inputs)
    noise, choices = rng.choice((0.0, 0.0, 0.0, 0.02, 0.1)), rng.random()
    clean = random_network(random.Random(choices), width, len(outputs), case.scale)
    document = random_network(random.Random(choices), width, len(outputs), case.scale, noise)
    network = case.file("network.json", json.dumps(document))
    machine = _tabulated(NetworkRun(clean, inputs, outputs))
    if machine is None:
        return "too large"
    machine = _opened(rng, machine)
    text = task_text(rng, machine)
    task = case.file("task.py", text)
    wanted = Program(run_program(text), outputs)
    result = bonsai.compile(network, task)
    program = Program(run_program(result.program), outputs)
    edges = inputs, outputs, machine.horizon
    ended = judged(result.verdict, program, wanted, *edges)
    if noise:
        return f"noisy, {_noisy(case, result.network, document, wanted, machine)}, {ended}"
    # Exact weights that are summed in whatever order come to the same.
    given = NetworkRun(document, inputs, outputs)
    return f"{judged(result.network, given, wanted, *edges)}, {ended}"


def _tabulated(network: NetworkRun) -> Machine | None:
    """Return the machine that a network is, None if it has too many states."""
    alphabet, states = letters(network.inputs), [network.start]
    table = {}
    for number, state in enumerate(states):
        for letter in alphabet:
            following, answer = network.step(state, letter)
            if following not in states:
                states.append(following)
            table[number, letter] = states.index(following), answer
        if len(states) > MOST_STATES:
            return None
    return Machine(network.inputs, network.outputs, len(states), table)


def _opened(rng: random.Random, machine: Machine) -> Machine:
    """Return a machine that leaves something open, or is another in one place."""
    if rng.random() < 0.4:
        machine = mutated(rng, machine)
    if rng.random() < 0.3:
        table = {
            place: (to, tuple(None if rng.random() < 0.2 else value for value in answer))
            for place, (to, answer) in machine.table.items()
        }
        machine = replace(machine, table=table)
    if rng.random() < 0.3:
        start = 0, rng.choice(letters(machine.inputs))
        places = [place for place in machine.table if place != start and rng.random() < 0.2]
        machine = replace(machine, illegal=frozenset(places))
    if rng.random() < 0.2:
        machine = replace(machine, horizon=rng.randint(1, 8))
    return machine


def _noisy(
    case: Case, verdict: Any, document: dict[str, Any], wanted: Stepped, machine: Machine
) -> str:
    """Hold the verdict on a network of floats against runs of our own, as far as those reach."""
    inputs, outputs = machine.inputs, machine.outputs
    own = NetworkRun(document, inputs, outputs)
    if verdict.counterexample is not None:
        sequence = [values_of(inputs, bits) for bits in verdict.counterexample.inputs]
        told = _followed(case, own, sequence)
        state = wanted.start
        for tick, (letter, given) in enumerate(zip(sequence, told, strict=True), 1):
            expect(machine.horizon is None or tick <= machine.horizon, "past the horizon")
            expect(wanted.admits(state, letter), f"tick {tick} of {sequence} is not legal")
            state, answer = wanted.step(state, letter)
            wrong = not agrees(given, answer)
        expect(wrong, f"the network is refuted by {sequence}, and right on it")
    else:
        ticks = min(machine.horizon or 6, 6)
        for walk, answers in legal_walks(case.rng, wanted, letters(inputs), 20, ticks):
            state = own.start
            for letter, answer in zip(walk, answers, strict=True):
                try:
                    state, given = own.step(state, letter)
                except UndecidedError:
                    break
                expect(agrees(given, answer), f"{verdict.kind}, but wrong on {walk}")
    return str(verdict.kind)


def _followed(case: Case, own: NetworkRun, sequence: list[Letter]) -> list[tuple[Any, ...]]:
    """Return what `run` says of the network, each tick being held against our own."""
    graph = bonsai.load(case.folder / "network.json")
    bits = _plain(own.inputs)
    words = [word(bits, bits_of(own.inputs, letter)) for letter in sequence]
    trace = bonsai.run(graph, words if bits else len(sequence))
    names = [f"s{place}" for place in range(len(own.start))]
    ends = ["y"] if len(own.outputs) == 1 else [f"y{n}" for n in range(len(own.outputs))]
    told = []
    for tick, letter in enumerate(sequence):
        answer = tuple(trace[name][tick] for name in ends)
        told.append(answer)
        try:
            state = tuple(trace[name][tick] for name in names)
            following, given = own.step(state, letter)
        except UndecidedError:
            continue
        expect(given == answer, f"`run` says {answer} at tick {tick}, not {given}")
        if tick + 1 < len(sequence):
            carried = [trace[name][tick + 1] for name in names]
            near = all(abs(a - b) < CLOSE for a, b in zip(following, carried, strict=True))
            expect(near, f"states {carried} after tick {tick}, not {following}")
    return told


def _plain(inputs: Fields) -> Fields:
    """Return the bits of fields, as a network without a task has them."""
    return tuple(Field(bit) for field in inputs for bit in field.bits)
