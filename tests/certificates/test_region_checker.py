"""Certificates of regions: what is true passes, what is false does not."""

import ast
import json
import random
import sys
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import drifting
import numpy as np
import pytest
from claims import MUTATIONS, certified, violated
from hypothesis import given, settings
from hypothesis import strategies as st

from bonsai_compiler.certificates import enclosures, region_checker, sets
from bonsai_compiler.certificates import region_certificate as region_certificate_module
from bonsai_compiler.certificates.checker import WrongError
from bonsai_compiler.certificates.region_certificate import certificate_of, region_certificate
from bonsai_compiler.certificates.region_checker import Regions, main
from bonsai_compiler.driver import workflow
from bonsai_compiler.equivalence.system import GraphSystem, MachineSystem
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.text import dump, load
from bonsai_compiler.oracle import compare, falsify
from bonsai_compiler.oracle.falsify import random_simulation
from bonsai_compiler.regions.certificate import check
from bonsai_compiler.specification.task_file import load_task

names = st.sampled_from(sorted(drifting.NETWORKS))


@lru_cache
def written(name, letters=1, ticks=1):
    """A certificate as text."""
    graph, machine, certificate = certified(name, letters, ticks)
    return certificate_of(graph, machine, check(graph, machine, certificate))


def steps(text):
    return sum(1 for _ in Regions(text).steps())


def refused(text):
    try:
        steps(text)
    except (WrongError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return True
    return False


def changed(text, change):
    """The certificate after a change of what it holds, with a digest that fits."""
    told = json.loads(text)
    change(told)
    told["sha256"] = sha256("".join(f"{line}\n" for line in told["network"]).encode()).hexdigest()
    return json.dumps(told)


@pytest.mark.parametrize("name", sorted(drifting.NETWORKS))
@pytest.mark.parametrize("ticks", [1, 2])
def test_what_was_proved_is_verified_by_whole_numbers(name, ticks):
    graph, _, certificate = certified(name, 1, ticks)
    text = written(name, 1, ticks)
    count = sum(len(part) for parts in certificate.claims for part in parts)
    assert steps(text) == count > 0
    assert Regions(text).digest == sha256(dump(graph).encode()).hexdigest()


@given(names, st.integers(0, 2), st.integers(1, 2), st.integers(0, 2**32 - 1))
def test_regions_and_claims_that_are_made_false_are_refused(name, letters, ticks, seed):
    graph, machine, certificate = certified(name, letters, ticks)
    proof = check(graph, machine, certificate)
    rng = np.random.default_rng(seed)
    mutation = MUTATIONS[int(rng.integers(len(MUTATIONS)))]
    false = mutation(certificate, rng)
    if violated(graph, machine, false, rng):
        assert refused(certificate_of(graph, machine, replace(proof, certificate=false)))


@settings(max_examples=25)
@given(names, st.sampled_from([0.01, 0.3, 1.5]), st.integers(0, 2**32 - 1))
def test_another_network_passes_only_where_it_is_right(name, scale, seed):
    """With the digest of its own: what counts is whether the regions are invariant for it."""
    graph, machine, _ = certified(name)
    other = drifting.shaken(graph, np.random.default_rng(seed), scale)

    def change(told):
        told["network"] = dump(other).splitlines()

    text = changed(written(name), change)
    if not refused(text):
        candidate, wanted = GraphSystem(other, machine.letters), MachineSystem(machine)
        rng = np.random.default_rng(seed)
        assert random_simulation(candidate, wanted, rng, 64, 100).failing is None


def _wrong_output(told):
    told["task"][0][0][2][0] *= -1


def _wrong_successor(told):
    told["task"][0][0][1] = 1 - told["task"][0][0][1]


def _no_table(told):
    told["task"][0] = told["task"][0][:1]


def _twice(told):
    told["task"][0].append(told["task"][0][0])


def _nowhere(told):
    told["task"][0][0][1] = len(told["task"])


def _slack(told):
    told["slack"] = (2 * float.fromhex(told["slack"])).hex()


def _weight(told):
    place = next(n for n, line in enumerate(told["network"]) if line.startswith("neuron r0"))
    told["network"][place] = told["network"][place].replace("1.7*x", "-1.7*x")


def _no_region(told):
    told["regions"] = []


def _open_end(told):
    claims = told["regions"][0][3]
    claims[-1] = [None] * len(claims[-1])


def _before_the_first(told):
    told["regions"][0][3][0] = [-1 for _ in told["regions"][0][3][0]]


def _fewer_states(told):
    told["states"] = told["states"][:1]


def _inverted(told):
    region = told["regions"][1]
    region[1], region[2] = region[2], region[1]


def _infinite(told):
    told["regions"][1][2][0] = "inf"


@pytest.mark.parametrize(
    "change",
    [
        _wrong_output,
        _wrong_successor,
        _no_table,
        _twice,
        _nowhere,
        _slack,
        _weight,
        _no_region,
        _open_end,
        _before_the_first,
        _fewer_states,
        _inverted,
        _infinite,
    ],
)
def test_mutants_are_refused(change):
    text = written("delay2", 2)
    assert not refused(changed(text, lambda told: None))
    assert refused(changed(text, change))


def test_a_digest_is_of_the_network(tmp_path, capsys):
    text = written("delay2", 2)
    told = json.loads(text)
    told["network"][-1] += " "
    assert refused(json.dumps(told))
    network, proof = tmp_path / "network.bonsai", tmp_path / "proof.json"
    proof.write_text(text)
    network.write_text(dump(drifting.delay2()[0]))
    assert main(str(proof), str(network)) == 0
    network.write_text(dump(drifting.shaken(drifting.delay2()[0], np.random.default_rng(0), 1e-9)))
    assert main(str(proof), str(network)) == 1
    assert "another network" in capsys.readouterr().out


def test_forty_mutants_of_numbers_and_signs_are_refused():
    """One word of the certificate is another; what passes claims no more than what was proved."""
    text, rng = written("gated", 2), random.Random(0)
    told, count = json.loads(text), 0
    while count < 40:
        mutant = json.loads(text)
        region = rng.randrange(len(told["regions"]))
        match rng.randrange(3):
            case 0:
                bounds = mutant["regions"][region][rng.choice([1, 2])]
                place = rng.randrange(len(bounds))
                bounds[place] = (float.fromhex(bounds[place]) * -1.5 + 0.2).hex()
            case 1:
                ends = rng.choice(mutant["regions"][region][3] or [[0]])
                others = [
                    n
                    for n, one in enumerate(told["regions"])
                    if one[0] != told["regions"][ends[0] or 0][0]
                ]
                ends[0] = rng.choice(others)
            case _:
                row = rng.choice(rng.choice(mutant["task"]))
                row[rng.choice([1, 0])] ^= 1
        assert refused(json.dumps(mutant)), mutant["regions"][region]
        count += 1


def test_the_checker_stands_alone():
    for module in (region_checker, sets, enclosures):
        path = Path(module.__file__)
        lines = [line.strip() for line in path.read_text().splitlines()]
        assert sum(bool(line) and not line.startswith("#") for line in lines) < 190
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import | ast.ImportFrom):
                found = (
                    [node.module]
                    if isinstance(node, ast.ImportFrom)
                    else [a.name for a in node.names]
                )
                for name in found:
                    own = name.startswith("bonsai_compiler.certificates.")
                    assert own or name.split(".")[0] in sys.stdlib_module_names


