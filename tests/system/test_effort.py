"""Work that is counted: what a part spends the whole has spent, and a moment ends both."""

from bonsai_compiler.system.deadline import Deadline
from bonsai_compiler.system.effort import Effort


def test_effort_is_over_once_it_is_spent():
    effort = Effort(10)
    effort.spend(9)
    assert not effort.passed
    effort.spend(1)
    assert effort.passed


def test_a_part_is_over_first_and_counts_in_the_whole():
    whole = Effort(10)
    part = whole.part(4)
    part.spend(4)
    assert part.passed
    assert not whole.passed
    last = whole.part(100)
    last.spend(6)
    assert whole.passed
    assert last.passed


def test_a_moment_ends_effort_that_is_not_spent():
    assert Effort(stop=Deadline(0.0)).passed
    assert Effort(stop=Deadline(0.0)).part(1).passed
