"""The backends, as a table: each turns a graph into text, `(graph, doc, horizon) -> str`."""

from collections.abc import Callable

from bonsai_compiler.backends.boolean import emit_boolean
from bonsai_compiler.backends.dot import emit_dot
from bonsai_compiler.backends.python import emit_python
from bonsai_compiler.backends.svg import emit_svg

Backend = Callable[..., str]

BACKENDS: dict[str, Backend] = {
    "python": emit_python,
    "boolean": emit_boolean,
    "dot": emit_dot,
    "svg": emit_svg,
}
