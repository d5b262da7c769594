"""The machine behind a log of traces, by a passive learner; a tenth of the traces judges it.

Letters and outputs are the words of an automaton here, whatever they mean.
"""

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bonsai_compiler.formats.automaton import Automaton, Edge, fault, short
from bonsai_compiler.formats.log import Log, read_log
from bonsai_compiler.learning.merging import Table, Trace, merged
from bonsai_compiler.specification.letters import field_of, word_of
from bonsai_compiler.specification.machine_file import MachineReading, task_of_automaton
from bonsai_compiler.specification.task import Basis, Task
from bonsai_compiler.system.terminal import log as say

HELD_OUT = 10
"""One of so many traces is not learned from, but judges what was learned."""

NONE_HELD_OUT = f"of fewer than {HELD_OUT} traces none is held out to judge it"


def task_of_log(text: str, path: Path, reading: MachineReading) -> Task:
    """Return the machine learned from a log as a task, called after the stem of `path`.

    Raises BonsaiError where the log is damaged, or contradicts itself and no noise is allowed for.
    """
    place = str(path)
    log = read_log(text, place, reading.outputs)
    for name in _rising(log):
        say(f"bonsaic: {place}: {name} only rises; is it a column `sequence`, or `tick`?")
    fields, traces = _letters(log, place)
    if not reading.noise:
        _expect_consistent(traces, log, place)
    # A tenth, spread evenly: the order of a log may mean something.
    known = [trace for number, trace in enumerate(traces, 1) if number % HELD_OUT]
    held = traces[HELD_OUT - 1 :: HELD_OUT]
    table = learned(known, reading.noise)
    wrong = sum(_disagrees(table, trace) for trace in held)
    edges = tuple(
        Edge(f"q{state}", letter, f"q{target}", output)
        for state, row in enumerate(table)
        for letter, (output, target) in row.items()
    )
    states = tuple(f"q{state}" for state in range(len(table)))
    automaton = Automaton("Mealy machine", states, "q0", edges, {}, *fields)
    how = "AALpy's EDSM" if not reading.noise else f"state merging, noise {reading.noise}"
    basis = Basis(
        f"the machine learned from {len(known):,} trace{'s' * (len(known) != 1)}",
        f"{wrong:,} of {len(held):,} held-out traces disagree" if held else NONE_HELD_OUT,
        (f"learned from {path.name} by {how}",),
    )
    return task_of_automaton(automaton, path, text, reading.missing, basis)


def learned(traces: Sequence[Trace], noise: float) -> Table:
    """Return the machine that explains traces: AALpy's EDSM, or with noise our own merging."""
    return merged(traces, noise) if noise else edsm(traces)


def edsm(traces: Sequence[Trace]) -> Table:
    """Return the machine that AALpy's EDSM makes of traces."""
    # Few commands come here, and it takes a while to load.
    from aalpy.learning_algs import run_EDSM

    prefixes = {
        letters[: tick + 1]: outputs[tick]
        for letters, outputs in traces
        for tick in range(len(letters))
    }
    data = [[letters, output] for letters, output in prefixes.items()]
    with warnings.catch_warnings():
        # It warns of steps that no trace takes, which we tell in our own way.
        warnings.simplefilter("ignore")
        return _table(run_EDSM(data, "mealy", print_info=False))


def _table(found: Any) -> Table:
    """Return AALpy's machine, numbered by discovery."""
    number = {found.initial_state: 0}
    states, table = [found.initial_state], []
    for state in states:
        row = {}
        for letter, target in state.transitions.items():
            if target not in number:
                number[target] = len(states)
                states.append(target)
            row[letter] = state.output_fun[letter], number[target]
        table.append(row)
    return table


Fields = tuple[tuple[str, ...], tuple[str, ...]]


def _rising(log: Log) -> Iterator[str]:
    """Yield the inputs of a lone sequence whose numbers only rise: they may be none, but count."""
    if len(log.sequences) > 1:
        return
    rows = [tick.inputs for tick in log.sequences[0]]
    for name, values in zip(log.inputs, zip(*rows, strict=True), strict=True):
        if all(value.isdecimal() for value in values):
            numbers = [*map(int, values)]
            if len({*numbers}) > 2 and numbers == sorted(numbers):
                yield name


def _letters(log: Log, place: str) -> tuple[Fields, list[Trace]]:
    """Return the fields of inputs and outputs, and each sequence as words of these."""
    ticks = [tick for sequence in log.sequences for tick in sequence]
    fields, kept = [], []
    for names, rows in (
        (log.inputs, [tick.inputs for tick in ticks]),
        (log.outputs, [tick.outputs for tick in ticks]),
    ):
        columns = zip(names, zip(*rows, strict=True), strict=True)
        found = [field_of(values, name, place) for name, values in columns]
        kept.append([number for number, item in enumerate(found) if item is not None])
        fields.append(tuple(item for item in found if item is not None))
    traces = [
        (
            tuple(word_of([tick.inputs[at] for at in kept[0]], fields[0]) for tick in sequence),
            tuple(word_of([tick.outputs[at] for at in kept[1]], fields[1]) for tick in sequence),
        )
        for sequence in log.sequences
    ]
    return (fields[0], fields[1]), traces


def _expect_consistent(traces: Sequence[Trace], log: Log, place: str) -> None:
    """Raise BonsaiError, with both lines, where the same inputs have two answers."""
    after: list[dict[str, tuple[str, int, int]]] = [{}]
    for (letters, outputs), sequence in zip(traces, log.sequences, strict=True):
        at = 0
        for letter, output, tick in zip(letters, outputs, sequence, strict=True):
            said, line, following = after[at].setdefault(letter, (output, tick.line, len(after)))
            if following == len(after):
                after.append({})
            if said != output:
                bare = said.replace('"', "")
                other = f"{short(bare)} after the same inputs on line {line}"
                raise fault(
                    place,
                    tick.line,
                    f"the output is {short(','.join(tick.outputs))}, and {other}; "
                    "say --noise 0.02 if some outputs are wrong",
                )
            at = following


def _disagrees(table: Table, trace: Trace) -> bool:
    """Return whether a machine answers a trace otherwise, or has no answer."""
    state = 0
    for letter, output in zip(*trace, strict=True):
        said, state = table[state].get(letter, ("", -1))
        if state < 0 or said != output:
            return True
    return False
