"""A circuit does what its graph of logic does, for every word of bits and every state."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from ported import GRAPH
from strategies import logic_graphs

from bonsai_compiler.circuits import words
from bonsai_compiler.circuits.circuit import FALSE, TRUE, Builder, evaluated, value_of
from bonsai_compiler.circuits.inverters import inverter_graph
from bonsai_compiler.circuits.lowering import bit_names, circuit_of
from bonsai_compiler.circuits.words import Word, constant
from bonsai_compiler.ir.interpreter import evaluate_nodes, next_states


def agrees(graph, count=400):
    """Hold a circuit against the interpreter, for random states and words of bits."""
    circuit, rng = circuit_of(graph), np.random.default_rng(0)
    names = [node.name for node in graph.inputs]
    bits = rng.random((count, len(names))) < 0.5
    levels = [max(len(state.levels), 1 + (not state.levels)) for state in graph.states]
    states = np.stack([rng.integers(n, size=count) for n in levels] or [np.zeros(count)], axis=1)
    states = states[:, : len(levels)].astype(float)
    wanted = evaluate_nodes(graph, states, bits)
    following = next_states(graph, wanted, count)
    given_bits = [bits[:, names.index(name)] for each in circuit.inputs for name in bit_names(each)]
    stored = [
        (states[:, place].astype(int) >> bit & 1).astype(bool)
        for place, register in enumerate(circuit.registers)
        for bit in range(len(register.literals))
    ]
    values = evaluated(circuit, given_bits, stored)

    def of(literal):
        return np.broadcast_to(value_of(literal, values), count)

    for each in circuit.outputs:
        for name, literal in zip(bit_names(each), each.literals, strict=True):
            assert (of(literal) == wanted[name]).all(), name
    for place, register in enumerate(circuit.registers):
        found = sum((of(end).astype(int) << k for k, end in enumerate(register.following)), 0)
        assert (found == following[:, place]).all(), register.name
    aig = inverter_graph(circuit)
    assert all(own > high >= low for own, high, low in ((2 * n, *pair) for n, *pair in aig.gates))


@settings(max_examples=40)
@given(logic_graphs())
def test_circuits_of_random_graphs(graph):
    agrees(graph)


def test_a_circuit_with_ports_of_every_kind():
    agrees(GRAPH)


numbers = st.integers(-20, 20)


def word(low, high, value):
    """An integer of given bounds as constant bits."""
    return Word(tuple(value >> k & 1 for k in range(words.width(low, high))), low, high)


def number(found):
    """The value of a word of constants."""
    assert set(found.bits) <= {FALSE, TRUE}
    total = sum(bit << place for place, bit in enumerate(found.bits))
    value = total - (1 << len(found.bits)) if found.low < 0 and found.bits[-1] else total
    assert found.low <= value <= found.high
    return value


@given(numbers, numbers, numbers, numbers, numbers, numbers, st.integers(1, 9), st.booleans())
def test_arithmetic_of_words(a, b, c, d, e, f, divisor, test):
    (low, x, high), (least, y, most) = sorted((a, b, c)), sorted((d, e, f))
    make, one, two = Builder(1), word(low, high, x), word(least, most, y)
    assert number(words.added(make, one, two)) == x + y
    assert number(words.taken_away(make, one, two)) == x - y
    assert number(words.remainder(make, one, divisor)) == x % divisor
    assert number(words.least(make, one, two)) == min(x, y)
    assert number(words.greatest(make, one, two)) == max(x, y)
    assert number(words.chosen(make, int(test), one, two)) == (x if test else y)
    assert words.less(make, one, two) == (x < y)
    assert words.equal(make, one, two) == (x == y)
    assert number(constant(x)) == x


@given(st.lists(numbers, min_size=1, max_size=9), st.integers(0, 8))
def test_tables_of_words(entries, place):
    place %= len(entries)
    found = words.looked_up(Builder(1), list(map(constant, entries)), word(0, 8, place))
    assert number(found) == entries[place]


@given(st.lists(st.integers(0, 7), min_size=3, max_size=3))
def test_no_gate_says_what_an_operand_says(literals):
    make = Builder(4)
    test, yes, no = literals
    found = make.chosen(test, yes, no)
    for gate in make.gates:
        assert not {FALSE, TRUE} & set(gate.operands)
        assert len({operand >> 1 for operand in gate.operands}) == len(gate.operands)
    for bits in range(8):
        values = [False, *(bool(bits >> k & 1) for k in range(3))]
        for gate in make.gates:
            a, *rest = (values[x >> 1] ^ bool(x & 1) for x in gate.operands)
            values.append(
                {"and": lambda a, b: a and b, "xor": lambda a, b: a != b}[gate.kind](a, *rest)
                if gate.kind != "mux"
                else (rest[0] if a else rest[1])
            )
        pick = (values[x >> 1] ^ bool(x & 1) for x in (test, yes, no))
        wanted = (lambda t, y, n: y if t else n)(*pick)
        assert values[found >> 1] ^ bool(found & 1) == wanted
