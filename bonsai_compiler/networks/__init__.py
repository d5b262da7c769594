"""Trained networks: two file formats, their wiring, and the way to a graph."""
