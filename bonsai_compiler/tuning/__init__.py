"""What each pass may do to a graph, found by asking a judge."""
