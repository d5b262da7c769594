"""A fuzzer that shares no code with the compiler: random things, judged by brute force.

Everything here is written from the documents alone: a reader of graphs, an interpreter, readers of
both network formats, a search over joint states that calls Python functions. Of the package only
the doors are used that a user has. `python -m tests.fuzzing --help` says how to run it.
"""
