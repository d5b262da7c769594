"""Where pure functions are called: in this process, in one beside it, or by a cluster's workers."""
