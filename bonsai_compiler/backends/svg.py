"""Draw a graph as SVG."""

from bonsai_compiler.backends.dot import emit_dot
from bonsai_compiler.backends.graphviz import rendered
from bonsai_compiler.ir.graph import Graph


def emit_svg(graph: Graph, doc: str = "", horizon: int | None = None) -> str:
    """The drawing of the `dot` backend, laid out as SVG."""
    return rendered(emit_dot(graph, doc, horizon)).decode()
