"""Exact cases: each file under cases/<pass>/ holds a graph, a line `---`, and what comes of it.

A first line such as `# parameters: threshold=0.2` gives the pass's parameters. Without one they are
searched, with the graph as its own specification; `lower` is given every situation that can occur.
`pytest --bless` rewrites what is expected.
"""

import ast
from pathlib import Path

import pytest
from strategies import all_situations

from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.ir.text import dump, load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.passes import PASSES
from bonsai_compiler.passes.lower import Lower
from bonsai_compiler.system.deadline import NEVER

FOLDER = Path(__file__).parent / "cases"
CASES = sorted(FOLDER.glob("*/*.bonsai"))


def outcome(kind, given, place):
    """Return what a pass makes of the graph that a case gives."""
    graph = load(given, place)
    verify(graph, place)
    heading, _, words = given.splitlines()[0].partition(":")
    if heading == "# parameters":
        call = ast.parse(f"given({words})", mode="eval").body
        chosen = kind(**{word.arg: ast.literal_eval(word.value) for word in call.keywords})
    elif kind is Lower:
        chosen = kind(*all_situations(graph))
    else:
        chosen = kind.search(graph, SpecificationOracle(GraphSystem(graph)), NEVER)
    result = chosen.apply(graph)
    verify(result, place)
    return dump(result)


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
