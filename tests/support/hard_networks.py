"""Right networks in disguise and wrong ones whose fault shows late, for machines known by heart."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from circuits import LOOSE, Layer, circuit, seems_right

from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.task import Task
from bonsai_compiler.specification.task_file import read_task


@dataclass(frozen=True, eq=False)
class Core:
    """A task in Python, and layers of gates that do it."""

    name: str
    task: str
    layers: tuple[Layer, ...]

    @lru_cache  # noqa: B019 (there are seven of them, and all stay)
    def load(self) -> Task:
        """The task, as a file of its name would say it."""
        return read_task(self.task.encode(), Path(f"{self.name}.py"))


DELAY3 = Core(
    "delay3",
    """\
inputs, outputs, start = ("x",), ("y",), (False, False, False)
def step(state, x):
    return (*state[1:], x), state[0]
""",
    (
        Layer(
            {"y": lambda c: c},
            {
                "a": (False, lambda x: x),
                "b": (False, lambda a: a),
                "c": (False, lambda b: b),
            },
        ),
    ),
)
LOOP4 = Core(
    "loop4",
    """\
inputs, outputs, start = (), ("y",), 0
def step(tick):
    return (tick + 1) % 4, tick == 2
""",
    (
        Layer(
            {"y": lambda a, b: a and b},
            {"a": (False, lambda b: not b), "b": (False, lambda a: a)},
        ),
    ),
)
PARITY = Core(
    "parity",
    """\
inputs, outputs, start = ("x",), ("y",), False
def step(odd, x):
    return odd != x, odd != x
""",
    (Layer({"y": lambda x, s: x != s}, {"s": (False, lambda x, s: x != s)}),),
)
PAIR = Core(
    "pair",
    """\
inputs, outputs, start = ("x",), ("same", "odd"), (False, False)
def step(state, x):
    before, odd = state
    return (x, odd != x), (x == before, odd != x)
""",
    (
        Layer(
            {"same": lambda x, d: x == d, "odd": lambda x, s: x != s},
            {"d": (False, lambda x: x), "s": (False, lambda x, s: x != s)},
        ),
    ),
)
COUNTER = Core(
    "counter",
    """\
inputs, outputs, start = ("x",), ("full", "even"), 0
def step(count, x):
    count = (count + x) % 4
    return count, (count == 3, count % 2 == 0)
""",
    (
        Layer(
            {"carry": lambda q, x: q and x, "low": lambda q, x: q != x},
            {"q": (False, lambda q, x: q != x)},
        ),
        Layer(
            {"high": lambda p, carry: p != carry, "low": lambda low: low},
            {"p": (False, lambda p, carry: p != carry)},
        ),
        Layer({"full": lambda high, low: high and low, "even": lambda low: not low}, {}),
    ),
)
SELECTOR = Core(
    "selector",
    """\
inputs, outputs, start = ("change", "one", "other"), ("y",), 0
def step(mode, change, one, other):
    mode = (mode + change) % 4
    both = one and other
    return mode, (one != other, both, not (one or other), not both)[mode]
""",
    (
        Layer(
            {
                "carry": lambda q, change: q and change,
                "low": lambda q, change: q != change,
                "a": lambda one: one,
                "b": lambda other: other,
            },
            {"q": (False, lambda q, change: q != change)},
        ),
        Layer(
            {
                "high": lambda p, carry: p != carry,
                "early": lambda low, a, b: a and b if low else a != b,
                "late": lambda low, a, b: not (a and b) if low else not (a or b),
            },
            {"p": (False, lambda p, carry: p != carry)},
        ),
        Layer({"y": lambda high, early, late: late if high else early}, {}),
    ),
)
BRACKETS = Core(
    "brackets",
    """\
inputs, outputs, start = ("x",), ("y",), 0
def legal(depth, x):
    return depth > 0 if x else depth < 3
def step(depth, x):
    depth += -1 if x else 1
    return depth, depth == 0
""",
    (
        Layer(
            {"y": lambda p, q, x: x and q and not p},
            {
                "p": (False, lambda p, q, x: p != (q != x)),
                "q": (False, lambda q: not q),
            },
        ),
    ),
)
CORES = (DELAY3, LOOP4, PARITY, COUNTER, SELECTOR, BRACKETS)


@lru_cache
def core_network(core, activation, seed):
    """A network of gates that is right as far as random runs show, or None in forty tries."""
    rng, machine = np.random.default_rng(seed), tabulate(core.load())
    for _ in range(40):
        network = circuit(core.layers, machine.inputs, activation, rng, LOOSE)
        if seems_right(network, machine, rng):
            return network
    return None
