"""Where boxes stand: in rows from sources to targets, about as wide as a screen, edges short."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bonsai_compiler.backends.graphviz import rendered
from bonsai_compiler.page.drawing import Box, Curve, in_dot

ASPECT = 1.9
"""How many times as wide as high the boxes should stand: what a screen has room for."""

GAP = 24.0
"""Pixels between two boxes of a row; edges pass there."""

PITCH = 92.0, 130.0
"""Pixels from a row to the next: so few at least, and so many where there is room."""

SWEEPS = 24
"""How often every row is moved towards what its boxes are joined to."""

Row = list[int]


def in_rows(
    boxes: Sequence[Box], curves: Sequence[Curve], free: str, stood: Mapping[str, float]
) -> list[Box]:
    """Return the boxes where they stand; curves of the kind `free` may lead upwards.

    Graphviz says what stands above what. A row that is too wide becomes several, so that all is
    seen as large as it can be. `stood` says how far from the left, from 0 to 1, a box stood in
    another drawing; it stays near that.
    """
    ranks, alone = _ranks(boxes, curves, free)
    widest = max(map(len, ranks), default=0)
    choices = [
        _filled(_split(ranks, limit), alone, boxes, limit)
        for limit in range(1, max(widest, int(2 * len(boxes) ** 0.5)) + 1)
    ]
    rows = min(reversed(choices), key=lambda rows: _scale(rows, boxes))
    width = max(_width(row, boxes) for row in rows)
    pitch = PITCH[0]
    if len(rows) > 1:
        pitch = float(np.clip(width / ASPECT / (len(rows) - 1), *PITCH))
    across = _settled(boxes, curves, rows, max(width, (len(rows) - 1) * pitch), stood)
    down = {place: pitch * at for at, row in enumerate(rows) for place in row}
    return [replace(box, x=float(across[place]), y=down[place]) for place, box in enumerate(boxes)]


def _ranks(boxes: Sequence[Box], curves: Sequence[Curve], free: str) -> tuple[list[Row], Row]:
    """Return the places of boxes that are joined, in ranks from the top, and of all others."""
    ends = {end for curve in curves for end in (curve.source, curve.target)}
    alone = [place for place, box in enumerate(boxes) if box.key not in ends]
    found = json.loads(rendered(in_dot(boxes, curves, "splines=false;", free), "json0"))
    ranks: dict[float, list[tuple[float, int]]] = {}
    for item in found["objects"]:
        x, y = map(float, item["pos"].split(","))
        ranks.setdefault(-y, []).append((x, int(item["name"])))
    joined = [
        [place for _, place in sorted(ranks[rank]) if place not in alone] for rank in sorted(ranks)
    ]
    return [row for row in joined if row], alone


def _split(ranks: Sequence[Row], limit: int) -> list[Row]:
    """Return ranks as rows of at most so many boxes, by turns, so that neighbours stay close."""
    rows = []
    for rank in ranks:
        parts = -(-len(rank) // limit)
        rows += [rank[part::parts] for part in range(parts)]
    return rows


def _filled(rows: list[Row], alone: Row, boxes: Sequence[Box], limit: int) -> list[Row]:
    """Return the rows with the boxes that nothing joins where there is room, else below."""
    filled = [list(row) for row in rows]
    room = max((_width(row, boxes) for row in rows), default=0.0)
    for place in alone:
        shortest = min(filled, key=lambda row: _width(row, boxes), default=None)
        if shortest is not None and _width([*shortest, place], boxes) <= room:
            shortest.append(place)
        elif filled and len(filled[-1]) < limit and filled[-1][0] in alone:
            filled[-1].append(place)
        else:
            filled.append([place])
    return filled


def _width(row: Row, boxes: Sequence[Box]) -> float:
    return sum(boxes[place].width + GAP for place in row) - GAP


def _scale(rows: Sequence[Row], boxes: Sequence[Box]) -> float:
    """Return how much of a screen's side the rows need, in its worse direction."""
    return max(max(_width(row, boxes) for row in rows) / ASPECT, len(rows) * PITCH[0])


def _settled(
    boxes: Sequence[Box],
    curves: Sequence[Curve],
    rows: list[Row],
    width: float,
    stood: Mapping[str, float],
) -> npt.NDArray[np.float64]:
    """Return each box's x, between 0 and `width`, where edges came out shortest.

    Row by row, boxes are ordered by the middle of what they are joined to and of where they stood,
    and then stand as near to it as the others of their row let them. Boxes that nothing joins
    stand on the right.
    """
    places = {box.key: place for place, box in enumerate(boxes)}
    pairs = np.array([(places[curve.source], places[curve.target]) for curve in curves], int)
    pairs = pairs.reshape(-1, 2)
    near: list[Row] = [[] for _ in boxes]
    for one, other in pairs.tolist():
        if one != other:
            near[one].append(other)
            near[other].append(one)
    x = np.zeros(len(boxes))
    for row in rows:
        x[row] = _offsets(row, boxes) + (width - _width(row, boxes)) / 2
    known = {place: stood[box.key] * width for place, box in enumerate(boxes) if box.key in stood}
    # Left and right are the same to Graphviz; here they are as they were.
    if sum((x[place] - width / 2) * (was - width / 2) for place, was in known.items()) < 0:
        x = width - x
    rows = [sorted(row, key=x.__getitem__) for row in rows]
    best, least = x.copy(), np.inf
    for sweep in range(SWEEPS):
        for at in range(len(rows)) if sweep % 2 == 0 else reversed(range(len(rows))):
            wish = {
                place: float(
                    np.mean([*x[near[place]], *([known[place]] if place in known else ())])
                )
                if near[place]
                else width
                for place in rows[at]
            }
            # The last sweeps leave the order as it is, so that rows come to rest.
            if sweep < SWEEPS - 4:
                rows[at] = sorted(rows[at], key=wish.__getitem__)
            offsets = _offsets(rows[at], boxes)
            wished = np.array([wish[place] for place in rows[at]]) - offsets
            room = width - _width(rows[at], boxes)
            x[rows[at]] = _ascending(wished).clip(0, max(room, 0)) + offsets
        length = float(np.abs(x[pairs[:, 0]] - x[pairs[:, 1]]).sum())
        if length < least:
            best, least = x.copy(), length
    return best


def _offsets(row: Row, boxes: Sequence[Box]) -> npt.NDArray[np.float64]:
    """Return the middles of the boxes of a row that stand as close as they may, from 0."""
    widths = np.array([boxes[place].width + GAP for place in row])
    return np.cumsum(widths) - widths / 2 - GAP / 2


def _ascending(wished: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the ascending numbers nearest to those wished, in the sum of squares."""
    blocks: list[tuple[float, int]] = []
    for value in wished.tolist():
        blocks.append((value, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (last, many), (first, some) = blocks.pop(), blocks.pop()
            blocks.append(((first * some + last * many) / (some + many), some + many))
    return np.repeat([value for value, _ in blocks], [count for _, count in blocks])
