"""Benchmarks, run by hand: how fast growth trains, and how well whole tasks are grown."""
