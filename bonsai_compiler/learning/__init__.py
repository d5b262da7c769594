"""Machines found by asking: an active learner, and what tries its hypotheses on what was asked."""
