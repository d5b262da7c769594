"""What a graph or program carries, tick by tick: recorded, in the formats of `trace`, stepped."""
