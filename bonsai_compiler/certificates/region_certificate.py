"""Write a proof by regions so that others can check it: network, table of the task and boxes."""

import json
from hashlib import sha256

import numpy as np

from bonsai_compiler.certificates.certificate import whole_table
from bonsai_compiler.equivalence.system import TransitionSystem
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.ir.text import dump
from bonsai_compiler.regions.certificate import ON, Proof
from bonsai_compiler.regions.prove import Prover
from bonsai_compiler.regions.rounding import Floats
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.system.effort import Effort

EFFORT = 5e8
"""How much the regions may take to be found again."""


def region_certificate(graph: Graph, specification: TransitionSystem) -> str:
    """Return the certificate, in JSON, that a graph of neurons does what is specified.

    Raises BonsaiError where no regions are found that prove it.
    """
    machine = whole_table(specification, graph.name)
    if any(state.levels for state in live_part(graph).states):
        raise BonsaiError(
            f"{graph.name}: has states on levels, which no certificate of regions has"
        )
    if not np.array_equal(graph.input_signals.alphabet, machine.letters):
        raise BonsaiError(f"{graph.name}: has other letters than what is specified")
    proof = Prover(graph, machine).prove(Effort(EFFORT))
    if proof is None:
        raise BonsaiError(f"{graph.name}: no regions were found that prove the network")
    return certificate_of(graph, machine, proof)


def certificate_of(graph: Graph, machine: Machine, proof: Proof) -> str:
    """Return a proof that was found as text: a line for each node, state of the task and region."""
    network = dump(graph)
    told = {
        "certificate": "regions",
        "sha256": sha256(network.encode()).hexdigest(),
        "slack": proof.slack.hex(),
        "states": [state.name for state in live_part(graph).states],
    }
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in told.items()]
    found = proof.certificate
    claims = [
        [[None if end == ON else end for end in part.tolist()] for part in parts]
        for parts in found.claims
    ]
    rows = zip(found.states.tolist(), _exact(found.low), _exact(found.high), claims, strict=True)
    for name, values in (
        ("network", network.splitlines()),
        ("task", _table(machine)),
        ("regions", list(rows)),
    ):
        listed = ",\n".join(json.dumps(value) for value in values)
        lines.append(f"{json.dumps(name)}: [\n{listed}\n]")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _exact(numbers: Floats) -> list[list[str]]:
    """Return numbers as text that says each of their bits."""
    return [[number.hex() for number in row] for row in numbers.tolist()]


def _table(machine: Machine) -> list[list[tuple[int, int, list[int]]]]:
    """Return for each state the legal letters, where each leads, and what is asked: 1, -1 or 0."""
    rows: list[list[tuple[int, int, list[int]]]] = []
    for legal, successor, output in zip(
        machine.legal.tolist(), machine.successor.tolist(), machine.output.tolist(), strict=True
    ):
        every = zip(range(len(legal)), successor, output, strict=True)
        rows.append([row for row, allowed in zip(every, legal, strict=True) if allowed])
    return rows
