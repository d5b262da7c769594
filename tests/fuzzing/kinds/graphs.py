"""Random graphs: does everything that reads one make the same of it?"""

import math
from typing import Any

import bonsai_compiler as bonsai

from ..brute import Program
from ..case import Case, DisagreementError, expect, run_program
from ..equations import solved
from ..fields import Letter, bits_of, letters, word
from ..random_graphs import ODD_NAMES, logic_text, neuron_text
from ..reading import Graph, Neuron, Product, read_graph
from ..running import GraphRun, UndecidedError
from ..verdicts import judged


def run(case: Case) -> str:
    """Load, print, run, emit and check one graph, each held against an interpreter of our own."""
    rng = case.rng
    logical = rng.random() < 0.5
    text = (logic_text if logical else neuron_text)(rng, case.scale)
    path = case.file("random.bonsai", text)
    try:
        graph = bonsai.load(path)
    except bonsai.BonsaiError as error:
        # Names that a program can hardly have may be refused, and nothing else.
        expect(any(name in str(error) for name in ODD_NAMES), f"refused: {error}")
        return "refused"
    printed = str(graph)
    again = bonsai.load(case.file("again.bonsai", printed))
    expect(again == graph and str(again) == printed, f"printed, it reads otherwise: {printed}")
    read = read_graph(text)
    program = bonsai.emit(graph, "python")
    assert isinstance(program, str)
    case.file("random.py", program)
    names = run_program(program)
    alphabet = letters(read.input_signals)
    sequences = [[rng.choice(alphabet) for _ in range(rng.randint(1, 12))] for _ in range(3)]
    for sequence in sequences:
        _run_alike(graph, read, names, sequence)
    if logical:
        _solve_alike(bonsai.emit(graph, "boolean"), read, sequences)
    for backend in ("dot", "svg")[: rng.randrange(3)]:
        expect(bonsai.emit(graph, backend), f"nothing came of --to {backend}")
    return _check_alike(case, graph, read, names)


def _run_alike(graph: Any, read: Graph, names: dict[str, Any], sequence: list[Letter]) -> None:
    """Compare a trace, tick by tick, with our own run of the same states and with the program."""
    own, program = GraphRun(read, strict=True), Program(names, read.output_signals)
    words = [word(read.input_signals, letter) for letter in sequence]
    trace = bonsai.run(graph, words if read.input_signals else len(sequence))
    state, told = program.start, []
    following: tuple[Any, ...] | None = own.start
    for tick, letter in enumerate(sequence):
        place = f"tick {tick} of {' '.join(words)}"
        carried = tuple(trace[name][tick] for name in read.states)
        if following is not None:
            expect(_equal(carried, following), f"states {carried}, not {following} at {place}")
        held = _unpacked(read, state)
        expect(_same(carried, held), f"the program holds {held}, not {carried} at {place}")
        answer = tuple(trace[field.name][tick] for field in read.output_signals)
        try:
            state, given = program.step(state, letter)
        except Exception as error:
            raise DisagreementError(f"the program fails at {place}: {error!r}") from None
        expect(_agrees(given, answer), f"the program says {given}, `run` {answer} at {place}")
        told.append(answer)
        following = _ticked_alike(trace, read, own, carried, letter, tick, place)
    stream = (letter[0] if len(letter) == 1 else letter for letter in sequence)
    try:
        yielded = list(names["random"](stream))
    except Exception as error:
        raise DisagreementError(f"the generator fails: {error!r}") from None
    rows = [row if len(read.output_signals) > 1 else (row,) for row in yielded]
    alike = len(rows) == len(told) and all(map(_agrees, rows, told))
    expect(alike, f"the generator yields {yielded}, not {told}")


