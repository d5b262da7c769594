"""Back ends, as a table: a graph as Python, equations, Graphviz, SVG or PNG."""

from collections.abc import Callable

from bonsai_compiler.backends.boolean import emit_boolean
from bonsai_compiler.backends.dot import emit_dot, emit_png, emit_svg
from bonsai_compiler.backends.python import emit_python

Backend = Callable[..., str | bytes]

BACKENDS: dict[str, Backend] = {
    "python": emit_python,
    "boolean": emit_boolean,
    "dot": emit_dot,
    "svg": emit_svg,
    "png": emit_png,
}
