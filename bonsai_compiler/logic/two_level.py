"""Minimum two-level forms: the fewest products that together say when a table is true.

Quine and McCluskey's way: all prime implicants, from all cubes at once; then the cheapest of them
that cover the table, by what is essential and what dominates, and by an integer programme for
the core that is left.
"""

import numpy as np
import numpy.typing as npt

EXACT = 9
"""The arguments up to which a cover is minimum."""

DASH = 2
"""In a cube, the dash of Quine and McCluskey: the argument may be 0 or 1."""

NODES = 400
"""How many nodes of the integer programme's search are visited at most."""

Cube = tuple[int, ...]
Digits = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]


def minimum_cover(values: Digits) -> tuple[Cube, ...]:
    """Return the fewest cubes, and of those the widest, that hold all that is true.

    `values` has the shape (2, ..., 2): 1 is true, 0 false, -1 left open. A cube gives each
    argument's value, or DASH. The same table always gives the same cubes. Beyond EXACT
    arguments, and where the search goes on beyond NODES, the cubes may be more than the fewest,
    but none of them can go or be wider.
    """
    true = np.argwhere(values == 1).astype(np.int8)
    if not len(true):
        return ()
    if values.ndim > EXACT:
        cubes = _grown(true, np.argwhere(values == 0).astype(np.int8))
        chosen = _irredundant(_covering(cubes, true), _literals(cubes))
    else:
        cubes = _primes(values)
        chosen = _minimum(_covering(cubes, true), _literals(cubes))
    return tuple(tuple(cubes[place].tolist()) for place in sorted(chosen))


def _primes(values: Digits) -> Digits:
    """Return the cubes that hold something true, nothing false, and cannot be wider."""
    allowed, useful = values != 0, values == 1
    for axis in range(values.ndim):
        low, high = (allowed.take([side], axis) for side in (0, 1))
        allowed = np.concatenate([allowed, low & high], axis)
        low, high = (useful.take([side], axis) for side in (0, 1))
        useful = np.concatenate([useful, low | high], axis)
    prime = allowed & useful
    for axis in range(values.ndim):
        narrow = (slice(None),) * axis + (slice(DASH),)
        prime[narrow] &= ~allowed.take([DASH], axis)
    return np.argwhere(prime).astype(np.int8)


def _grown(true: Digits, false: Digits) -> Digits:
    """Return a widest cube around each true row that no cube before it holds."""
    cubes: list[Digits] = []
    held = np.zeros(len(true), dtype=np.bool_)
    while not held.all():
        row = true[int(held.argmin())]
        cube = row.copy()
        differs = false != row
        for axis in range(len(row)):
            apart = differs.copy()
            apart[:, cube == DASH] = False
            apart[:, axis] = False
            if apart.any(axis=1).all():
                cube[axis] = DASH
        cubes.append(cube)
        held |= _covering(cube[None], true)[0]
    return np.array(cubes)


def _covering(cubes: Digits, rows: Digits) -> Flags:
    """Return whether each cube holds each row, shape (cubes, rows)."""
    held = np.ones((len(cubes), len(rows)), dtype=np.bool_)
    for sides, values in zip(cubes.T, rows.T, strict=True):
        held &= (sides[:, None] == DASH) | (sides[:, None] == values)
    return held


def _literals(cubes: Digits) -> npt.NDArray[np.int64]:
    literals: npt.NDArray[np.int64] = np.count_nonzero(cubes != DASH, axis=1)
    return literals


def _minimum(covering: Flags, literals: npt.NDArray[np.int64]) -> list[int]:
    """Return the fewest cubes, and of those the ones with the fewest literals, that cover all."""
    chosen: list[int] = []
    cubes, rows = np.arange(covering.shape[0]), np.arange(covering.shape[1])
    while len(rows):
        before = len(cubes), len(rows)
        part = covering[np.ix_(cubes, rows)]
        essential = np.unique(part[:, part.sum(axis=0) == 1].argmax(axis=0))
        chosen += cubes[essential].tolist()
        rows = rows[~part[essential].any(axis=0)]
        rows = rows[_hardest(covering[np.ix_(cubes, rows)])]
        cubes = cubes[_best(covering[np.ix_(cubes, rows)], literals[cubes])]
        if (len(cubes), len(rows)) == before:
            part = covering[np.ix_(cubes, rows)]
            chosen += cubes[_programmed(part, literals[cubes])].tolist()
            break
    return chosen


