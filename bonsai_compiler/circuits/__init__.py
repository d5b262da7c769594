"""Circuits of bits: logic as gates and flip-flops, with integers in binary, and what it costs."""
