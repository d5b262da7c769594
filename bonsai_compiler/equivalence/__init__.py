"""What a proof rests on: transition systems, the one search through them, the verdict."""
