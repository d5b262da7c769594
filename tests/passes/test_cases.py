"""Exact cases: each file under cases/<pass>/ holds a graph, a line `---`, and what comes of it.

A first line such as `# parameters: threshold=0.2` gives the pass's parameters. Without one they are
searched, with the graph as its own specification; `lower` is given every reachable pair of a state
and an input.
`pytest --bless` rewrites what is expected.
"""

import pytest
from documents import TOP
from pass_cases import outcome

from bonsai_compiler.passes import PASSES

FOLDER = TOP / "tests" / "cases"
CASES = sorted(FOLDER.glob("*/*.bonsai"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_case(path, request):
    given, _, expected = path.read_text(encoding="utf-8").partition("---\n")
    result = outcome(PASSES[path.parent.name], given, str(path))
    if request.config.getoption("--bless"):
        path.write_text(f"{given}---\n{result}", encoding="utf-8")
    else:
        assert result == expected


@pytest.mark.parametrize("name", PASSES)
def test_every_pass_has_a_case(name):
    assert any(path.parent.name == name for path in CASES)
