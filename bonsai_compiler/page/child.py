"""The process that draws beside the one that compiles, so that neither waits for the other."""

from bonsai_compiler.backends import graphviz
from bonsai_compiler.page.page import template
from bonsai_compiler.workers.beside import answer_calls


def serve() -> None:
    """Have all loaded that drawings need, and draw what is asked for on standard input."""
    graphviz.load()
    template()
    answer_calls()
