"""What all tests share: the hypothesis profile, the example tasks, and `--bless`."""

import signal
from pathlib import Path

import pytest
from documents import TOP
from hypothesis import HealthCheck, Phase, settings

pytest_plugins = ["browsing", "command_line", "integers", "words"]

settings.register_profile(
    "bonsai",
    deadline=None,
    derandomize=True,
    max_examples=40,
    report_multiple_bugs=False,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("bonsai")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--bless", action="store_true", help="rewrite what the case files expect of each pass"
    )
    parser.addoption(
        "--results",
        type=Path,
        default=TOP / "docs" / "gallery",
        help="results whose programs are tried; by default those of the gallery",
    )


def pytest_collection_finish() -> None:
    # vcdvcd, once imported, has the process end where the reader of a pipe goes away.
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)


@pytest.fixture
def tasks() -> Path:
    """The folder of example tasks."""
    return TOP / "tasks"


@pytest.fixture
def results(request: pytest.FixtureRequest) -> Path:
    """The folder of results that --results names."""
    folder = request.config.getoption("--results")
    assert isinstance(folder, Path)
    return folder
