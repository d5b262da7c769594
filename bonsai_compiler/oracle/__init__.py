"""What passes ask about a graph: oracles, random simulation, and the verdict past the search."""
