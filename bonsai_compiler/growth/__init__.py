"""Grow networks from a task's table: codes for its states, regression, pruning, breeding."""
