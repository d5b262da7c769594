"""Of a population of trained networks, compile the promising and keep the smallest proved one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bonsai_compiler.judge import Judge
from bonsai_compiler.lift import lift
from bonsai_compiler.network import Network
from bonsai_compiler.pipeline import Compiled, compile_graph

MOST = 24
"""How many networks that learned the task are compiled."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The network that was kept, its place in the population, and what it compiled to."""

    number: int
    network: Network
    compiled: Compiled
    tried: int


def choose(
    networks: Sequence[Network],
    order: Sequence[int],
    judge: Judge,
    name: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    report: Callable[[int, int], None] = lambda _tried, _of: None,
) -> Choice:
    """Return the smallest network that settles, among those at the places `order`, best first.

    After MOST networks the search ends if one has settled; if none ever does, the first is kept.
    """
    best: Choice | None = None
    for tried, number in enumerate(order, 1):
        if tried > MOST and best is not None and best.compiled.settled:
            break
        lifted = lift(networks[number], name, inputs, outputs)
        compiled = compile_graph(lifted, judge)
        if best is None or _rank(compiled) < _rank(best.compiled):
            best = Choice(number, networks[number], compiled, tried)
        report(tried, len(order))
    assert best is not None
    return best


def _rank(compiled: Compiled) -> tuple[bool, int, int, int]:
    size = compiled.steps[-1].size
    return not compiled.settled, size.weights, size.neurons, size.states
