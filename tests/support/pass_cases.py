"""What a pass makes of the graph of a case file."""

import ast

from strategies import all_pairs

from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.ir.text import dump, load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.passes.lower import Lower
from bonsai_compiler.system.deadline import NEVER


def outcome(kind, given, place):
    """Return what a pass makes of the graph that a case gives."""
    graph = load(given, place)
    verify(graph, place)
    heading, _, words = given.splitlines()[0].partition(":")
    if heading == "# parameters":
        call = ast.parse(f"given({words})", mode="eval").body
        chosen = kind(**{word.arg: ast.literal_eval(word.value) for word in call.keywords})
    elif kind is Lower:
        chosen = kind(*all_pairs(graph))
    else:
        chosen = kind.search(graph, SpecificationOracle(GraphSystem(graph)), NEVER)
    result = chosen.apply(graph)
    verify(result, place)
    return dump(result)
