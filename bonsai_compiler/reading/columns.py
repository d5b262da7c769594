"""What a search for a program looks at: a column of values for each signal, a row a situation.

A *situation* is a state of the machine with a letter that may come in it. Whatever agrees with a
target in all situations in which it is asked for is as good as the target.
"""

import ast
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

Kind = Literal["bit", "integer", "word", "sequence"]
Values = npt.NDArray[np.int16]
Asked = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The values (rows,) of a signal; of a word its place among all `words` of the program.

    A sequence of inputs has its place among those that its `words` are the text of. What is no
    signal but made of some, as `registers[rx]` or `sum(word)`, is `read` so, and has that text for
    a name.
    """

    name: str
    kind: Kind
    values: Values = field(repr=False)
    words: tuple[str, ...] = ()
    read: ast.expr | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What has to come out: the values of a column, in the rows in which they are asked for.

    Of a state's next value, `follows` is the name of the state.
    """

    column: Column
    asked: Asked = field(repr=False)
    follows: str = ""
