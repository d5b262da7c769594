"""Two one-bit registers, both 0 at first, and four instructions; y is the bit that is written.

op1, op0 choose: 00 load, register a takes the immediate bit b; 01 move, register a takes register
b; 10 and, register a takes register a AND register b; 11 xor, register a takes register a XOR
register b. So a is always the target and the first operand, and b the second, or the bit itself.
"""

inputs = ("op1", "op0", "a", "b")
outputs = ("y",)
start = (False, False)


def step(registers, op1, op0, a, b):
    first, second = registers[a], registers[b]
    value = {
        (False, False): b,
        (False, True): second,
        (True, False): first and second,
        (True, True): first != second,
    }[op1, op0]
    low, high = registers
    return ((low, value) if a else (value, high)), value
