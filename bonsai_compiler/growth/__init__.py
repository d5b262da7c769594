"""Grow networks from a task's table: codes for its states, one tick of regression, pruning, breeding."""
