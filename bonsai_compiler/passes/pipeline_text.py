"""A pipeline as text, such as `clip(threshold=0.2), quantize, dead_code`: parsed and checked."""

import ast
import inspect
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from difflib import get_close_matches
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from bonsai_compiler.errors import BonsaiError, shortened, shown
from bonsai_compiler.ir.python_syntax import expression_tree
from bonsai_compiler.passes import PASSES
from bonsai_compiler.passes.base import Pass

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