def _hardest(covering: Flags) -> list[int]:
    """Return the rows without those that are covered whenever another is."""
    shared = covering.T.astype(np.float32) @ covering.astype(np.float32)
    within = shared == shared.diagonal()[:, None]
    equal = within & within.T
    redundant = (within & ~equal).any(axis=0) | np.triu(equal, 1).any(axis=0)
    return np.flatnonzero(~redundant).tolist()


def _best(covering: Flags, literals: npt.NDArray[np.int64]) -> list[int]:
    """Return the cubes without those that cover no more than another that is as short."""
    order = np.lexsort((literals, -covering.sum(axis=1)))
    kept: list[int] = []
    patterns = np.zeros((0, covering.shape[1]), dtype=np.bool_)
    for place in order.tolist():
        own = covering[place]
        rivals = literals[kept] <= literals[place]
        if own.any() and not patterns[rivals][:, own].all(axis=1).any():
            kept.append(place)
            patterns = covering[kept]
    return sorted(kept)


def _programmed(covering: Flags, literals: npt.NDArray[np.int64]) -> list[int]:
    """Return the cheapest cubes that cover all rows, by an integer programme."""
    greedy = _irredundant(covering, literals)
    # One product outweighs all literals that a cover of so few products can hold.
    weights = literals + 1 + len(greedy) * int(literals.max())
    taken = _solved(covering, weights)
    if taken is None:
        return greedy
    chosen = _pruned(np.flatnonzero(taken).tolist(), covering, literals)
    return min(greedy, chosen, key=lambda cubes: int(weights[cubes].sum()))


def _solved(covering: Flags, weights: npt.NDArray[np.int64]) -> Flags | None:
    """Return which cubes of least weight cover all rows; None where the search found none."""
    # Most tables need no solver.
    from highspy import Highs, HighsLp, HighsVarType, MatrixFormat, SolutionStatus

    programme = HighsLp()
    programme.num_col_, programme.num_row_ = covering.shape
    programme.col_cost_ = weights.astype(np.float64)
    programme.col_lower_ = np.zeros(len(covering))
    programme.col_upper_ = np.ones(len(covering))
    programme.integrality_ = [HighsVarType.kInteger] * len(covering)
    programme.row_lower_ = np.ones(covering.shape[1])
    programme.row_upper_ = np.full(covering.shape[1], np.inf)
    matrix = programme.a_matrix_
    matrix.format_ = MatrixFormat.kColwise
    matrix.num_col_, matrix.num_row_ = covering.shape
    matrix.start_ = np.concatenate([[0], covering.sum(axis=1).cumsum()])
    matrix.index_ = np.nonzero(covering)[1]
    matrix.value_ = np.ones(int(covering.sum()))
    solver = Highs()
    # Nodes, not seconds: the same table must always give the same cubes.
    options = {"output_flag": False, "mip_rel_gap": 0.0, "mip_max_nodes": NODES}
    for option, value in options.items():
        solver.setOptionValue(option, value)
    solver.passModel(programme)
    solver.run()
    if solver.getInfo().primal_solution_status != SolutionStatus.kSolutionStatusFeasible:
        return None
    taken: Flags = np.array(solver.getSolution().col_value) > 0.5
    return taken


def _irredundant(covering: Flags, literals: npt.NDArray[np.int64]) -> list[int]:
    """Return cubes that cover all rows, taken greedily, none of which can go."""
    chosen: list[int] = []
    left = np.ones(covering.shape[1], dtype=np.bool_)
    while left.any():
        gain = covering[:, left].sum(axis=1)
        chosen.append(int(np.lexsort((literals, -gain))[0]))
        left &= ~covering[chosen[-1]]
    return _pruned(chosen, covering, literals)


def _pruned(chosen: list[int], covering: Flags, literals: npt.NDArray[np.int64]) -> list[int]:
    """Return the chosen cubes without those that the others make needless."""
    for place in sorted(chosen, key=lambda cube: -int(literals[cube])):
        others = [cube for cube in chosen if cube != place]
        if covering[others].any(axis=0).all():
            chosen = others
    return chosen
