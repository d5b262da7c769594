"""How smoothly a large graph moves in the page: milliseconds a tick, in Chromium."""

import shutil
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import click
import numpy as np

from bonsai_compiler.differences.diff import Step
from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.graph import Graph, Input, Neuron, Node, Output, State, Term
from bonsai_compiler.page.model import Status, page_model
from bonsai_compiler.page.page import page

LAYERS, INPUTS, STATES, TERMS, FRAMES = 6, 4, 20, 4, 120

STEPS = """async (frames) => {
  const started = performance.now();
  for (let count = 0; count < frames; count++) {
    bonsai.forward();
    await new Promise(requestAnimationFrame);
  }
  return (performance.now() - started) / frames;
}"""


SIZES = 30, 100, 300
"""Nodes of the graphs, where no others are asked for."""


@click.command()
@click.argument("nodes", nargs=-1, type=click.IntRange(1))
@click.option("--nodes", "more", multiple=True, type=click.IntRange(1), help="So many nodes too.")
def command(nodes: tuple[int, ...], more: tuple[int, ...]) -> None:
    """Write pages of graphs of several sizes, step through them, and print a Markdown table."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        raise BonsaiError("there is no Chromium on the path to open pages in")
    if find_spec("playwright") is None:
        raise BonsaiError("bench view needs playwright; pip install playwright")
    print("| nodes | edges | page, kB | seconds to write | ms a tick, of one core | ms a frame |")
    print("|---|---|---|---|---|---|", flush=True)
    for count in (*more, *nodes) or SIZES:
        graph = layered(count, np.random.default_rng(0))
        started = time.perf_counter()
        said = Status("not judged", "a graph to measure the page with")
        stages = [Step("as it stands", graph)]
        text = page(page_model(graph.name, "", stages, GraphSystem(graph), said, ("", "")))
        seconds = time.perf_counter() - started
        edges = sum(len(node.terms) for node in graph.neurons) + len(graph.states)
        busy, frame = measured(text, browser)
        print(
            f"| {len(graph.nodes)} | {edges} | {len(text) // 1000} | {seconds:.1f} | "
            f"{busy:.0f} | {frame:.0f} |",
            flush=True,
        )


def layered(nodes: int, rng: np.random.Generator) -> Graph:
    """Return a random graph of so many nodes in layers, each of which reads those above it."""
    states = min(STATES, nodes // 5)
    width = (nodes - INPUTS - states - 1) // LAYERS
    above = [f"x{place}" for place in range(INPUTS)] + [f"s{place}" for place in range(states)]
    neurons: list[Node] = []
    for layer in range(LAYERS):
        names = [f"n{layer}_{place}" for place in range(width)]
        for name in names:
            drawn = rng.choice(len(above), min(TERMS, len(above)), replace=False)
            terms = tuple(Term(float(rng.normal()), above[place]) for place in drawn.tolist())
            neurons.append(Neuron(name, "ameo", 0.0, terms))
        above = names
    remembered = [State(f"s{place}", 1.0, above[place % width]) for place in range(states)]
    inputs = [Input(f"x{place}") for place in range(INPUTS)]
    activations = (("ameo", Activation("ameo", 0.5, 0.1)),)
    nodes_in_order = (*inputs, *remembered, *neurons, Output("y", above[0]))
    return Graph("layered", nodes_in_order, activations)


def measured(text: str, browser: str) -> tuple[float, float]:
    """Return how long the page's main thread computes for a tick, and how long a frame takes.

    In milliseconds, where every tick is shown in a frame of its own; the first does not depend on
    what else the machine has to do.
    """
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        place = Path(folder, "view.html")
        place.write_text(text, encoding="utf-8")
        started = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        shown = started.new_page(viewport={"width": 1400, "height": 900})
        shown.goto(place.as_uri())
        watch = shown.context.new_cdp_session(shown)
        watch.send("Performance.enable", {"timeDomain": "threadTicks"})

        def computed() -> float:
            found = watch.send("Performance.getMetrics")["metrics"]
            return float(next(item["value"] for item in found if item["name"] == "TaskDuration"))

        before = computed()
        frame = float(shown.evaluate(STEPS, FRAMES))
        busy = (computed() - before) * 1000 / FRAMES
        started.close()
    return busy, frame
