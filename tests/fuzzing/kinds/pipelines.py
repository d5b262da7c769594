"""Random pipelines of passes over random graphs: what is said to be proved is equivalent."""

import random
import re
from pathlib import Path

from ..brute import Found, searched
from ..case import Case, DisagreementError, expect
from ..command import bonsaic
from ..fields import Fields, letters
from ..random_graphs import Numbers, logic_text, neuron_text
from ..reading import Graph, read_graph
from ..running import GraphRun, UndecidedError

NEURAL = (
    *("clip", "clip(threshold=0.3)", "quantize", "quantize(step=0.5)", "quantize(step=1)"),
    *("snap", "drop", "fold_constants", "merge_equal", "merge_alike", "recode", "dead_code"),
    *("resubstitute", "round_numbers", "lower", "lower", "clip(threshold=-1)", "quantize(step=0)"),
)
LOGICAL = ("simplify", "dead_code", "simplify")


def run(case: Case) -> str:
    """Run `opt` on a graph, and compare what came of it with what it was."""
    rng = case.rng
    text, pipeline = _subject(rng, case.scale)
    before = case.file("before.bonsai", text)
    ended = bonsaic(
        case.folder, "opt", before.name, "--passes", ", ".join(pipeline), "-o", "after.bonsai"
    )
    if ended.code == 2:
        return "refused"
    if ended.code == 1:
        return _broken(case, ended.err)
    after = read_graph((case.folder / "after.bonsai").read_text(encoding="utf-8"))
    said = re.findall(r"^against before\.bonsai: (\w+)", ended.err, re.MULTILINE)
    expect(len(said) == 1, f"opt ends without a verdict: {ended.err}")
    return _held(said[0], after, read_graph(text))


def _subject(rng: random.Random, scale: int) -> tuple[str, list[str]]:
    """Return a graph and passes that may fit it."""
    if rng.random() < 0.25:
        return logic_text(rng, scale), [rng.choice(LOGICAL) for _ in range(rng.randint(1, 3))]
    numbers = Numbers(rng.choice(("whole", "whole", "eighths", "eighths", "decimal")))
    text = neuron_text(rng, scale, numbers, finite=True if rng.random() < 0.8 else None)
    pipeline = [rng.choice(NEURAL) for _ in range(rng.randint(1, 5))]
    if "lower" in pipeline:
        place = pipeline.index("lower") + 1
        pipeline[place:] = [rng.choice(LOGICAL) for _ in pipeline[place:]]
    return text, pipeline


def _held(kind: str, after: Graph, before: Graph) -> str:
    """Hold what `opt` says of a graph that it made against brute force."""
    expect(
        after.input_signals == before.input_signals
        and after.output_signals == before.output_signals,
        "opt changed what is told",
    )
    try:
        found = _searched(after, before, before.input_signals)
    except UndecidedError:
        return "undecided"
    differing = found.differing is not None
    expect(not (kind == "proved" and differing), f"proved, but {found.differing} tells them apart")
    expect(kind != "refuted", "refuted, and exit code 0")
    if kind == "tested" and found.differing:
        # A long way off is no surprise; what is near must be found.
        expect(len(found.differing) > 8, f"tested, but {found.differing} tells them apart")
    return kind


def _searched(after: Graph, before: Graph, given: Fields) -> Found:
    left, right = GraphRun(after, strict=True), GraphRun(before, strict=True)
    return searched(left, right, letters(given), limit=1000)


def _broken(case: Case, err: str) -> str:
    """Check that a pass that is to blame did change the behaviour, on the input that is shown."""
    blame = re.search(r"the graphs before and after it are (\S+) and (\S+)", err)
    replay = re.search(r"to replay: bonsaic run \S+ (-- (.*)|--ticks (\d+))$", err, re.MULTILINE)
    if blame is None or replay is None:
        raise DisagreementError(f"exit code 1, and no pass to blame: {err}")
    after = read_graph((case.folder / Path(blame[2]).name).read_text(encoding="utf-8"))
    first = read_graph((case.folder / "before.bonsai").read_text(encoding="utf-8"))
    words = (replay[2] or "").split() or [""] * int(replay[3] or 0)
    sequence = [_read_word(first.input_signals, word) for word in words]
    answers = []
    for graph in (first, after):
        own, told = GraphRun(graph, strict=True), []
        state = own.start
        try:
            for letter in sequence:
                state, answer = own.told(state, letter)
                told.append(answer)
        except UndecidedError:
            return "undecided"
        answers.append(told)
    expect(answers[0] != answers[1], f"a pass is to blame, but nothing differs on {words}")
    return "refuted"


def _read_word(given: Fields, text: str) -> tuple[bool | int, ...]:
    digits = text.split(",") if any(field.encoding for field in given) else list(text)
    return tuple(
        int(digit) if field.encoding else digit == "1"
        for field, digit in zip(given, digits, strict=True)
    )
