"""Sets of states in whole numbers: what they must hold, held against fifty digits."""

from itertools import product

import mpmath
import numpy as np
from exactly import exact, exactly
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import activations, graphs

from bonsai_compiler.certificates import sets
from bonsai_compiler.certificates.enclosures import ONE, arcs_of, band, hyperbolic
from bonsai_compiler.certificates.sets import Form, Network
from bonsai_compiler.ir.text import dump, load


@given(st.floats(-70, 70) | st.floats(-1e-3, 1e-3))
def test_tanh_is_enclosed_narrowly(x):
    place = int(x * 2.0**60) << 20
    low, high = hyperbolic(place)
    with mpmath.workdps(50):
        true = mpmath.tanh(mpmath.mpf(place) / ONE) * ONE
        assert low <= true <= high
    assert high - low < 2**28


def arcs(activation):
    ameo = f"factor {activation.factor} leak {activation.leak}"
    return arcs_of(ameo if activation.kind == "ameo" else activation.kind)


@given(activations, st.floats(-9, 9) | st.integers(-6, 6), st.floats(0, 4) | st.floats(0, 1e-6))
def test_a_band_holds_the_curve(activation, low, width):
    ends = int(low * 2.0**60) << 20, int((low + width) * 2.0**60) << 20
    slope, least, most, _ = band(arcs(activation), *ends)
    with mpmath.workdps(50):
        for place in range(41):
            x = mpmath.mpf(ends[0] + (ends[1] - ends[0]) * place // 40) / ONE
            off = exact(activation, x) * ONE - slope * x
            assert least <= off <= most
    if activation.kind != "step" and width < 1e-3:
        assert most - least < 2e-3 * width * ONE + 2**32


@given(graphs(st.floats(-4, 4), products=True), st.integers(0, 2**32 - 1))
def test_a_tick_holds_every_point(graph, seed):
    assume(not any(state.levels for state in graph.states))
    rng = np.random.default_rng(seed)
    order = [state.name for state in graph.states]
    network = Network(dump(graph).splitlines(), order)
    low = rng.uniform(-1, 1, len(order))
    high = low + rng.uniform(0, 1, len(order)) * 10.0 ** rng.integers(-9, 1)
    box = [
        Form.between(sets.nearest(a.hex()), sets.nearest(b.hex()), place)
        for place, (a, b) in enumerate(zip(low.tolist(), high.tolist(), strict=True))
    ]
    letter = rng.integers(0, 2, len(graph.inputs))
    outputs, following = network.tick(box, letter.tolist())
    for _ in range(6):
        point = np.where(rng.random(len(order)) < 0.5, low, high)
        with mpmath.workdps(50):
            values, then = exactly(graph, point, letter)
            found = [values[output.source] for output in graph.outputs]
            for form, value in zip([*outputs, *following], [*found, *then], strict=True):
                least, most = form.ends
                assert least - 1 <= value * ONE <= most + 1


def test_the_letters_are_those_of_the_ports():
    lines = [
        "graph g",
        "port   a in 2..4 thermometer",
        'port   b in ["no", "yes", "so"] binary',
        "port   y in 0..2 one-hot",
        *(f"input  {name} in {{-1, 1}}" for name in ("c", "a_1", "a_2", "b_1", "b_0")),
        *(f"output {name} = c" for name in ("y_0", "y_1", "y_2")),
    ]
    graph, network = load("\n".join(lines) + "\n"), Network(lines, [])
    for bits, signals in (
        (network.inputs, graph.input_signals),
        (network.ends, graph.output_signals),
    ):
        every = list(product(*[words for _, _, words in network.fields(bits)]))
        words = [[bit for _, word in letter for bit in word] for letter in every]
        assert np.array_equal(np.array(words, dtype=bool), signals.alphabet)
        assert [tuple(value for value, _ in letter) for letter in every] == [
            signals.values(tuple(row)) for row in signals.alphabet.tolist()
        ]
