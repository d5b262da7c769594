"""Emit C99 that steps 64 machines at once: bit k of every word is machine k's."""

from bonsai_compiler.circuits.circuit import Circuit, Wires
from bonsai_compiler.circuits.lowering import circuit_of
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.targets.about import UNKNOWN, About, commented, encodings
from bonsai_compiler.targets.c_types import guard_of, local_names, padded, prefix_of
from bonsai_compiler.targets.formulas import SLICED, Formulas
from bonsai_compiler.targets.names import C, Names
from bonsai_compiler.targets.rendering import rendered


def emit_bit_sliced(graph: Graph, about: About = UNKNOWN) -> str:
    """C99 that steps 64 machines at once, a bit of each word for each of them."""
    circuit, prefix = circuit_of(graph), f"{prefix_of(graph.name)}_64"
    given, made, held = (Names(C | {guard_of(prefix)}) for _ in range(3))
    inputs = {each.name: given(each.name) for each in circuit.inputs}
    outputs = {each.name: made(each.name) for each in circuit.outputs}
    states = {each.name: held(each.name) for each in circuit.registers}
    known: dict[int, str] = {}
    for each in circuit.inputs:
        known |= _places(f"input->{inputs[each.name]}", each.literals, each.port is not None)
    ends: list[tuple[str, int]] = []
    starts: list[str] = []
    for register in circuit.registers:
        text = f"state->{states[register.name]}"
        places = _places(text, register.literals, register.levels > 2)
        known |= places
        ends += zip(places.values(), register.following, strict=True)
        words = [SLICED.true if bit else SLICED.false for bit in register.start]
        starts += [f"{place} = {word};" for place, word in zip(places.values(), words, strict=True)]
    local = local_names(prefix)
    formulas = Formulas(circuit, known, SLICED, local)
    results: list[tuple[str, int]] = []
    for each in circuit.outputs:
        names = _spread(f"output->{outputs[each.name]}", len(each.literals), each.port is not None)
        results += zip(names, each.literals, strict=True)
    body = [f"const uint64_t {name} = {text};" for name, text in formulas.named]
    body += [f"{name} = {formulas.bare(end)};" for name, end in results]
    moved = [(name, local("next"), formulas.bare(end)) for name, end in ends]
    body += [f"const uint64_t {name} = {text};" for _, name, text in moved]
    body += [f"{target} = {name};" for target, name, _ in moved]
    text = "\n".join(body)
    unused = [f"(void){name};" for name in ("state", "input") if f"{name}->" not in text]
    called = {**states, **inputs, **outputs}
    return rendered(
        "c.h.j2",
        about=commented("//", [*about.lines(graph.name), *encodings(circuit, called), *_MEANING]),
        guard=guard_of(prefix),
        prefix=prefix,
        types=[],
        needs_math=False,
        state_members=padded(
            _declared(states[each.name], len(each.literals), each.levels > 2)
            for each in circuit.registers
            if each.literals
        ),
        input_members=padded(_member(inputs[each.name], each) for each in circuit.inputs),
        output_members=padded(_member(outputs[each.name], each) for each in circuit.outputs),
        functions=[],
        initial=starts or ["(void)state;"],
        body=[*unused, *body],
    )


def sliced_members(circuit: Circuit) -> tuple[list[str], list[str]]:
    """Return the members of the input and of the output, a text for each bit in order."""
    kept = C | {guard_of(f"{prefix_of(circuit.name)}_64")}
    given, made = Names(kept), Names(kept)

    def spread(wired: tuple[Wires, ...], name: Names) -> list[str]:
        return [
            text
            for each in wired
            for text in _spread(name(each.name), len(each.literals), each.port is not None)
        ]

    return spread(circuit.inputs, given), spread(circuit.outputs, made)


_MEANING = (
    "64 machines side by side: bit k of each word below belongs to machine k, and element 0 of an",
    "array is the lowest bit of a value.",
)


def _places(name: str, literals: tuple[int, ...], vector: bool) -> dict[int, str]:
    names = _spread(name, len(literals), vector)
    return {literal >> 1: text for literal, text in zip(literals, names, strict=True)}


def _spread(name: str, count: int, vector: bool) -> list[str]:
    return [f"{name}[{place}]" for place in range(count)] if vector else [name][:count]


def _member(name: str, wires: Wires) -> str:
    return _declared(name, len(wires.literals), wires.port is not None)


def _declared(name: str, count: int, vector: bool) -> str:
    return f"uint64_t {name}[{count}];" if vector else f"uint64_t {name};"
