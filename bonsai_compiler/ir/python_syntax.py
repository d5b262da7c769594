"""Text in Python's syntax, read without a word: Python warns on stderr of what it finds odd."""

import ast
from warnings import catch_warnings, simplefilter


def expression_tree(text: str) -> ast.expr:
    """Return the tree of an expression; raises what `ast.parse` raises."""
    with catch_warnings():
        simplefilter("ignore", SyntaxWarning)
        return ast.parse(text, mode="eval").body


def module_tree(source: str | bytes) -> ast.Module:
    """Return the tree of a file's text; raises what `ast.parse` raises."""
    with catch_warnings():
        simplefilter("ignore", SyntaxWarning)
        return ast.parse(source)
