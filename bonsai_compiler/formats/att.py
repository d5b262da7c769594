"""AT&T text, as OpenFst and foma have it: `source target letter output`, and final states."""

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.formats.automaton import (
    COMMA,
    Automaton,
    Edge,
    fault,
    in_order,
    lines_of,
    short,
)

EPSILONS = ("<eps>", "<epsilon>", "@0@", "@_EPSILON_SYMBOL_@", "ε")
NO_WEIGHT = ("0", "0.0", "0.000000")


def read(text: str, place: str) -> Automaton:
    """Return the machine of AT&T text, which starts where its first line does.

    It is an acceptor where each output is its letter, or there is none. A transducer's final states
    are a second output, unless all are final or none. Raises BonsaiError with the line of a fault.
    """
    edges: list[Edge] = []
    finals: dict[str, int] = {}
    for count, line in enumerate(lines_of(text, place), 1):
        tabbed = "\t" in line
        parts = line.strip("\r\n").split("\t") if tabbed else line.split()
        if not line.strip():
            continue
        if any(not part.strip() for part in parts):
            raise fault(place, count, "nothing stands between two tabs; write <eps> or a letter")
        if len(parts) <= 2:
            if len(parts) == 2:
                _expect_no_weight(parts[1], place, count)
            finals[parts[0]] = count
        elif len(parts) <= 5:
            source, target, letter = parts[:3]
            output = parts[3] if len(parts) > 3 else None
            if len(parts) == 5:
                _expect_no_weight(parts[4], place, count)
            for label in (letter, output):
                if label in EPSILONS:
                    said = (
                        f"{label} takes no letter; a machine here takes and says one on each tick"
                    )
                    raise fault(place, count, said)
            edges.append(Edge(source, letter, target, output, count))
        else:
            raise fault(place, count, f"{len(parts)} columns are too many; five are the most")
    if not edges:
        raise fault(place, 1, "there is no step, such as '0 1 a a'")
    states = in_order([name for edge in edges for name in (edge.source, edge.target)])
    for state, count in finals.items():
        if state not in states:
            raise fault(
                place, count, f"the final state {short(state)} has no step; is it misspelt?"
            )
    if all(edge.output in (None, edge.letter) for edge in edges):
        if not finals:
            said = "no state is final, so that nothing is accepted; is the file whole?"
            raise fault(place, len(lines_of(text, place)), said)
        accepting = {state: "01"[state in finals] for state in states}
        steps = tuple(Edge(e.source, e.letter, e.target, None, e.line) for e in edges)
        return Automaton("acceptor", states, edges[0].source, steps, accepting)
    silent = next((edge for edge in edges if edge.output is None), None)
    if silent is not None:
        raise fault(place, silent.line, "there is no output, and other lines have one")
    if 0 < len(finals) < len(states):
        edges = [
            Edge(e.source, e.letter, e.target, f"{e.output},{int(e.target in finals)}", e.line)
            for e in edges
        ]
    return Automaton("Mealy machine", states, edges[0].source, tuple(edges))


def _expect_no_weight(text: str, place: str, count: int) -> None:
    if text not in NO_WEIGHT:
        raise fault(place, count, f"the weight {short(text)} has no meaning here; leave it out")


def write(automaton: Automaton) -> str:
    """Return a machine as an AT&T transducer, all of whose states are final."""
    edges = automaton.edges
    if automaton.free and any("-" in COMMA.split(edge.output or "") for edge in edges):
        raise BonsaiError("an output does not matter somewhere, which AT&T text cannot say")
    words = {word for edge in edges for word in (edge.letter, edge.output or "")}
    for word in sorted(words):
        if not word or any(sign.isspace() for sign in word) or word in EPSILONS:
            raise BonsaiError(f"{short(word)} cannot be a label of AT&T text; take another format")
    if all(edge.letter == edge.output for edge in edges):
        raise BonsaiError(
            "each output is its input, which as AT&T text is an acceptor; take another format"
        )
    # The start is where the first line begins.
    first = sorted(edges, key=lambda edge: edge.source != automaton.start)
    lines = [f"{e.source}\t{e.target}\t{e.letter}\t{e.output}" for e in first]
    return "\n".join([*lines, *automaton.states]) + "\n"
