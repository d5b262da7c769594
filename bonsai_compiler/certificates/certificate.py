"""Write a proof so that others can check it: logic, table and invariant, and three questions.

The invariant says which states of the logic go with which states of the task's table. It holds at
the start, every legal input keeps it, and where it holds all outputs are right; a solver is asked
for a way in which one of the three is not so, and says `unsat` three times.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.certificates.trees import EITHER, tree
from bonsai_compiler.circuits.circuit import Circuit, Wires
from bonsai_compiler.circuits.lowering import bit_names, circuit_of
from bonsai_compiler.equivalence.system import (
    GraphSystem,
    MachineSystem,
    Product,
    TransitionSystem,
    mismatches,
)
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.fsm.mealy import tabulated
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Signals
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.targets.about import About, commented, encodings
from bonsai_compiler.targets.smtlib import (
    input_names,
    stored_names,
    symbol,
    transition_functions,
)
from bonsai_compiler.targets.wiring import Wiring, bits

Bools = npt.NDArray[np.bool_]

MOST_ROWS = 2**18
"""Rows of the task's table, one for each legal letter in each state."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A task's table, ticks told apart where it has a horizon, and which states go together.

    `related` (pairs, bits + 1) holds the bits of the logic's state, and the table's state.
    """

    machine: Machine
    stored: Bools
    states: npt.NDArray[np.int64]


def certificate(graph: Graph, specification: TransitionSystem, about: About) -> str:
    """Return the certificate, in SMT-LIB 2, that a graph of logic does what is specified.

    Raises BonsaiError where it does not, or where either has too many states.
    """
    circuit = circuit_of(graph)
    proof = _proof(graph, circuit, specification)
    wiring = Wiring(circuit)
    count = max(len(proof.machine.successor) - 1, 1).bit_length()
    table_bits = [symbol("t", str(place)) for place in range(count)]
    said = [*about.lines(graph.name), *encodings(circuit, wiring.called), *_MEANING]
    lines = [
        *commented(";", said),
        "(set-logic QF_UF)",
        *_ports(circuit, wiring),
        *transition_functions(circuit, wiring),
        *_table(proof.machine, circuit, wiring, table_bits),
        *_invariant(proof, wiring, table_bits),
        *questions(wiring, table_bits),
    ]
    return "\n".join(lines) + "\n"


_MEANING = (
    "",
    "program.* is the logic: what stands in its states first, next, and what comes out.",
    "task.* is the table of the task; t is the number of its state, t.0 the lowest bit of that.",
    "task.cares.* says whether an output is asked for, task.wants.* which value is.",
    "related says which states of both go together. A proof is three times unsat.",
)


def whole_table(specification: TransitionSystem, place: str) -> Machine:
    """Return all of what is specified; raises BonsaiError, which names `place`, for too much."""
    whole = tabulated(specification)
    if whole is None or whole.machine.legal.sum() > MOST_ROWS:
        raise BonsaiError(
            f"{place}: what is specified has too many states for a certificate, which holds "
            f"its whole table ({MOST_ROWS:,} rows at most)"
        )
    return replace(whole.machine, horizon=None)


def _proof(graph: Graph, circuit: Circuit, specification: TransitionSystem) -> Proof:
    machine = whole_table(specification, graph.name)
    wanted = MachineSystem(machine)
    product = Product(GraphSystem(graph, machine.letters), wanted)
    joint = tabulated(product)
    if joint is None:
        raise BonsaiError(f"{graph.name}: has too many states for a certificate")
    numbers = joint.states[:, -1].astype(np.int64)
    rows, letters = np.nonzero(joint.machine.legal)
    wrong = mismatches(joint.machine.output[rows, letters], machine.output[numbers[rows], letters])
    if wrong.any():
        raise BonsaiError(
            f"{graph.name}: the program is wrong, so that there is nothing to certify; "
            "'bonsaic check' shows on which input"
        )
    values = joint.states[:, :-1].astype(np.int64)
    columns = [
        values[:, place] >> bit & 1
        for place, register in enumerate(circuit.registers)
        for bit in range(len(register.literals))
    ]
    stored = np.array(columns, dtype=bool).reshape(len(columns), len(numbers)).T
    return Proof(machine, stored, numbers)


def _ports(circuit: Circuit, wiring: Wiring) -> list[str]:
    """Return the line that says how states, inputs and outputs are made of bits, as JSON."""
    stored = iter(wiring.stored_bits())
    states = [
        [each.name, [next(stored)[1] for _ in each.literals], each.levels > 0]
        for each in circuit.registers
    ]
    told = {
        "states": states,
        "inputs": [_field(each, wiring.inputs[each.name]) for each in circuit.inputs],
        "outputs": [_field(each, wiring.outputs[each.name]) for each in circuit.outputs],
    }
    text = json.dumps(told, ensure_ascii=True).replace('"', '""')
    return [f'(set-info :interface "{text}")']


def _field(wires: Wires, name: str) -> list[object]:
    """Return the name, the names of the bits, and for each value its bits, bit 0 first."""
    if wires.port is None:
        return [wires.name, bits(name, wires), [[False, [0]], [True, [1]]]]
    return [wires.name, bits(name, wires), [[value, word] for value, word in _words(wires.port)]]


def _words(port: Port) -> list[tuple[int | str, list[int]]]:
    order = np.argsort(port.numbers)
    words = port.words[:, order].astype(int).tolist()
    return list(zip(port.seen, words, strict=True))


def _columns(wired: tuple[Wires, ...], signals: Signals) -> list[int]:
    """Return for each bit of a circuit's inputs or outputs its place among a task's bits."""
    return [signals.bits.index(name) for wires in wired for name in bit_names(wires)]


def _table(machine: Machine, circuit: Circuit, wiring: Wiring, table_bits: list[str]) -> list[str]:
    """Return the functions of the task: which letters are legal, where they lead, what is asked."""
    states, letters = np.nonzero(machine.legal)
    given = machine.letters[:, _columns(circuit.inputs, machine.input_signals)]
    rows = np.concatenate([_binary(states, len(table_bits)), given[letters]], axis=1)
    names = [*reversed(table_bits), *map(symbol, input_names(wiring))]
    takes = f"({' '.join(f'({name} Bool)' for name in names)})"
    following = _binary(machine.successor[states, letters], len(table_bits))[:, ::-1]
    answers = machine.output[states, letters][:, _columns(circuit.outputs, machine.output_signals)]

    def function(name: str, values: npt.NDArray[Any], otherwise: int) -> str:
        term = tree(names, rows, values.astype(np.int8), otherwise)
        return f"(define-fun {name} {takes} Bool\n  {term})"

    lines = [function("task.legal", np.ones(len(rows), np.int64), 0)]
    for place in range(len(table_bits)):
        lines.append(function(symbol("task.next", str(place)), following[:, place], EITHER))
    for (_, name), column in zip(wiring.output_bits(), answers.T, strict=True):
        cares, wants = np.abs(column), np.where(column == 0, EITHER, np.maximum(column, 0))
        lines.append(function(symbol("task.cares", name), cares, EITHER))
        lines.append(function(symbol("task.wants", name), wants.astype(np.int64), EITHER))
    return lines


def _binary(numbers: npt.NDArray[np.integer], count: int) -> Bools:
    """Return numbers in binary, the highest bit first, (n, count)."""
    return (numbers[:, None] >> np.arange(count)[::-1] & 1).astype(bool)


def _invariant(proof: Proof, wiring: Wiring, table_bits: list[str]) -> list[str]:
    names = [*reversed(table_bits), *map(symbol, stored_names(wiring))]
    rows = np.concatenate([_binary(proof.states, len(table_bits)), proof.stored], axis=1)
    takes = f"({' '.join(f'({name} Bool)' for name in names)})"
    return [
        f"(define-fun related {takes} Bool",
        f"  {tree(names, rows, np.ones(len(rows), np.int8), 0)})",
    ]


def questions(wiring: Wiring, table_bits: list[str]) -> list[str]:
    """Return the three ways to be wrong, of each of which a solver is asked for a model."""
    stored = list(map(symbol, stored_names(wiring)))
    given = list(map(symbol, input_names(wiring)))
    state = [*reversed(table_bits), *stored]
    outputs = [name for _, name in wiring.output_bits()]

    def call(name: str, *arguments: str) -> str:
        return f"({' '.join([name, *arguments])})" if arguments else name

    def logic(name: str) -> str:
        return call(name, *stored, *given)

    def table(name: str) -> str:
        return call(name, *reversed(table_bits), *given)

    following = [table(symbol("task.next", str(n))) for n in reversed(range(len(table_bits)))]
    following += [logic(symbol("program.next", name)) for name in stored_names(wiring)]
    first = ["false" for _ in table_bits]
    first += [symbol("program.start", name) for name in stored_names(wiring)]
    wrong = [
        f"(and {table(symbol('task.cares', name))} "
        f"(xor {logic(symbol('program.out', name))} {table(symbol('task.wants', name))}))"
        for name in outputs
    ]
    asked = {
        "the states at the start do not go together": [f"(not {call('related', *first)})"],
        "a legal input leads to states that do not": [
            call("related", *state),
            table("task.legal"),
            f"(not {call('related', *following)})",
        ],
        "an output that is asked for is wrong": [
            call("related", *state),
            table("task.legal"),
            call("or", "false", *wrong),
        ],
    }
    lines = [f"(declare-const {name} Bool)" for name in [*state, *given]]
    for said, parts in asked.items():
        lines += [f"; {said}", "(push 1)", *(f"(assert {part})" for part in parts)]
        lines += ["(check-sat)", "(pop 1)"]
    return lines
