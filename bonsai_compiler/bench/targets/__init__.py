"""Emitted texts in other tools' hands: compiled, simulated, proved and measured by them."""
