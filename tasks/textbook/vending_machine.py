"""An item costs 25 cents, in nickels (5) and dimes (10); change is the nickel that was too much."""

inputs = ("nickel", "dime")
outputs = ("item", "change")
start = 0

PRICE = 25


def legal(paid, nickel, dime):
    return not (nickel and dime)


def step(paid, nickel, dime):
    paid += 5 * nickel + 10 * dime
    if paid < PRICE:
        return paid, (False, False)
    return 0, (True, paid > PRICE)
