"""From a recipe to the network that is kept: budgets, checkpoints, the search, the choice."""
