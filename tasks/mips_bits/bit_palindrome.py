"""y is True when the word so far reads the same backwards."""

inputs = ("x",)
outputs = ("y",)
start = ()
horizon = 10


def step(word, x):
    word = (*word, x)
    return word, word == word[::-1]
