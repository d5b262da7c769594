"""Grow networks from a task's table, or through time: codes, descent, pruning, breeding."""
