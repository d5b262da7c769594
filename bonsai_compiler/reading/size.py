"""How much there is to read in a task file's `step`, so that a program can be set beside its task.

Counted are the leaves and the operators of the syntax tree: each name, constant, operator and
comparison, each subscript and attribute, each assignment, `if`, loop and `return`. What says the
same in fewer of them is quicker to read, however it is laid out.
"""

import ast
from collections.abc import Iterator

_ONE = (
    *(ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Subscript, ast.Attribute),
    *(ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr, ast.Return),
    *(ast.If, ast.IfExp, ast.For, ast.While, ast.comprehension, ast.match_case, ast.Lambda),
)
"""What counts one."""


def reading_size(source: str) -> int | None:
    """Return the size of `step` and of all that the file defines and it uses, each of these once.

    Docstrings and comments count nothing, nor does what stands outside: ports, `start`, `legal`,
    examples, the generator. None where the source has no `step` at its top level, or is no Python.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None
    defined = dict(_definitions(tree))
    if "step" not in defined:
        return None
    found, left = {"step"}, ["step"]
    total = 0
    while left:
        for node in _nodes(defined[left.pop()]):
            total += counted(node)
            if isinstance(node, ast.Name) and node.id in defined.keys() - found:
                found.add(node.id)
                left.append(node.id)
    return total


def _definitions(tree: ast.Module) -> Iterator[tuple[str, list[ast.AST]]]:
    """Yield the names that a file binds, each with what has to be read to know what it is."""
    for statement in tree.body:
        match statement:
            case ast.FunctionDef(name) | ast.ClassDef(name):
                yield name, [statement]
            case ast.Assign(targets, value):
                for target in targets:
                    for node in ast.walk(target):
                        if isinstance(node, ast.Name):
                            yield node.id, [value]
            case ast.AnnAssign(ast.Name(name), _, ast.expr() as value):
                yield name, [value]
            case _:
                pass


def _nodes(roots: list[ast.AST]) -> Iterator[ast.AST]:
    """Yield all nodes but the docstrings, annotations and parameters of functions."""
    left = [*roots]
    while left:
        root = left.pop()
        yield root
        match root:
            case ast.FunctionDef(_, _, body) | ast.ClassDef(_, _, _, body):
                documented = ast.get_docstring(root, clean=False) is not None
                left += body[1:] if documented else body
            case ast.Lambda(_, body):
                left.append(body)
            case ast.AnnAssign(target, _, value):
                left += [target, value] if value else [target]
            case _:
                left += ast.iter_child_nodes(root)


def counted(node: ast.AST) -> int:
    match node:
        case ast.BoolOp(_, values):
            return len(values) - 1
        case ast.Compare(_, operators):
            return len(operators)
        case _:
            return int(isinstance(node, _ONE))
