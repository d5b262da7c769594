"""Step by hand: a line of inputs is a tick, and words go back, reset, draw and quit."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from bonsai_compiler.errors import BonsaiError, shortened
from bonsai_compiler.ir.ports import Bits, Port
from bonsai_compiler.ir.signals import Signals
from bonsai_compiler.traces.running import Moment, Runner, trace_of
from bonsai_compiler.traces.sequence import example, kinds, parse_word, split_words
from bonsai_compiler.traces.trace import Trace, aligned, header, row
from bonsai_compiler.traces.waves import draw

NARROWEST = 5
"""Columns of a table that cannot know how wide later rows will be."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a run by hand stands: its ticks so far, each with its inputs and the state after."""

    runner: Runner
    steps: tuple[tuple[Bits, Any, Moment], ...] = field(default=(), repr=False)

    def step(self, bits: Bits) -> "Walk":
        """Return the walk one tick on; raises BonsaiError if the inputs are not legal now."""
        state = self.steps[-1][1] if self.steps else self.runner.start
        after, moment = self.runner.tick(state, bits, len(self.steps) + 1)
        return replace(self, steps=(*self.steps, (bits, after, moment)))

    def back(self, ticks: int) -> "Walk":
        """Return the walk some ticks before; raises BonsaiError before the start."""
        if ticks > len(self.steps):
            raise BonsaiError(f"there are only {len(self.steps)} ticks to go back")
        return replace(self, steps=self.steps[: len(self.steps) - ticks])

    def trace(self) -> Trace:
        """Return the ticks so far, at least one, as a trace."""
        return trace_of(self.runner, [moment for _, _, moment in self.steps])


HELP = """\
(an empty line)  a tick, with the same inputs once more
back, back 3     take back one tick, or three
reset            back to the start
draw             draw the ticks so far
quit             end; so does the end of the input"""


def step_by_hand(
    runner: Runner,
    begun: Iterable[Bits],
    lines: Iterable[str],
    show: Callable[[str], None],
    fault: Callable[[int, BonsaiError], None],
    width: int,
    *,
    everything: bool,
) -> Walk:
    """Return where a walk ends that takes first the ticks `begun`, and then orders from lines.

    `show` gets what each line leads to. An order that cannot be followed leaves the walk where it
    was, and `fault` gets its line's number and the reason.
    """
    walk = Walk(runner)
    for bits in begun:
        walk = walk.step(bits)
        show(_tick_text(walk, everything=everything))
    for number, line in enumerate(lines, 1):
        words = split_words(line)
        if words[:1] in (["quit"], ["q"]) and not _is_value(words[0], runner):
            break
        try:
            walk, said = _followed(walk, words, width, everything=everything)
        except BonsaiError as error:
            fault(number, error)
            continue
        for text in said:
            show(text)
    return walk


def _followed(
    walk: Walk, words: list[str], width: int, *, everything: bool
) -> tuple[Walk, list[str]]:
    """Return where an order leads, and what to show.

    What is a word of the input is that, though an order be called like it.
    """
    match words:
        case [word, *_] if _is_value(word, walk.runner):
            return _stepped(
                walk, [_bits(word, walk.runner) for word in words], everything=everything
            )
        case ["back" | "b"]:
            walk = walk.back(1)
        case ["back" | "b", count] if count.isdecimal() and len(count) < 10:
            walk = walk.back(int(count))
        case ["reset" | "r"]:
            walk = Walk(walk.runner)
        case ["draw" | "d"]:
            _expect_ticks(walk)
            return walk, [draw(walk.trace(), width, everything=everything).rstrip("\n")]
        case ["help" | "h" | "?"]:
            return walk, [_help(walk.runner.input_signals)]
        case []:
            return _stepped(walk, [_repeated(walk)], everything=everything)
        case _:
            bits = [_bits(word, walk.runner) for word in words]
            return _stepped(walk, bits, everything=everything)
    return walk, [_tick_text(walk, everything=everything) if walk.steps else "at the start"]


def _stepped(walk: Walk, ticks: list[Bits], *, everything: bool) -> tuple[Walk, list[str]]:
    said = []
    for bits in ticks:
        walk = walk.step(bits)
        said.append(_tick_text(walk, everything=everything))
    return walk, said


def _tick_text(walk: Walk, *, everything: bool) -> str:
    """Return the row of the last tick, below the names of its columns."""
    last = replace(walk, steps=walk.steps[-1:])
    signals = last.trace().shown(everything=everything)
    rows = [header(signals), row(signals, 0, len(walk.steps))]
    return "\n".join(aligned(rows, NARROWEST)[0 if len(walk.steps) == 1 else 1 :])


def _repeated(walk: Walk) -> Bits:
    if walk.runner.input_signals.bits:
        _expect_ticks(walk)
        return walk.steps[-1][0]
    return ()


def _bits(word: str, runner: Runner) -> Bits:
    inputs = runner.input_signals
    worded = any(port.labels for port in inputs.ports)
    if not inputs.bits or (not worded and set(word) - set("0123456789,-")):
        raise BonsaiError(f"'{shortened(word)}' is no order; try help")
    return parse_word(word, runner.input_signals)


def _is_value(word: str, runner: Runner) -> bool:
    fields = runner.input_signals.fields
    return len(fields) == 1 and isinstance(fields[0], Port) and word in fields[0].labels


def _expect_ticks(walk: Walk) -> None:
    if not walk.steps:
        raise BonsaiError("there was no tick yet; try help")


def _help(inputs: Signals) -> str:
    if not inputs.bits:
        return HELP
    kind = f"{kinds(inputs)} with commas between" if inputs.ports else "a digit each"
    names = ", ".join(inputs.names)
    return (
        f"{example(inputs):<16} a tick: {kind} for {names}; several words are several ticks\n{HELP}"
    )
