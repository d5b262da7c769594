"""Certificates: a proof as three questions in SMT-LIB, and a small checker that stands alone."""
