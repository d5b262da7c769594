"""Networks with one planted fault, which legal inputs show after a known number of ticks."""

from dataclasses import dataclass, replace

import numpy as np
from circuits import Layer, circuit, with_state
from disguises import wandering
from hard_networks import PARITY, Core

from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.networks.network import Cell, Dense, Network

STRAIGHT = Activation("ameo", 1.0, 0.1)
ROUND = Activation("ameo", 0.0, 0.01)
BLINK = """\
inputs, outputs, start = (), ("y",), 0
def step(tick):
    return (tick + 1) % 2, tick == 0
"""


@dataclass(frozen=True)
class Faulty:
    """A network, the task that it fails, and the tick on which it can first be seen to."""

    name: str
    network: Network
    core: Core
    tick: int


ALWAYS = "always"
ONES = "x"
CHANGES = "changed"
CLOCKS = {
    ALWAYS: Layer({ALWAYS: lambda x: True, "x": lambda x: x}, {}),
    ONES: Layer({"x": lambda x: x}, {}),
    CHANGES: Layer({CHANGES: lambda x, d: x != d, "x": lambda x: x}, {"d": (False, lambda x: x)}),
}
"""What makes a state creep up by a step: every tick, those with x, or those on which x changes."""


def drifting(tick, clock, seed=0):
    """Parity, outvoted by a state that a clock lets creep up."""
    layers = (CLOCKS[clock], *PARITY.layers)
    network = circuit(layers, ("x",), STRAIGHT, np.random.default_rng(seed))
    step = 0.5 / (tick - 1.5)
    counting, cell = network.cells
    incoming = np.zeros(len(cell.recurrent_kernel))
    incoming[list(CLOCKS[clock].outputs).index(clock)] = -step / 2
    cell, row = with_state(cell, incoming, -step / 2, 0.0, own=-1.0)
    watch = np.zeros((len(cell.output_kernel), 1))
    watch[row] = -1.0
    cell = replace(
        cell,
        output_kernel=np.concatenate([cell.output_kernel, watch], axis=1),
        output_bias=np.append(cell.output_bias, 0.0),
    )
    dense = Dense(np.array([[1.0, 2.0]]), np.zeros(1))
    network = Network(1, 1, (counting, cell), (dense,))
    return Faulty(f"drifting {tick} {clock}", network, PARITY, tick)


def blinking(tick):
    """No inputs: every other tick is True, until a state that creeps up outvotes it."""
    assert tick % 2 == 0, "only a tick that should be False can be outvoted"
    step = 0.5 / (tick - 1.5)
    cell = Cell(
        output_kernel=np.array([[1.0, 0.0], [0.0, -1.0]]),
        output_bias=np.zeros(2),
        recurrent_kernel=np.array([[1.0, 0.0], [0.0, -1.0]]),
        recurrent_bias=np.array([0.0, -step]),
        initial_state=np.array([-1.0, 0.0]),
        output_activation=STRAIGHT,
        recurrent_activation=STRAIGHT,
    )
    dense = Dense(np.array([[1.0, 2.0]]), np.zeros(1))
    return Faulty(
        f"blinking{tick}", Network(0, 1, (cell,), (dense,)), Core("blink", BLINK, ()), tick
    )


def overflowing(tick):
    """Brackets to a depth one greater than a state can count to; it turns back at its edge."""
    deepest = tick // 2 + 1
    task = f"""\
inputs, outputs, start = ("x",), ("y",), 0
def legal(depth, x):
    return depth > 0 if x else depth < {deepest}
def step(depth, x):
    depth += -1 if x else 1
    return depth, depth == 0
"""
    step = 2 / (deepest - 1)
    kernel = np.array([[step], [-1.0]])
    cell = Cell(kernel, np.zeros(1), kernel, np.zeros(1), np.array([-1.0]), STRAIGHT, STRAIGHT)
    dense = Dense(np.array([[-1.0]]), np.array([step / 2 - 1]))
    core = Core(f"brackets{deepest}", task, ())
    return Faulty(f"overflowing{tick}", Network(1, 1, (cell,), (dense,)), core, tick)


def worded(core, word, seed=0):
    """A core whose last output is wrong on the tick after a word of the input, and only then."""
    (layer,) = core.layers
    *others, wrong = layer.outputs
    last = f"m{len(word) - 1}"
    chain = {f"m{place}": (False, _matched(place, bit)) for place, bit in enumerate(word)}
    first = Layer({**layer.outputs, last: _lambda(last, last)}, {**layer.states, **chain})
    flipped = _lambda(f"{wrong} != {last}", wrong, last)
    second = Layer({**{name: _lambda(name, name) for name in others}, wrong: flipped}, {})
    task = core.load()
    network = circuit((first, second), task.inputs, ROUND, np.random.default_rng(seed))
    return Faulty(f"worded{len(word)}", network, core, len(word) + 1)


def _matched(place, bit):
    """Whether the word matches up to a place: it did so to the place before, and x is this bit."""
    letter = "x" if bit else "not x"
    if place == 0:
        return _lambda(letter, "x")
    return _lambda(f"m{place - 1} and {letter}", f"m{place - 1}", "x")


def _lambda(expression, *names):
    return eval(f"lambda {', '.join(names)}: {expression}")


def restless(faulty, seed=0):
    """The same fault in a network of which no state ever repeats."""
    network = wandering(faulty.network, np.random.default_rng(seed), 1e-7)
    return replace(faulty, name=f"restless {faulty.name}", network=network)
