"""How graphs, differences, traces and results look in a notebook, and as plain text."""
