"""Exact cases: each file under cases/<pass>/ holds a graph, a line `---`, and what comes of it.

A first line such as `# parameters: threshold=0.2` gives the pass's parameters; what `SEARCHED`
names is given what the search finds with the graph as its own specification, `lower` every
situation that can occur. `pytest --bless` rewrites what is expected.
"""

import ast
from pathlib import Path

import pytest
from strategies import all_situations

from bonsai_compiler.equivalence.system import GraphBehaviour
from bonsai_compiler.ir.text import dump, load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.oracle.oracle import SpecificationJudge
from bonsai_compiler.passes import PASSES
from bonsai_compiler.system.deadline import NEVER

FOLDER = Path(__file__).parent / "cases"
SEARCHED = "merge_alike", "recode", "round_numbers"
CASES = sorted(FOLDER.glob("*/*.bonsai"))


def parameters(text):
    heading = text.splitlines()[0]
    if not heading.startswith("# parameters:"):
        return {}
    call = ast.parse(f"given({heading.partition(':')[2]})", mode="eval").body
    return {word.arg: ast.literal_eval(word.value) for word in call.keywords}


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_case(path, request):
    given, _, expected = path.read_text(encoding="utf-8").partition("---\n")
    graph = load(given, str(path))
    verify(graph, str(path))
    kind = PASSES[path.parent.name]
    if kind.name == "lower":
        chosen = kind(*all_situations(graph))
    elif kind.name in SEARCHED:
        chosen = kind.search(graph, SpecificationJudge(GraphBehaviour(graph)), NEVER)
    else:
        chosen = kind(**parameters(given))
    result = chosen.apply(graph)
    verify(result, str(path))
    if request.config.getoption("--bless"):
        path.write_text(f"{given}---\n{dump(result)}", encoding="utf-8")
    else:
        assert dump(result) == expected


@pytest.mark.parametrize("name", PASSES)
def test_every_pass_has_a_case(name):
    assert any(path.parent.name == name for path in CASES)
