"""Networks with a fault that shows only after many ticks: a delay of one tick, spoiled.

Each has a state that grows to 1 at the fault, and then turns every True output into False.
"""

from math import exp

import machines

from bonsai_compiler.ir.text import load

DELAY = """\
graph planted
activation relu = relu
input x in {{-1, 1}}
state s = -1 then c
state d = 0 then n
neuron c = linear(1*x)
{grows}
neuron f = relu(1*n - {threshold!r})
neuron o = linear(1*s - 1e9*f)
output y = o
"""

GROWS = {
    # On every tick.
    "drift": "neuron n = linear(1*d + {step!r})",
    # As long as x stays True; the first False takes it back to 0.
    "rest": "neuron n = relu(1*d + 9*x - {rest!r})",
    # A sum that fades: x has to be True nearly all the time.
    "fade": "neuron n = linear({keep!r}*d + {half!r}*x + {half!r})",
    # The same of changes: x has to alternate.
    "alternation": "product p = x * s\nneuron n = linear({keep!r}*d - {half!r}*p + {half!r})",
}


def planted(kind, ticks):
    """The network, and the machine that it is but for its fault, on tick `ticks` or soon after."""
    step, keep = 1 / ticks, exp(-3 / ticks)
    grown = {"drift": 1.0, "rest": 1.0}.get(kind, 1 - exp(-3))
    grows = GROWS[kind].format(step=step, rest=9 - step, keep=keep, half=(1 - keep) / 2)
    return load(DELAY.format(grows=grows, threshold=grown - step / 4)), machines.delay1()
