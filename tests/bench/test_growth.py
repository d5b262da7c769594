"""`bench growth`: that all engines do the same, what it counts, and what it says of workers."""

from contextlib import ExitStack
from importlib.util import find_spec

import click
import numpy as np
import pytest

from bonsai_compiler.bench import growth
from bonsai_compiler.bench.growth import Worker, compare, first_row, missing, print_peak
from bonsai_compiler.bench.growth import print_table as print_rows
from bonsai_compiler.bench.regression import Regression, multiply_adds, regression
from bonsai_compiler.bench.worker import engine, milliseconds
from bonsai_compiler.devices.opencl import opencl_devices
from bonsai_compiler.growth.architecture import Architecture
from bonsai_compiler.ir.activation import Activation


def row(kind: str, *said: list[float]) -> Worker:
    one = Worker(kind, "CL", "small", 48)
    one.said = list(said)
    return one


def test_multiply_adds_are_counted_as_one_would_by_hand() -> None:
    """Of a bias, 1 input and 1 state (and a row of padding), 2 hidden neurons and 2 results."""
    shape = Architecture(1, 1, 2, 1, Activation("ameo", 0.2, 0.1))
    forward = 3 * 2 + (3 + 2) * 2
    assert multiply_adds(shape, 1) == forward + forward + 2 * 2
    assert multiply_adds(shape, 7) == 7 * multiply_adds(shape, 1)


def losses(kind: str, given: Regression) -> np.ndarray:
    with ExitStack() as stack:
        steps, networks = engine(kind, "CL", given, stack)
        found = steps(3)
        assert not networks()[:, ~given.learners.masks.any(0)].any()
        assert not np.array_equal(networks()[0], given.learners.parameters[0])
        return np.asarray(found)


@pytest.mark.parametrize("network", ["small", "middle"])
@pytest.mark.parametrize("kind", ["eager", "eager-one"])
def test_pytorch_takes_the_steps_of_the_kernel(kind: str, network: str) -> None:
    if not opencl_devices():
        pytest.skip("no OpenCL here")
    if find_spec("torch") is None:
        pytest.skip("torch is not installed")
    given = regression(network, 3)
    wanted = losses("kernel", given)
    found = losses(kind, given)
    assert np.allclose(found, wanted[: len(found)], rtol=1e-4)
    assert not np.allclose(losses("kernel", regression(network, 3, pruning=False)), wanted, 1e-2)


def test_one_network_learns_from_as_many_rows() -> None:
    given = regression("small", 3)
    one = given.one()
    assert len(one.learners) == 1
    assert one.order(5).shape == (5, 3 * len(given.table))
    if opencl_devices():
        assert np.allclose(losses("kernel", one), losses("kernel", given)[:1], rtol=1e-4)


def test_a_stepper_is_timed_by_the_step() -> None:
    asked: list[int] = []
    times = milliseconds(asked.append, 0.0, 5)
    assert asked == [5, 5]
    assert all(0 <= one < 100 for one in times)


def test_the_table_has_medians_quartiles_and_ratios_of_rounds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # The second round met a busy machine.
    kernel = row("kernel", [1.0, 1.0, 1.0], [9.0, 9.0, 9.0], [1.0, 1.0, 1.0])
    left = row("compiled")
    left.fault = growth.LATE
    print_rows([kernel, row("eager", [10.0, 10.0], [80.0, 100.0], [10.0, 10.0]), left])
    text = capsys.readouterr().out
    assert "| small | kernel | 1 (1-9) | 1 | 0 |" in text
    assert "| small | PyTorch eager, batched | 10 (10-85) | 10 | 0 |" in text
    assert f"PyTorch compiled, batched, small: {growth.LATE}" in text


def test_the_share_of_the_peak_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    print_peak([row("kernel", [0.1, 0.1])], row("peak", [100.0]))
    # 3 inputs and 2 bits, so 6 rows of 8; 14 of 3; 24 on the way back; on 32 rows of 48 networks.
    count = (2 * (6 * 8 + 14 * 3) + 8 * 3) * 32 * 48
    rate = 2 * count / 0.1 / 1e6
    assert f"| 32 | {count} | {rate:.0f} | {rate / 100:.0%} |" in capsys.readouterr().out


def test_what_computes_something_else_is_refuted() -> None:
    kernel, same, other = row("kernel"), row("eager-one"), row("eager")
    kernel.losses, same.losses, other.losses = [1.0, 2.0], [1.0001], [1.0, 2.1]
    for one in (kernel, same, other):
        compare(one, [kernel, same, other])
    assert not kernel.fault
    assert not same.fault
    assert other.fault == growth.OTHER
    unlike = row("compiled")
    unlike.losses = [np.nan, 2.0]
    compare(unlike, [kernel, unlike])
    assert unlike.fault == growth.OTHER


def test_a_benchmark_that_compares_different_things_ends_with_1(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def begin(one: Worker, limit: float) -> None:
        one.start, one.losses = 1.0, [1.0 + (one.kind == "tensor")]

    monkeypatch.setattr(Worker, "begin", begin)
    monkeypatch.setattr(growth, "print_first", lambda *_: None)
    if not opencl_devices():
        pytest.skip("no OpenCL here")
    context = click.Context(growth.command)
    with pytest.raises(click.exceptions.Exit) as ended, context:
        context.invoke(growth.command)
    assert ended.value.exit_code == 1


def test_whole_processes_are_told_stage_by_stage() -> None:
    runs = [[1.0, 3.0, 4.0, 251.0, 0.0], [1.0, 2.0, 4.0, 251.0, 0.0], [1.0, 2.5, 9.0, 501.0, 0.0]]
    wanted = "| small | kernel | full | 4.00 | 1.00 | 1.50 | 1.50 | 251 |"
    assert first_row("small", "kernel", "full", runs) == wanted
    assert "none exact" in first_row("small", "kernel", "full", [[1.0, 2.0, 3.0, 9.0, 0.5]])
    assert "failed" in first_row("small", "eager", "empty", [])


def test_a_worker_that_fails_is_named_and_left_alone() -> None:
    one = Worker("tensor", "NOWHERE", "small", 1)
    one.begin(60.0)
    one.measure(0.1)
    one.end()
    assert one.fault.startswith("failed: ")
    assert "NOWHERE" in one.fault
    assert not one.said


def test_a_worker_that_is_late_is_left_out() -> None:
    one = Worker("kernel", "CL", "small", 1)
    one.begin(0.05)
    one.end()
    assert one.fault == growth.LATE


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth.shutil, "which", lambda _: None)
    monkeypatch.setattr(growth, "find_spec", lambda _: None)
    assert missing("recorded") == growth.CLANG
    assert missing("eager-one") == missing("compiled") == growth.TORCH
    assert not missing("kernel")
