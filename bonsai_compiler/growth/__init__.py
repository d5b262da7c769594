"""Grow networks from a task's table: codes, regression, pruning, breeding; limits in `recipe`."""
