#!/usr/bin/env python3
"""Writes fixed_vectors.h and u256_vectors.h beside itself: base/fixed.h and
base/u256.h computed a second time, on Python's integers.

Here a quotient is rounded as an exact fraction and a guard is written as the
Solidity library states it, before the product; the C code does neither.  The
seed is fixed, so that a second run writes the same files.
"""

import random
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

MAX = 2**256 - 1
RAY, WAD, BPS, YEAR = 10**27, 10**18, 10**4, 365 * 24 * 3600
HALF_RAY, HALF_BPS = RAY // 2, BPS // 2

rng = random.Random(20250601)


class Refusal(Exception):
    pass


def require(condition, error):
    if not condition:
        raise Refusal(error)


def checked(x):
    require(0 <= x <= MAX, "ERR_ARITHMETIC")
    return x


def over(a, b):
    require(b != 0, "ERR_PANIC_DIVIDE")
    return Fraction(a, b)


def nearest(fraction):
    return floor(fraction + Fraction(1, 2))


# -- operands ------------------------------------------------------------------


def runs(bits):
    """A number of at most that many bits in long runs of zeros and ones."""
    x, left = 0, rng.randint(0, bits)
    while left > 0:
        run = min(left, rng.choice((1, 2, 5, 17, 40, 64, 90)))
        x = (x << run) | (rng.choice((0, 2**run - 1)))
        left -= run
    return x


EDGES = [0, 1, 2, 3, MAX, MAX - 1, 2**64 - 1, 2**64, 2**128 - 1, 2**128, 2**192 - 1,
         2**192, 2**255, RAY, RAY - 1, RAY + 1, HALF_RAY, HALF_RAY - 1, HALF_RAY + 1]


def any_number():
    return rng.choice((rng.choice(EDGES), runs(64), runs(128), runs(256)))


def divisor():
    x = any_number()
    return x if x != 0 or rng.random() < 0.1 else 1


def number(limit):
    return rng.choice((rng.choice(EDGES), rng.randint(0, limit), runs(limit.bit_length())))


def amount():
    return number(10**rng.choice((6, 12, 18, 27, 33)))


