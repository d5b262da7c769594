"""Run the passes that a user names: `opt`, and the text that says which, and with what."""

import ast
import inspect
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from difflib import get_close_matches
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from bonsai_compiler.differences.diff import Step
from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.errors import BonsaiError, shortened, shown
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.parsing import expression_tree
from bonsai_compiler.oracle.oracle import Oracle
from bonsai_compiler.passes import PASSES
from bonsai_compiler.passes.base import Pass
from bonsai_compiler.passes.checking import right_on
from bonsai_compiler.passes.manager import Applied, Manager

EXAMPLE = "passes with commas between, such as: clip(threshold=0.2), quantize, dead_code"


@dataclass(frozen=True, slots=True)
class Application:
    """A kind of pass to run; `given` has the user's parameters, None if they are searched."""

    kind: type[Pass]
    given: Pass | None = None


def parse_pipeline(text: str) -> tuple[Application, ...]:
    """Return the passes that `text` names, in order, their parameters checked by name and type.

    Raises BonsaiError for what does not read as a pipeline.
    """
    source = f"[{text}\n]"
    try:
        tree = expression_tree(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise BonsaiError(f"--passes: '{shortened(text)}' does not read as {EXAMPLE}") from None
    if not isinstance(tree, ast.List) or not tree.elts:
        raise BonsaiError(f"--passes: '{shortened(text)}' does not read as {EXAMPLE}")
    return tuple(_application(node, source) for node in tree.elts)


def _application(node: ast.expr, source: str) -> Application:
    match node:
        case ast.Name(id=name):
            given: list[ast.keyword] = []
        case ast.Call(func=ast.Name(id=name), args=[], keywords=given):
            pass
        case ast.Call(func=ast.Name(id=name)):
            raise BonsaiError(f"--passes: give the parameters of {name} by name: NAME=VALUE")
        case _:
            raise BonsaiError(f"--passes: '{_written(node, source)}' is no pass; {EXAMPLE}")
    if name not in PASSES:
        raise BonsaiError(f"--passes: there is no pass '{name}'; {_near(name, PASSES)}")
    kind = PASSES[name]
    hints = _hints(kind)
    parameters: dict[str, Any] = {}
    for keyword in given:
        if keyword.arg in parameters:
            raise BonsaiError(f"--passes: {name} is given '{keyword.arg}' twice")
        if keyword.arg not in hints:
            known = _near(keyword.arg or "**", hints) if hints else "it takes none"
            raise BonsaiError(f"--passes: {name} has no parameter '{keyword.arg}'; {known}")
        parameters[keyword.arg] = _value(keyword, hints[keyword.arg], name, source)
    if not parameters:
        return Application(kind)
    for item in fields(kind):
        if item.name not in parameters and item.default is item.default_factory is MISSING:
            raise BonsaiError(f"--passes: {name} is not given '{item.name}'")
    return Application(kind, kind(**parameters))


def _hints(kind: type[Pass]) -> dict[str, Any]:
    """Return the types of the parameters that users may give."""
    hints = get_type_hints(kind)
    return {item.name: hints[item.name] for item in fields(kind)} if kind.typed else {}


def _value(keyword: ast.keyword, hint: Any, name: str, source: str) -> Any:
    try:
        value = ast.literal_eval(keyword.value)
    except (ValueError, TypeError, RecursionError, MemoryError):
        text = _written(keyword.value, source)
        raise BonsaiError(f"--passes: {name}: {keyword.arg}={text} is no literal") from None
    if not _conforms(value, hint):
        wish = inspect.formatannotation(hint).replace("collections.abc.", "")
        fault = f"{keyword.arg} is {shown(value)}; its type is {wish}"
        raise BonsaiError(f"--passes: {name}: {fault}")
    return value


def _written(node: ast.expr, source: str) -> str:
    """Return what stands for a node, shortened; however deep, as `ast.unparse` could not."""
    return shortened(ast.get_source_segment(source, node) or "...")


def _conforms(value: Any, hint: Any) -> bool:
    """Return whether a literal is of a type; whole numbers are floats, bools are no numbers."""
    kind, parts = get_origin(hint) or hint, get_args(hint)
    if kind is Any:
        return True
    if kind in (Union, UnionType):
        return any(_conforms(value, part) for part in parts)
    if kind is float:
        # Compared rather than converted: a whole number can be too large for a float.
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and abs(value) <= sys.float_info.max
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        return False
    if kind is tuple and parts and parts[-1] is not Ellipsis:
        return len(value) == len(parts) and all(map(_conforms, value, parts))
    if issubclass(kind, Mapping) and parts:
        keys, values = parts
        return all(_conforms(key, keys) and _conforms(value[key], values) for key in value)
    if issubclass(kind, Collection) and parts:
        return not isinstance(value, Mapping) and all(_conforms(item, parts[0]) for item in value)
    return True


def _near(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), 1)
    return f"did you mean '{close[0]}'?" if close else f"known are {', '.join(known)}"


