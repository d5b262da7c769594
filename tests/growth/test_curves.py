"""The log of a growth: a table that reads back, a drawing of two curves, the live display."""

import csv
import io
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

from rich.console import Console

from bonsai_compiler.growth.curves import as_svg
from bonsai_compiler.growth.log import Row, as_csv
from bonsai_compiler.schedule.display import panel, sparkline
from bonsai_compiler.system.terminal import BARS

ROWS = tuple(
    Row(1, phase, step, loss, 2 * loss, 0.3, 0.0 if solved else 0.25, solved, weights)
    for phase, step, loss, solved, weights in [
        ("train", 250, 0.5, 0, None),
        ("train", 500, 0.25, 0, None),
        ("train", 750, 0.125, 3, 40),
        ("prune", 800, 0.0625, 3, 17),
        ("done", 850, 0.03125, 3, 9),
    ]
)


def test_the_table_has_a_row_a_unit_and_reads_back() -> None:
    table = list(csv.DictReader(io.StringIO(as_csv(ROWS))))
    assert [int(row["step"]) for row in table] == [250, 500, 750, 800, 850]
    assert [float(row["loss"]) for row in table] == [0.5, 0.25, 0.125, 0.0625, 0.03125]
    assert [row["weights"] for row in table] == ["", "", "40", "17", "9"]
    assert {row["phase"] for row in table} == {"train", "prune", "done"}


def test_the_drawing_has_both_curves_and_is_the_same_each_time() -> None:
    drawing = as_svg(ROWS, "delay2")
    text = "".join(ElementTree.fromstring(drawing).itertext())
    for label in ("growing delay2", "best loss", "median regularisation loss", "pruning"):
        assert label in text
    assert drawing == as_svg(ROWS, "delay2")
    assert drawing != as_svg(ROWS[:-1], "delay2")
    assert "pruning" not in as_svg(ROWS[:2], "delay2")


def test_without_a_regulariser_the_second_curve_is_of_the_weights() -> None:
    rows = tuple(replace(row, regularisation=0.0) for row in ROWS)
    text = "".join(ElementTree.fromstring(as_svg(rows, "delay2")).itertext())
    assert "fewest weights" in text
    assert "regularisation" not in text
    fewer = (*rows[:-1], replace(rows[-1], weights=3))
    assert as_svg(rows, "delay2") != as_svg(fewer, "delay2")


def test_a_loss_that_overflowed_can_be_drawn() -> None:
    broken = Row(1, "train", 250, float("inf"), float("inf"), 0.3, 1.0, 0, None)
    assert "growing x" in as_svg((broken, ROWS[0]), "x")


def test_a_sparkline_is_highest_where_the_value_is() -> None:
    assert sparkline([0.0, 1.0, 2.0]) == BARS[0] + BARS[4] + BARS[7]
    assert sparkline([0.0, 0.0]) == BARS[0] * 2
    assert sparkline([float("inf"), 1.0]) == BARS[7]
    assert len(sparkline([1.0] * 500)) < 60


def test_the_display_says_where_growth_stands() -> None:
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(panel("delay2", ROWS, 512.0, 33.4))
    text = console.export_text()
    for words in (
        "growing delay2  grown",
        "512 a second",
        "33 s left",
        "3 replicas",
        "9 weights",
        BARS[7],
    ):
        assert words in text
    console.print(panel("delay2", ROWS[:1], 512.0, -1.0))
    assert "25.0% wrong" in console.export_text()


def test_a_name_that_xml_has_no_place_for_is_drawn_all_the_same() -> None:
    ElementTree.fromstring(as_svg(ROWS, "a\x01b\x1b[31m"))
