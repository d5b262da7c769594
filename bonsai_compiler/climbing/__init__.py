"""Grow and compile rung by rung: recipes, budgets, checkpoints, the choice of a network."""
