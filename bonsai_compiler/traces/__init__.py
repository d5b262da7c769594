"""What a graph or program carries, tick by tick: recorded, shown, written, stepped by hand."""
