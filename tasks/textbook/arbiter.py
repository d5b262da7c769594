"""Two clients request one resource, and one at a time is granted it for as long as it asks.

When both want the free resource, the one that was not served last gets it; a is first.
"""

inputs = ("request_a", "request_b")
outputs = ("grant_a", "grant_b")
start = ("free", "b")


def step(state, request_a, request_b):
    use, last = state
    if not request_a and not request_b:
        return ("free", last), (False, False)
    if request_a and request_b:
        served = last if use == "held" else "a" if last == "b" else "b"
    else:
        served = "a" if request_a else "b"
    return ("held", served), (served == "a", served == "b")
