"""What changed between two graphs, or pass by pass through a run."""