@dataclass(frozen=True, slots=True)
class Optimised:
    """Every stage and the verdict on the last; if `broken`, it is the last pass that is to blame.

    A graph that is refuted but not broken was as wrong before any pass.
    """

    stages: tuple[Step, ...]
    verdict: Verdict
    broken: bool

    @property
    def graph(self) -> Graph:
        """What came of the graph."""
        return self.stages[-1].graph


def optimise(
    graph: Graph,
    pipeline: Sequence[Application],
    oracle: Oracle,
    tell: Callable[[Graph, Step], None],
) -> Optimised:
    """Return what came of a graph, pass by pass; `tell` hears of each with the graph before it.

    Each is checked as its manager does, and what is left at the end once more against the oracle,
    with random simulation. Raises BonsaiError for a pass that cannot work on its graph.
    """
    _expect_dialects(graph, pipeline)
    manager = Manager(oracle, patient=True)
    stages = [Step("start", graph)]
    for application in pipeline:
        before = stages[-1].graph
        applied = _applied(application, before, manager)
        tell(before, applied.step)
        stages.append(applied.step)
        if applied.refuted:
            verdict = Verdict("refuted", 0, counterexample=applied.example)
            return Optimised(tuple(stages), verdict, broken=True)
    verdict = oracle.verdict(oracle.candidate(stages[-1].graph))
    example = verdict.counterexample
    right = [example is None or right_on(stage.graph, example) for stage in stages]
    if all(right) or not right[0]:
        return Optimised(tuple(stages), verdict, broken=False)
    return Optimised(tuple(stages[: right.index(False) + 1]), verdict, broken=True)


def _applied(application: Application, before: Graph, manager: Manager) -> Applied:
    """Return what a pass makes of a graph; raises BonsaiError if it cannot be left out."""
    kind, given = application.kind, application.given
    if given is not None:
        _expect_nodes(given, before)
    applied = manager.apply(kind, before, given)
    if applied.unreadable:
        raise BonsaiError(f"{kind.name}: cannot write this graph as logic: {applied.unreadable}")
    if not applied.step.check and kind.gives is not None:
        raise BonsaiError(
            f"{kind.name}: the states of the graph have no end, or it is wrong; put snap before"
        )
    return applied


def _expect_dialects(graph: Graph, pipeline: Sequence[Application]) -> None:
    dialect = graph.dialect
    for kind in (application.kind for application in pipeline):
        if kind.takes not in (None, dialect):
            raise BonsaiError(
                f"{kind.name}: works on {kind.takes.value}, but the graph is {dialect.value} here"
            )
        dialect = kind.gives or dialect


def _expect_nodes(given: Pass, graph: Graph) -> None:
    """Raise BonsaiError if parameters name a node that the graph does not have."""
    known = [node.name for node in graph.nodes]
    for word in _words([getattr(given, item.name) for item in fields(given)]):
        if word not in known:
            close = get_close_matches(word, known, 1)
            hint = f"; did you mean '{close[0]}'?" if close else ""
            raise BonsaiError(f"{given.name}: the graph has no '{word}'{hint}")


def _words(value: object) -> Iterator[str]:
    """Yield every text in a literal; in the parameters of a pass, each is a node's name."""
    match value:
        case str():
            yield value
        case dict():
            yield from (word for pair in value.items() for word in _words(pair))
        case list() | tuple() | set():
            yield from (word for item in value for word in _words(item))