def index():
    return rng.choice((RAY + rng.randint(0, RAY // 10), RAY * rng.randint(1, 50), number(2**128)))


def rate():
    return rng.choice((rng.randint(0, RAY), rng.randint(0, 10 * RAY), number(2**128)))


def bps():
    return rng.choice((0, 1, 2, 4999, 5000, 9999, 10000, 10001, 10500, 65535, 2**32 - 1,
                       rng.randint(1, 10000), rng.randint(1, 12000)))


def price():
    return rng.choice((rng.randint(1, 10**13), rng.randint(1, 10**9), number(2**100)))


def unit():
    return rng.choice((1, 10**2, 10**6, 10**8, 10**18, 10**18, 10**27, 0, 10**77))


def seconds():
    return rng.choice((0, 1, 12, 3600, YEAR, YEAR - 1, 2**40, 2**64 - 1, rng.randint(0, YEAR),
                       runs(64)))


# -- base/fixed.h --------------------------------------------------------------


def ray_mul_near(a, b):
    require(b == 0 or a <= (MAX - HALF_RAY) // b, "ERR_BARE")
    return nearest(Fraction(a * b, RAY))


def ratio(a, b, one):
    require(b != 0 and a <= (MAX - b // 2) // one, "ERR_BARE")
    return nearest(Fraction(a * one, b))


def ray_div_near(a, b):
    return ratio(a, b, RAY)


def amount_to_scaled(a, i, rounding):
    require(i != 0 and a <= MAX // RAY, "ERR_BARE")
    return rounding(Fraction(a * RAY, i))


def scaled_to_amount(s, i, rounding):
    require(i == 0 or s <= MAX // i, "ERR_BARE")
    return rounding(Fraction(s * i, RAY))


def percent_near(a, p):
    require(p == 0 or a <= (MAX - HALF_BPS) // p, "ERR_BARE")
    return nearest(Fraction(a * p, BPS))


def percent(a, p, rounding):
    require(p == 0 or a <= MAX // p, "ERR_BARE")
    return rounding(Fraction(a * p, BPS))


def per_percent_near(a, p):
    return ratio(a, p, BPS)


def per_percent_up(a, p):
    require(p != 0 and a <= MAX // BPS, "ERR_BARE")
    return ceil(Fraction(a * BPS, p))


def amount_value_down(a, p, u):
    return floor(over(checked(a * p), u))


def amount_value_up(a, p, u):
    require(u != 0 and (p == 0 or a <= MAX // p), "ERR_BARE")
    return ceil(Fraction(a * p, u))


def value_amount_down(v, p, u):
    return floor(over(checked(v * u), p))


def amount_exchange_down(b, price_b, unit_b, price_a, unit_a):
    sold = checked(checked(price_b * b) * unit_a)
    return floor(over(sold, checked(price_a * unit_b)))


def health_factor(weighted, debt):
    return ratio(weighted, debt, WAD) // BPS


def growth(yearly, elapsed):
    return floor(Fraction(checked(yearly * elapsed), YEAR))


def ray_linear(yearly, elapsed):
    return checked(RAY + growth(yearly, elapsed))


def ray_compounded(yearly, elapsed):
    x = growth(yearly, elapsed)
    return checked(RAY + x + ray_mul_near(x, x // 2 + ray_mul_near(x, x // 6)))


# -- base/u256.h ---------------------------------------------------------------


def mul_div(a, b, c, rounding):
    return checked(rounding(over(a * b, c)))


# name: (function, kinds of its operands)
FIXED = {
    "ray_mul_near": (ray_mul_near, (index, index)),
    "ray_div_near": (ray_div_near, (index, index)),
    "amount_to_scaled_down": (lambda a, i: amount_to_scaled(a, i, floor), (amount, index)),
    "amount_to_scaled_up": (lambda a, i: amount_to_scaled(a, i, ceil), (amount, index)),
    "scaled_to_amount_down": (lambda a, i: scaled_to_amount(a, i, floor), (amount, index)),
    "scaled_to_amount_up": (lambda a, i: scaled_to_amount(a, i, ceil), (amount, index)),
    "percent_near": (percent_near, (amount, bps)),
    "percent_up": (lambda a, p: percent(a, p, ceil), (amount, bps)),
    "percent_down": (lambda a, p: percent(a, p, floor), (amount, bps)),
    "per_percent_near": (per_percent_near, (amount, bps)),
    "per_percent_up": (per_percent_up, (amount, bps)),
    "amount_value_down": (amount_value_down, (amount, price, unit)),
    "amount_value_up": (amount_value_up, (amount, price, unit)),
    "value_amount_down": (value_amount_down, (amount, price, unit)),
    "amount_exchange_down": (amount_exchange_down, (amount, price, unit, price, unit)),
    "health_factor": (health_factor, (amount, amount)),
    "ray_linear": (ray_linear, (rate, seconds)),
    "ray_compounded": (ray_compounded, (rate, seconds)),
}
U256 = {
    "add": (lambda a, b: checked(a + b), (any_number, any_number)),
    "sub": (lambda a, b: checked(a - b), (any_number, any_number)),
    "mul": (lambda a, b: checked(a * b), (any_number, any_number)),
    "quotient": (lambda a, b: floor(over(a, b)), (any_number, divisor)),
    "remainder": (lambda a, b: a - b * floor(over(a, b)), (any_number, divisor)),
    "mul_div_down": (lambda a, b, c: mul_div(a, b, c, floor), (any_number, any_number, divisor)),
    "mul_div_up": (lambda a, b, c: mul_div(a, b, c, ceil), (any_number, any_number, divisor)),
}


def outcome(function, operands):
    try:
        return "OK", function(*operands)
    except Refusal as refusal:
        return str(refusal), 0


def boundary(function, rest):
    """The largest first operand that is not refused, for these others."""
    low, high = 0, MAX
    if outcome(function, (0, *rest))[0] != "OK" or outcome(function, (MAX, *rest))[0] == "OK":
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if outcome(function, (middle, *rest))[0] == "OK":
            low = middle
        else:
            high = middle
    return low


def rows(function, kinds, count):
    """A third of them refused, if so many can be found; the edges first."""
    room = {True: count // 3, False: count - count // 3}
    found = {}

    def keep(operands):
        error, result = outcome(function, operands)
        refused = error != "OK"
        if room[refused] > 0 and operands not in found:
            room[refused] -= 1
            found[operands] = (error, result)

    for _ in range(count // 8):
        rest = tuple(kind() for kind in kinds[1:])
        last = boundary(function, rest)
        if last is not None:
            keep((last, *rest))
            keep((last + 1, *rest))
    tries = 0
    while any(room.values()) and tries < 100 * count:
        keep(tuple(kind() for kind in kinds))
        keep(tuple(kind() if kind in (bps, seconds, divisor) else any_number() for kind in kinds))
        tries += 1
    return list(found.items())


def write(path, tables, count):
    numbers = {}

    def at(x):
        return numbers.setdefault(x, len(numbers))

    body = []
    for name, (function, kinds) in tables.items():
        body.append(f"\nstatic const struct vector {name}_rows[] = {{\n")
        cells = [f"{{{{{','.join(str(at(x)) for x in operands)}}},{error},{at(result)}}},"
                 for operands, (error, result) in rows(function, kinds, count)]
        body += ["\t" + " ".join(cells[i:i + 4]) + "\n" for i in range(0, len(cells), 4)]
        body.append("};\n")
    guard = path.name.upper().replace(".", "_")
    head = (f"/* Written by {Path(__file__).name}: do not edit. */\n\n"
            f"#ifndef TESTS_BASE_{guard}\n#define TESTS_BASE_{guard}\n\n"
            '#include "base/err.h"\n\n'
            "/* Operands and result by their index in the list of numbers. */\n"
            "struct vector {\n\tu16 in[5];\n\tu16 err;\n\tu16 out;\n};\n\n"
            "static const char *const numbers[] = {\n")
    listed = "".join(f'\t"0x{x:x}",\n' for x in numbers)
    path.write_text(head + listed + "};\n" + "".join(body) + "\n#endif\n")


write(Path(__file__).with_name("fixed_vectors.h"), FIXED, 172)
write(Path(__file__).with_name("u256_vectors.h"), U256, 300)
