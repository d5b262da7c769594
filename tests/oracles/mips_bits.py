"""What the tasks of the suite mips_bits put out, told of all that came in and without states."""

from oracles.histories import Oracle, Said

SAID: dict[str, Oracle] = {
    "alternating_last3": lambda x: ("00" + x).endswith(("010", "101")),
    "alternating_last4": lambda x: ("000" + x).endswith(("0101", "1010")),
    "bit_dot_prod_mod2": lambda a, b: (int(a, 2) & int(b, 2)).bit_count() % 2 == 1,
    "bit_palindrome": lambda x: all(x[place] == x[~place] for place in range(len(x) // 2)),
    "bitwise_and": lambda a, b: a[-1] + b[-1] == "11",
    "bitwise_or": lambda a, b: a[-1] + b[-1] != "00",
    "bitwise_xor": lambda a, b: a[-1] + b[-1] in ("01", "10"),
    "div_3": lambda x: int(x, 2) // 3 % 2 == 1,
    "div_5": lambda x: int(x, 2) // 5 % 2 == 1,
    "div_7": lambda x: int(x, 2) // 7 % 2 == 1,
    # The lower of two that are as frequent comes first.
    "majority_0_1": lambda x: max("01", key=x.count) == "1",
    "parity_all": lambda x: x.count("1") % 2 == 1,
    "parity_last2": lambda x: x[-2:].count("1") % 2 == 1,
    "parity_last3": lambda x: x[-3:].count("1") % 2 == 1,
    "parity_last4": lambda x: x[-4:].count("1") % 2 == 1,
    "parity_zeros": lambda x: x.count("0") % 2 == 1,
}


def balanced_parenthesis(x: str) -> Said:
    while "01" in x:
        x = x.replace("01", "")
    return not x


SAID["balanced_parenthesis"] = balanced_parenthesis
