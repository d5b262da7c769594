"""How a machine is drawn, and how much of a name stands in what is drawn."""

from collections.abc import Mapping, Sequence
from textwrap import wrap

from bonsai_compiler.fsm.closed import Closed, joint_word, letter_word, output_word, state_title
from bonsai_compiler.fsm.encoding import Joint
from bonsai_compiler.page.drawing import Box, Curve, Drawing, placed
from bonsai_compiler.page.notation import Pair

LONGEST = 14
"""How many letters of a name stand in its node; the whole name is told beside the graph."""

LETTER = 7.4
"""How wide a letter is, in pixels."""

LINE = 13.0
"""How high a line of letters is, in pixels."""

WIDEST = 16
"""How many letters of a state's code stand in a line."""

MOST_LETTERS = 4
"""How many letters that lead the same way are listed; the count of the others follows."""


def draw_machine(found: Closed, codes: Sequence[Sequence[str]]) -> Drawing:
    """Return the state diagram: a round box for each state, an arrow for all letters alike.

    `codes` are the joint levels that stand for each state of the machine.
    """
    machine = found.machine
    boxes, curves = [], []
    for state, own in enumerate(codes):
        title, more = state_title(state), len(own) - 1
        lines = wrap(own[0], WIDEST, break_on_hyphens=False) + [f"+{more}"] * bool(more)
        width = max(44.0, LETTER * max(map(len, (title, *lines))) + 24)
        height = 44.0 + 1.4 * LINE * (len(lines) - 1)
        boxes.append(Box(str(state), "machine", (title, *lines), width, height))
        ways: dict[int, dict[str, list[str]]] = {}
        for letter in machine.legal[state].nonzero()[0].tolist():
            following = int(machine.successor[state, letter])
            if following >= 0:
                words = ways.setdefault(following, {})
                words.setdefault(output_word(machine, state, letter), []).append(
                    letter_word(machine, letter)
                )
        for following, words in ways.items():
            labels = [line for output, letters in words.items() for line in _way(letters, output)]
            curves.append(Curve(str(state), str(following), "way", tuple(labels)))
    settings = 'nodesep=0.5; ranksep=0.45; edge [fontname="Courier", fontsize=11];'
    return placed(boxes, curves, settings)


def codes_of(found: Closed, bits: Mapping[str, Pair]) -> list[list[str]]:
    """Return for each state of a machine the joint levels that stand for it, the lowest first.

    Those of `bits` are 0 and 1, as everywhere in the page.
    """
    names, legend = found.encoding.names, found.encoding.legend

    def code(joint: Joint) -> str:
        return joint_word(
            tuple(
                str(int(legend[name][level] == bits[name][1])) if name in bits else level
                for name, level in zip(names, joint, strict=True)
            )
        )

    return [[code(joint) for joint in members] for members in found.encoding.members]


def shortened(name: str) -> str:
    """Return as much of a name as a node has room for."""
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"


def _way(letters: Sequence[str], output: str) -> list[str]:
    """Return the label of an arrow for these letters; without inputs, the output alone."""
    if not any(letters):
        return [f"/ {output}"]
    listed = ", ".join(letters[:MOST_LETTERS])
    more = len(letters) - MOST_LETTERS
    return [f"{listed}{f' +{more}' if more > 0 else ''} / {output}"]
