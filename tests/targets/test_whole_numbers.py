"""Networks of neurons in integers do what the interpreter does, and no number overflows."""

from bisect import bisect_left
from dataclasses import replace

import numpy as np
import pytest
from foreign_code import fault, run, tool, trial
from hypothesis import HealthCheck, given, settings
from strategies import arbitrary, dyadic, graphs, outputs_of, random_bits

from bonsai_compiler.bench.targets.software import STRICT, in_c
from bonsai_compiler.driver.emission import emit
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Product, State
from bonsai_compiler.ir.text import load
from bonsai_compiler.targets.c_integers import emit_c_integers
from bonsai_compiler.targets.whole_numbers import NEXT, NUMBER, OUTPUT, whole_network

TRAPPING = (*STRICT, "-fsanitize=undefined", "-fno-sanitize-recover=all")
HIDDEN = """\
graph hidden
port   way in ["up", "down", "stay"] one-hot
activation ameo = factor 0.2 leak 0.1
activation tanh = tanh
input  way_0 in {-1, 1}
input  way_1 in {-1, 1}
input  way_2 in {-1, 1}
state  s0 = -0.7 then r0 near {-0.7, 0.1, 0.7}
state  s1 = -1 then way_0
neuron h0 = tanh(0.31*way_0 - 0.77*s0 + 0.123)
neuron h1 = ameo(0.9*h0 - 1.7*way_1 + 0.4*s1)
product h2 = h0 * h1
neuron r0 = ameo(1.3*h1 - 0.4*h2 + 0.2*s0)
neuron o0 = ameo(2.1*h2 - 0.6*h1 + 0.05)
output y = o0
output z = s1
"""


def values(network, sequence):
    """What a network in whole numbers puts out, tick by tick, and the largest number on the way."""
    graph, states, rows, largest = network.graph, dict(network.initial), [], 0

    def climbed(target, place):
        stairs = network.stairs.get(target)
        return place if stairs is None else stairs.values[bisect_left(stairs.ends, place)]

    for bits in sequence:
        signs = [(1 if bit else -1) << network.fraction for bit in bits]
        places = states | dict(zip((node.name for node in graph.inputs), signs, strict=True))
        numbers = dict(places)
        for node in graph.computed:
            if isinstance(node, Product):
                total = numbers[node.left] * numbers[node.right]
            else:
                total = 0
                written = network.sums[node.name]
                for part in [*(w * numbers[source] for w, source in written.weights), written.bias]:
                    total += part
                    largest = max(largest, abs(part), abs(total))
            places[node.name], largest = total, max(largest, abs(total))
            numbers[node.name] = climbed((NUMBER, node.name), total)
        rows.append([climbed((OUTPUT, each.name), places[each.source]) for each in graph.outputs])
        states = {each.name: climbed((NEXT, each.name), places[each.next]) for each in graph.states}
        largest = max(largest, *map(abs, numbers.values()), *map(abs, states.values()), 0)
    return np.array(rows, dtype=bool), largest


def held(graph):
    return graph.with_nodes(
        replace(node, levels=node.levels or (-1.0, 1.0)) if isinstance(node, State) else node
        for node in graph.nodes
    )


@settings(max_examples=25, deadline=None)
@given(graphs(dyadic | arbitrary).map(held))
def test_networks_in_whole_numbers_put_out_what_they_do_in_doubles(graph):
    network = whole_network(graph)
    sequence = random_bits(60, len(graph.inputs))
    said, largest = values(network, sequence)
    assert said.tolist() == np.array(outputs_of(graph, sequence), dtype=bool).tolist()
    assert largest <= network.largest


@settings(
    max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(graphs(dyadic | arbitrary).map(held))
def test_their_c_does_the_same_and_nothing_undefined(tmp_path, graph):
    given = trial(graph, random_bits(60, len(graph.inputs)))
    assert fault(in_integers, given, tmp_path) is None


def in_integers(given, folder):
    return in_c(given, folder, trapping(folder), "c-integers")


def trapping(folder):
    """The strictest flags that the compiler here can link."""
    (folder / "try.c").write_text("int main(void) { return 0; }\n")
    try:
        run(tool("gcc", "clang", "cc"), *TRAPPING, "try.c", "-o", "try", folder=folder)
    except BonsaiError:
        return STRICT
    return TRAPPING


def test_hidden_neurons_are_as_fine_as_what_reads_them(tmp_path):
    graph = load(HIDDEN)
    network = whole_network(graph)
    assert network.fraction > 0
    letters = graph.input_signals.alphabet
    words = [letters[np.random.default_rng(k).integers(len(letters), size=200)] for k in range(2)]
    assert fault(in_integers, trial(graph, *words), tmp_path) is None
    text = (tmp_path / "machine.h").read_text()
    assert not [word for word in ("double", "math.h", "int64_t") if word in text.split("*/")[0]]


def test_a_step_that_is_elsewhere_is_seen():
    """That what judges networks here would see a wrong one."""
    graph = load(HIDDEN)
    network = whole_network(graph)
    letters = graph.input_signals.alphabet
    word = letters[np.random.default_rng(0).integers(len(letters), size=200)]
    wanted = np.array(outputs_of(graph, word), dtype=bool)
    assert (values(network, word)[0] == wanted).all()
    stairs = network.stairs[NEXT, "s0"]
    for place, value in enumerate(stairs.values):
        others = (*stairs.values[:place], -value + 1, *stairs.values[place + 1 :])
        wrong = {**network.stairs, (NEXT, "s0"): replace(stairs, values=others)}
        assert not (values(replace(network, stairs=wrong), word)[0] == wanted).all()


EDGE = """\
graph edge
input x in {{-1, 1}}
input z in {{-1, 1}}
neuron h = linear({}*x {} {}*z)
output y = h
"""


@pytest.mark.parametrize(
    ("weight", "other", "kind"),
    [
        (2**14, 2**14 - 1, "int"),
        (2**14, 2**14, "int32_t"),
        (2**30, 2**30 - 1, "int32_t"),
        (2**30, 2**30, "int64_t"),
        (2**61, 2**60, "int64_t"),
    ],
)
def test_numbers_at_the_limits_of_a_type(tmp_path, weight, other, kind):
    for sign in (1, -1):
        graph = load(EDGE.format(sign * weight, "- +"[sign + 1], other))
        assert fault(in_integers, trial(graph, random_bits(9, 2)), tmp_path) is None
        assert f"const {kind} h_sum" in (tmp_path / "machine.h").read_text()


def test_what_integers_cannot_hold_is_refused_in_one_line():
    head = "graph n\ninput x in {-1, 1}\n"
    for body, said in (
        ("state s = 0 then h\nneuron h = linear(0.5*s + 1*x)\noutput y = h\n", "too many states"),
        ("neuron h = linear(1e300*x)\nproduct p = h * h\noutput y = p\n", "p comes to inf"),
        ("neuron h = linear(1e30*x)\noutput y = h\n", "too large"),
        ("neuron h = linear(1e-30*x)\noutput y = h\n", "too close together"),
    ):
        with pytest.raises(BonsaiError, match=said):
            emit(load(head + body), "c-integers")
    logic = load("graph n (logic)\ninput x in {False, True}\nlogic h = not x\noutput y = h\n")
    with pytest.raises(BonsaiError, match="n is a graph of logic, which --to c writes in integers"):
        emit_c_integers(logic)


def test_what_nothing_rests_on_does_not_count():
    text = "graph n\ninput x in {-1, 1}\nstate s = 0 then h\nneuron h = linear(2*s + 1*x)\n"
    assert "state->" not in emit(load(f"{text}output y = x\n"), "c-integers")
