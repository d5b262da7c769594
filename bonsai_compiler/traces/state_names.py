"""What a program itself calls the parts of its state: read from the text of its `step`.

These are names to show, nothing more: where the text leaves any doubt there is none.
"""

import ast
import inspect
import textwrap
from dataclasses import dataclass

from bonsai_compiler.ir.python_syntax import module_tree
from bonsai_compiler.isolation.code import Code
from bonsai_compiler.specification.task import Task


@dataclass(frozen=True, slots=True)
class StateNames:
    """The names of a state: `whole`, that of the parameter, and of the `parts` of its unpacking.

    A part without a name of its own is None; there are no `parts` where nothing is unpacked.
    """

    whole: str = "state"
    parts: tuple[str | None, ...] = ()

    def part(self, place: int, count: int) -> str:
        """Return the name of one of `count` parts."""
        known = self.parts[place] if len(self.parts) == count else None
        return known or f"{self.whole}{place}"


def state_names(task: Task) -> StateNames:
    """Return what the `step` of a task calls its state: `state` where that cannot be told."""
    step = _step(_source(task))
    if step is None or step.args.vararg is not None:
        return StateNames()
    # A method has `self` before it.
    parameters = [item.arg for item in (*step.args.posonlyargs, *step.args.args)]
    place = len(parameters) - len(task.input_signals.fields) - 1
    if place < 0:
        return StateNames()
    whole = parameters[place]
    body = step.body if isinstance(step, ast.FunctionDef) else []
    return StateNames(whole, _unpacked(body, whole))


def _source(task: Task) -> str:
    if not isinstance(task.functions, Code) or not task.has_step:
        return task.source
    try:
        return textwrap.dedent(inspect.getsource(task.functions.names["step"]))
    except (OSError, TypeError):
        return ""


def _step(source: str) -> ast.FunctionDef | ast.Lambda | None:
    """Return the one thing in a text that is called `step`; None where it is bound more often."""
    try:
        tree = module_tree(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if sum(_binds(node, "step") for node in ast.walk(tree)) != 1:
        return None
    for node in tree.body:
        match node:
            case ast.FunctionDef(name="step"):
                return node
            case ast.Assign(targets=[ast.Name(id="step")], value=ast.Lambda() as function):
                return function
    return None


def _unpacked(body: list[ast.stmt], whole: str) -> tuple[str | None, ...]:
    """Return the names in `a, b = whole`, unless `whole` is something else by then."""
    for statement in body:
        match statement:
            case ast.Assign(
                targets=[ast.Tuple(elts=parts) | ast.List(elts=parts)], value=ast.Name(id=source)
            ) if source == whole and not any(isinstance(part, ast.Starred) for part in parts):
                return tuple(map(_name, parts))
        if any(_binds(node, whole) for node in ast.walk(statement)):
            break
    return ()


def _name(part: ast.expr) -> str | None:
    return part.id if isinstance(part, ast.Name) and part.id.strip("_") else None


def _binds(node: ast.AST, name: str) -> bool:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name == name
        case ast.Name(ctx=ast.Store() | ast.Del()):
            return node.id == name
        case ast.alias():
            return (node.asname or node.name) == name
        case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
            return node.name == name
    return False
