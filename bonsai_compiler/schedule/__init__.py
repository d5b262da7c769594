"""Recipe after recipe until a network is proved: budgets, checkpoints, the choice."""
