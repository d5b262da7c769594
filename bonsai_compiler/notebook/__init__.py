"""What a notebook, or `print`, shows of values that know nothing of it."""
