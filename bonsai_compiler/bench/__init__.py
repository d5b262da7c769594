"""Benchmarks: how well the tasks of a suite, a folder, are grown, and how fast each part is."""
