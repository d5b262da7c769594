"""How fast the joint search is: joint states a second, where frontiers are wide or narrow."""

import time

import click

from bonsai_compiler.equivalence.search import JOINT_STATES, explore
from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.ir.text import load

FLOATS = """\
graph floats
activation ameo = factor 0.5 leak 0.1
input  x in {-1, 1}
state  s0 = 0.1 then r0
state  s1 = 0.2 then r1
state  s2 = 0.3 then r2
neuron r0 = ameo(0.7*x + 0.9*s1 - 0.31*s2)
neuron r1 = ameo(0.4*x + 1.1*s2 + 0.2*s0)
neuron r2 = ameo(-0.3*x + 0.8*s0 + 0.5*s1)
output y = r0
"""
LOGIC = """\
graph logic (logic)
input  x in {False, True}
input  z in {False, True}
state  s0 = 0 then n
state  s1 = 0 then m
state  s2 = False then x
logic  n = (s0 + 1 if s0 < 1999 else 0) if x else s0
logic  m = (s1 + 1 if s1 < 1999 else 0) if z else s1
logic  a = s0 == s1 and s2
output y = a
"""
NARROW = """\
graph narrow
state  s0 = 0 then r0
neuron r0 = linear(1*s0 + 1)
output y = r0
"""
GRAPHS = {
    "three float states, 2 letters": (FLOATS, None),
    "two counters and a bit, 4 letters": (LOGIC, None),
    "one state, no inputs": (NARROW, 20_000),
}


@click.command()
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=JOINT_STATES,
    show_default=True,
    help="Joint states that are visited at most.",
)
def command(limit: int) -> None:
    """Explore each graph against itself, and print a Markdown table."""
    print("| graph | joint states | ticks deep | seconds | joint states a second |")
    print("|---|---|---|---|---|")
    for name, (text, ticks) in GRAPHS.items():
        system = GraphSystem(load(text))
        started = time.perf_counter()
        found = explore(system, system, limit, ticks)
        seconds = time.perf_counter() - started
        visited = len(found.candidate)
        print(f"| {name} | {visited} | {found.depth} | {seconds:.1f} | {visited / seconds:.0f} |")
