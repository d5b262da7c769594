"""`bench growth`: what it counts, how it measures, and what it says of workers that fail."""

import pytest

from bonsai_compiler.bench import growth
from bonsai_compiler.bench.growth import Worker, missing, print_peak, print_table
from bonsai_compiler.bench.machines import shift_register
from bonsai_compiler.bench.peak import operations
from bonsai_compiler.bench.worker import figures
from bonsai_compiler.training.recipe import Recipe


def row(kind: str, *said: float, replicas: int = 64) -> Worker:
    one = Worker(kind, kind, "CL", "small", replicas)
    one.said = list(said)
    return one


def test_operations_are_counted_as_one_would_by_hand() -> None:
    """1 input, 4 outputs, 2 states: 3 x 6 + 4 weights, of which 6 read the input."""
    weights = 22 + 22 + (22 - 6)
    # A straight line on each piece: the offset, c0 + o c1, and the product with the slope.
    straight = Recipe(cells=((4, 2),), factor=1.0).shape(shift_register(1, 2))
    assert operations(straight) == 2 * weights + 6 * (1 + 2 + 1)
    # o^4 too: o o, o o o, c4 o o o, a sum for the value, and a multiply-add for the slope.
    smooth = Recipe(cells=((4, 2),), factor=0.2).shape(shift_register(1, 2))
    assert operations(smooth) == 2 * weights + 6 * (1 + 2 + 1 + 2 + 1 + 1 + 2)


def test_a_stepper_is_timed_by_the_step() -> None:
    asked = []
    times = figures(lambda: asked.append(1) or 5, 0.0)
    assert len(times) == len(asked) == 2
    assert all(0 <= milliseconds < 100 for milliseconds in times)


def test_the_table_has_medians_quartiles_and_ratios(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row("kernels", 1.0, 2.0, 2.0, 2.0, 3.0), row("eager", 99.0, 100.0, 101.0)]
    left = row("compiled")
    left.fault = "left out: torch is not installed"
    print_table([*rows, left])
    text = capsys.readouterr().out
    assert "| small | 64 | kernels | 2 (1.5-2.5) | 500 | 0.64 | 1 | 0 |" in text
    assert "| small | 64 | eager | 100 (99-101) | 10 | 0.0128 | 50 | 0 |" in text
    assert "left out: torch is not installed:\n- compiled: small 64" in text


def test_the_share_of_the_peak_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row("kernels", 2.0, 2.0), row("kernels", 0.5, 0.5, replicas=8)]
    print_peak(rows, row("peak", 100.0))
    # 180 operations on 64 x 64 x 20 ticks in 2 ms; a replica of 64 takes half of one of 8.
    assert "| small | 180 | 7 (7%) | 0.50 |" in capsys.readouterr().out


def test_a_worker_that_fails_is_named_and_left_alone() -> None:
    one = Worker("nothing", "tensors", "NOWHERE", "small", 1)
    one.begin(60.0)
    one.measure(0.1)
    one.end()
    assert one.fault.startswith("failed: ")
    assert "NOWHERE" in one.fault
    assert not one.said


def test_a_worker_that_is_late_is_left_out() -> None:
    one = Worker("kernels", "kernels", "CL", "small", 1)
    one.begin(0.05)
    one.end()
    assert one.fault == growth.LATE


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth.shutil, "which", lambda _: None)
    monkeypatch.setattr(growth, "find_spec", lambda _: None)
    assert "clang" in missing(Worker("", "tensors", "CPU", "small", 1))
    assert "torch" in missing(Worker("", "eager", "cpu", "small", 1))
    assert not missing(Worker("", "kernels", "CL", "small", 1))
