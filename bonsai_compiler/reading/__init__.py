"""Programs as a person would write them: searched for, shortest first, in a machine's table."""