def test_from_a_result_to_its_certificate_and_back(bonsaic, monkeypatch):
    monkeypatch.setattr(compare, "JOINT_STATES", 500)
    monkeypatch.setattr(falsify, "COARSE", 500)
    monkeypatch.setattr(falsify, "RUNS", 64)
    monkeypatch.setattr(falsify, "TICKS", 50)
    Path("latch.py").write_text(drifting.LATCH)
    task = load_task(Path("latch.py"))
    workflow.compile_lifted(drifting.gated()[0], task, Path("build"))
    code, said, _ = bonsaic("certify", "build/latch", "latch.py")
    assert (code, said.split()) == (
        0,
        ["build/latch/latch.proof.smt2", "build/latch/latch.regions.json"],
    )
    code, said, _ = bonsaic("verify", "build/latch", "latch.py")
    first, second = said.splitlines()
    assert (code, first.split(":")[0]) == (0, "verified")
    assert second.startswith("verified: the network, by ")
    assert second.endswith("2 states of the task")
    late = drifting.LATCH.replace("return now, now", "return now, kept")
    Path("late.py").write_text(late)
    code, said, _ = bonsaic("verify", "build/latch", "late.py")
    assert code == 1
    assert all(line.startswith("not verified") for line in said.splitlines())
    monkeypatch.setattr(region_certificate_module, "EFFORT", 0.0)
    code, said, noted = bonsaic("certify", "build/latch", "latch.py")
    assert (code, said) == (0, "build/latch/latch.proof.smt2\n")
    assert "no certificate of the network" in noted
    step = next(Path("build/latch/steps").glob("00-*"))
    step.write_text(step.read_text().replace("2.2*s", "2.3*s"))
    code, said, _ = bonsaic("verify", "build/latch")
    assert code == 1
    assert "another network" in said


def test_what_is_not_proved_has_no_certificate():
    graph, machine = drifting.delay2()
    other, _ = drifting.parity()
    with pytest.raises(BonsaiError, match="no regions were found"):
        region_certificate(other, MachineSystem(machine))
    held = load(dump(graph).replace("then r0", "then r0 near {-1, 1}"))
    with pytest.raises(BonsaiError, match="on levels"):
        region_certificate(held, MachineSystem(machine))
