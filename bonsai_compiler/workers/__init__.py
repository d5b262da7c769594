"""Where pure functions are called: in this process, or by the workers of a cluster."""
