"""Which words are in Tomita's languages."""

import re

from oracles.histories import Oracle

SAID: dict[str, Oracle] = {
    "tomita_1": lambda x: re.fullmatch("1*", x) is not None,
    "tomita_2": lambda x: re.fullmatch("(10)*", x) is not None,
    "tomita_3": lambda x: re.search("(?<!1)1(11)*(?!1).*(?<!0)0(00)*(?!0)", x) is None,
    "tomita_4": lambda x: "000" not in x,
    "tomita_5": lambda x: x.count("0") % 2 == x.count("1") % 2 == 0,
    "tomita_6": lambda x: (x.count("0") - x.count("1")) % 3 == 0,
    "tomita_7": lambda x: re.fullmatch("0*1*0*1*", x) is not None,
    "directly_followed": lambda x: re.search("(?<!1)1(11)*0(00)*(?!0)", x) is None,
}
