"""Heuristics about behaviour: long runs, beams, what passes ask, the verdict past the search."""
