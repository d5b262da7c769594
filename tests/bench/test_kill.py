"""The benchmark that kills runs, with one kill and a small recipe."""

import random
from pathlib import Path

from bonsai_compiler.bench.kill import killed


def test_a_run_that_is_killed_and_gone_on_with_ends_as_one_that_is_not(
    tasks: Path, tmp_path: Path
) -> None:
    changes = [f"--set={change}" for change in ("replicas=8", "prunings=4", "steps=500")]
    tally = killed(tasks / "delay1.py", tmp_path, 1, changes, random.Random(0))
    assert tally.identical == tally.runs >= 1
    assert len(tally.lost) == 1
    assert tally.lost[0] < 60.0
