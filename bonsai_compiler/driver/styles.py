"""The graph that a program is written from: as short as it comes, or neuron by neuron."""

from dataclasses import dataclass

import numpy as np

from bonsai_compiler.backends.program import STYLES, Style
from bonsai_compiler.driver.target import Target
from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.ir.expression import UnreadableError
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.interpreter import evaluate_nodes
from bonsai_compiler.ir.text import number
from bonsai_compiler.logic.synthesis import LoweringContext
from bonsai_compiler.passes.lower import Lower
from bonsai_compiler.passes.pipeline import Compiled
from bonsai_compiler.system.deadline import NEVER

MOST_LISTED = 4
"""How many values of a neuron are listed that stand for one level."""

DIGITS = 4
"""How many digits after the point of such a value are told."""


@dataclass(frozen=True, slots=True)
class Written:
    """The graph that a program is written from, and sentences on what stands for what in it."""

    graph: Graph
    legend: tuple[str, ...] = ()


def written_as(style: Style, compiled: Compiled, target: Target) -> Written:
    """Return what the program of a compiled network is written from, in a style.

    In the style "network" each neuron is a function of what it reads itself; of a network that
    keeps to no few levels it is the network as it stands, in floats.
    """
    neurons = compiled.neurons
    if style == "readable" or neurons.dialect is not Dialect.NEURONS:
        return Written(compiled.graph)
    lower = Lower.search(neurons, target.oracle, NEVER) if compiled.settled else None
    if lower is None:
        return Written(neurons)
    try:
        graph = lower.neuron_by_neuron(neurons)
    except UnreadableError:
        return Written(neurons)
    return Written(graph, _legend(neurons, lower))


def expect_style(style: str) -> Style:
    """Return a style; raises BonsaiError for what is none."""
    for known in STYLES:
        if style == known:
            return known
    raise BonsaiError(f"there is no style {shown(style)}; known are {', '.join(STYLES)}")


def _legend(neurons: Graph, lower: Lower) -> tuple[str, ...]:
    """Return for each state and neuron which of the network's values stand for which of its own."""
    before = evaluate_nodes(neurons, lower.states, lower.bits)
    levels = LoweringContext(neurons, lower.states, lower.bits).levels
    told = []
    for node in (*neurons.states, *neurons.computed):
        labels, count = levels.labels[node.name], levels.count(node.name)
        stands = []
        for label in np.unique(labels).tolist():
            values = np.unique(np.round(before[node.name][labels == label], DIGITS) + 0.0)
            title = str(label > 0) if count == 2 else str(label)
            stands.append(f"{title} is {_listed(values.tolist())}")
        told.append(f"{node.name}: {', '.join(stands)}")
    return ("What each value here is in the network:", *told) if told else ()


def _listed(values: list[float]) -> str:
    if len(values) > MOST_LISTED:
        return f"from {number(values[0])} to {number(values[-1])}"
    return " or ".join(map(number, values))
