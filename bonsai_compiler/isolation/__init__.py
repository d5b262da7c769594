"""A task's own code in a process of its own, which answers numbers and plain data."""
