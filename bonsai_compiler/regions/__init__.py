"""Proofs by invariant regions: a checker that they rest on, and what finds the regions."""
