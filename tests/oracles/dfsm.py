"""What the tasks of the suite dfsm put out, told of all that came in and without states."""

from oracles.histories import Oracle

SAID: dict[str, Oracle] = {
    "invert": lambda x: x.endswith("0"),
    "latch": lambda x: "1" in x,
    "only_every_3rd_1": lambda x: x.endswith("1") and x.count("1") % 3 == 0,
    "skip_every_2nd_1": lambda x: x.endswith("1") and x.count("1") % 2 != 0,
    "skip_every_3rd_1": lambda x: x.endswith("1") and x.count("1") % 3 != 0,
    "skip_every_4th_1": lambda x: x.endswith("1") and x.count("1") % 4 != 0,
    "zero_one_generator": lambda x: len(x) % 2 == 0,
}
