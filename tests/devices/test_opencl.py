"""What is told OpenCL before it is loaded."""

import os

import pytest

from bonsai_compiler.devices.opencl import pin_threads


@pytest.mark.parametrize(
    ("cores", "given", "wanted"),
    [
        ({0, 1, 2, 3}, None, "1"),
        ({0, 1, 2, 3}, "0", "0"),
        ({0, 1, 3}, None, None),
        ({2, 3}, None, None),
    ],
)
def test_threads_are_pinned_where_all_cores_may_be_used(
    cores: set[int], given: str | None, wanted: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: cores, raising=False)
    monkeypatch.setenv("POCL_AFFINITY", given or "")
    if given is None:
        monkeypatch.delenv("POCL_AFFINITY")
    pin_threads()
    assert os.environ.get("POCL_AFFINITY") == wanted


def test_where_cores_cannot_be_asked_for_nothing_is_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setenv("POCL_AFFINITY", "")
    monkeypatch.delenv("POCL_AFFINITY")
    pin_threads()
    assert "POCL_AFFINITY" not in os.environ
