"""Benchmarks: how well the tasks of a suite are grown, and how fast each part is."""
