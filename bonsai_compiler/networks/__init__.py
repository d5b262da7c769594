"""Trained networks: their two file formats, their wiring, and the way to a graph."""
