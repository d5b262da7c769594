"""Graphs that are hard to show, and pages read as a browser reads them."""

import json
from html.parser import HTMLParser

import numpy as np

from bonsai_compiler.driver.loading import read_graph
from bonsai_compiler.ir.graph import Dialect, Graph, Input, Neuron, Output, State, Term
from bonsai_compiler.ir.interpreter import run
from bonsai_compiler.ir.text import number
from bonsai_compiler.page.notation import bits_of

HOSTILE_TAGS = "</script><script>alert(1)</script> & <img src=x onerror=alert(2)> \"'ünï"
HOSTILE = """</script><script>alert("1")</script> <!-- & 'ünï' \u2028 ]]> \\" {{ x }}"""


class Reader(HTMLParser):
    """The tags of a page, the text of its scripts, and all addresses in attributes."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.tags: list[str] = [""]
        self.addresses: list[str] = []
        self.scripts: list[str] = []
        self.feed(written)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.addresses += [value for name, value in attributes if name in ("src", "href", "action")]
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data):
        if self.tags[-1] == "script":
            self.scripts[-1] += data

    @property
    def data(self):
        found = json.loads(self.scripts[0])
        for stage in found["stages"]:
            stage["text"] = [(sign, found["lines"][line]) for sign, line in stage["text"]]
            stage["graph"]["nodes"] = [found["nodes"][node] for node in stage["graph"]["nodes"]]
        return found


def hostile(name):
    """A graph whose nodes have a name that no file may hold, and no page must trip over."""
    return Graph(
        name,
        (
            Input(name),
            State(f"s{name}", -1.0, f"n{name}"),
            Neuron(f"n{name}", "linear", 0.5, (Term(1.0, name), Term(1.0, f"s{name}"))),
            Output(f"y{name}", f"n{name}"),
        ),
    )


class Tags(HTMLParser):
    """Collects the tags of a page, and its text apart."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text, self.names = [], "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.names += [name for name, _ in attributes]

    def handle_data(self, data):
        self.text += data


FLOATS = """\
graph floats
activation bend = tanh
activation ameo = factor 0.5 leak 0.1
input  x in {-1, 1}
state  s0 = 0.94 then r0
neuron r0 = ameo(0.7*x - 0.3*s0 + 0.11)
neuron squashed = bend(1.5*r0)
output y = squashed
"""


START = """\
graph g
input  x in {-1, 1}
neuron a = linear(1*x)
neuron b = linear(1*x)
neuron c = linear(1*a + 1*b)
neuron d = linear(1*c + 0.25*x)
output y = d
"""


MINUS = "\N{MINUS SIGN}"


def last_neurons(folder):
    """The place, and the graph, of the last step that consists of neurons."""
    found = [read_graph(str(path)) for path in sorted((folder / "steps").iterdir())]
    neurons = [place for place, graph in enumerate(found) if graph.dialect is Dialect.NEURONS]
    return neurons[-1], found


def shown(page):
    """The value that each node of the drawing shows, of those that are there."""
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("#graph .node:not(.gone)")]
            .map((node) => [node.dataset.node, node.querySelector(".value").textContent]))"""
    )


def written(graph, sequence, tick):
    """What the page should show of each node at a tick: of a bit 0 or 1, whatever stands for it."""
    bits = bits_of(graph)
    return {
        name: figures(values[tick] == bits[name][1] if name in bits else values[tick])
        for name, values in run(graph, sequence).items()
    }


def figures(value):
    """A value as the page writes it: three figures, a bool as a digit."""
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    return number(float(f"{value:.3g}")).replace("-", MINUS)