def _ticked_alike(
    trace: Any,
    read: Graph,
    own: GraphRun,
    carried: tuple[Any, ...],
    letter: Letter,
    tick: int,
    place: str,
) -> tuple[Any, ...] | None:
    """Compare what is computed on a tick; return our next states, None where they are undecided."""
    try:
        values = own.values(carried, bits_of(read.input_signals, letter))
    except UndecidedError:
        return None
    if not all(math.isfinite(value) and abs(value) < 1e12 for value in values.values()):
        return None
    for name, node in read.computed.items():
        found = trace[name][tick]
        # From here on we follow the package, so that no rounding adds up.
        try:
            expected = own.computed(name, node, values)
        except UndecidedError:
            return None
        close = _close(read, node, found, expected, values)
        expect(close, f"{name} is {found}, not {expected} at {place}")
        values[name] = expected if isinstance(node, str) else found
    try:
        answer = own.answer(values)
        for field, value in zip(read.output_signals, answer, strict=True):
            told = trace[field.name][tick]
            expect(
                value is None or told == value, f"{field.name} is {told}, not {value} at {place}"
            )
        return own.following(values)
    except UndecidedError:
        return None


def _close(read: Graph, node: Any, found: Any, expected: Any, values: dict[str, Any]) -> bool:
    if isinstance(node, Product):
        return bool(found == expected)
    if not isinstance(node, Neuron):
        return bool(found == expected) and isinstance(found, bool) == isinstance(expected, bool)
    size = sum(abs(weight * values[source]) for weight, source in node.terms) + abs(node.bias) + 1
    # The smooth curve is a quartic at most 16 steep; its terms are no larger than its argument.
    return abs(found - expected) <= 1e-12 * size * size * 64


def _equal(carried: tuple[Any, ...], following: tuple[Any, ...]) -> bool:
    return all(a == b for a, b in zip(carried, following, strict=True))


def _same(carried: tuple[Any, ...], held: tuple[Any, ...]) -> bool:
    """Return whether two runs hold the same numbers, to the last bit; an integer may be a float."""
    return all(a == b or (a != a and b != b) for a, b in zip(carried, held, strict=True))


def _agrees(given: tuple[Any, ...], answer: tuple[Any, ...]) -> bool:
    # Bits of an output that mean no value are told as digits by `run`; a program tells some value.
    return all(isinstance(b, str) or a == b for a, b in zip(given, answer, strict=True))


def _unpacked(read: Graph, state: Any) -> tuple[Any, ...]:
    return (state,) if len(read.states) == 1 else tuple(state)


def _solve_alike(text: Any, read: Graph, sequences: list[list[Letter]]) -> None:
    """Compare the equations with our own run, along some sequences."""
    own = GraphRun(read)
    for sequence in sequences:
        state = own.start
        for letter in sequence:
            bits = bits_of(read.input_signals, letter)
            given = dict(zip(read.inputs, bits, strict=True))
            given |= {
                field.name: value for field, value in zip(read.input_signals, letter, strict=True)
            }
            solution = solved(text, {**given, **dict(zip(read.states, state, strict=True))})
            values = own.values(state, bits)
            state = own.following(values)
            for name, source in read.outputs.items():
                wanted = values[source] > 0
                expect(solution[name] == wanted, f"{name} is not {wanted} in {text}, {values}")
            for name, value in zip(read.states, state, strict=True):
                found = solution.get(f"{name}'")
                expect(found == value, f"{name}' is {found}, not {value} in {text}, {values}")


def _check_alike(case: Case, graph: Any, read: Graph, names: dict[str, Any]) -> str:
    """Check the emitted program and the graph against each other, and hold that to brute force."""
    finite = read.logical or all(state.levels for state in read.states.values())
    if not finite or any(field.encoding for field in read.output_signals):
        return "run"
    own, program = GraphRun(read, strict=True), Program(names, read.output_signals)
    try:
        verdict = bonsai.check(case.folder / "random.py", graph)
        return judged(verdict, own, program, read.input_signals, read.output_signals)
    except UndecidedError:
        return "undecided"
