#!/usr/bin/env python3
"""Writes data/crash/{eth,btc,link}usd_1m.csv: two days like 12 and 13 March 2020.

    tools/make_crash.py            write the files
    tools/make_crash.py --check    fail if they are not what this program writes

These are not recordings.  The anchors of ETH and BTC below are the price levels of those
hours at the large dollar exchanges, rounded to about one per cent, as price histories of
that day commonly show them: the slide of the first night, the fall within the hour before
11:00, the second one from 23:00 to the low at 02:15, and the recovery.  Those of LINK are
approximate daily levels (3.75 before, a low near 1.5, 2.2 after) on the same clock.
Everything between two anchors is generated: a Brownian bridge of log prices, part of it
common to the three assets, and highs, lows and volumes around it.  The seed is fixed and
only random.Random.random() is used, whose sequence Python keeps from version to version.
"""

import math
import random
import sys
from pathlib import Path

START = 1583971200  # 2020-03-12 00:00 UTC
MINUTES = 48 * 60
SEED = 20200312
MINUTE_SIGMA = 0.0022  # of a log price, per minute
COMMON_SHARE = 0.8     # of the variance

# asset: decimals, typical volume a minute, [(hour, minute, price)]
ASSETS = {
    "eth": (2, 900.0, [
        (0, 0, 194.5), (1, 50, 185.0), (6, 0, 181.5), (7, 30, 171.0), (10, 0, 167.0),
        (10, 40, 152.0), (11, 0, 138.5), (12, 0, 136.0), (13, 30, 131.0), (16, 0, 139.0),
        (18, 0, 142.0), (20, 0, 138.0), (21, 0, 129.0), (23, 0, 127.0), (23, 30, 112.0),
        (24, 0, 109.5), (25, 0, 107.0), (26, 0, 99.5), (26, 15, 88.0), (26, 35, 106.0),
        (27, 0, 116.0), (28, 0, 129.0), (29, 0, 112.0), (30, 0, 117.0), (32, 0, 128.5),
        (34, 0, 134.0), (36, 0, 129.0), (38, 0, 133.5), (40, 0, 125.5), (43, 0, 120.0),
        (44, 0, 129.5), (47, 59, 135.5)]),
    "btc": (2, 40.0, [
        (0, 0, 7940.0), (2, 0, 7710.0), (6, 0, 7640.0), (8, 0, 7390.0), (10, 0, 7350.0),
        (10, 40, 6600.0), (11, 0, 6100.0), (12, 0, 6080.0), (16, 0, 6130.0), (18, 0, 6110.0),
        (20, 0, 6040.0), (21, 0, 5710.0), (23, 0, 5800.0), (23, 30, 5100.0), (24, 0, 4860.0),
        (25, 0, 4660.0), (26, 0, 4210.0), (26, 15, 3900.0), (26, 35, 4700.0),
        (27, 0, 5140.0), (28, 0, 5380.0), (29, 0, 4850.0), (30, 0, 4970.0), (32, 0, 5450.0),
        (34, 0, 5790.0), (36, 0, 5450.0), (38, 0, 5650.0), (40, 0, 5250.0), (43, 0, 5010.0),
        (44, 0, 5450.0), (47, 59, 5640.0)]),
    "link": (4, 3000.0, [
        (0, 0, 3.75), (6, 0, 3.45), (10, 0, 3.15), (11, 0, 2.55), (12, 0, 2.5), (18, 0, 2.6),
        (23, 0, 2.2), (24, 0, 1.9), (26, 0, 1.65), (26, 15, 1.5), (27, 0, 1.95), (28, 0, 2.15),
        (29, 0, 1.9), (34, 0, 2.3), (40, 0, 2.15), (47, 59, 2.2)]),
}


def normal(rng):
    """Close enough to normal, and the same wherever Python runs."""
    return sum(rng.random() for _ in range(12)) - 6.0


def bridge(anchors, steps):
    """One log price a minute that passes through every anchor."""
    path = [0.0] * MINUTES
    for (h0, m0, p0), (h1, m1, p1) in zip(anchors, anchors[1:]):
        first, last = h0 * 60 + m0, h1 * 60 + m1
        walk = [0.0]
        for i in range(first + 1, last + 1):
            walk.append(walk[-1] + steps[i])
        for i in range(first, last + 1):
            part = (i - first) / (last - first)
            path[i] = (math.log(p0) + (math.log(p1) - math.log(p0)) * part
                       + walk[i - first] - walk[-1] * part)
    return path


def candles(path, decimals, volume, rng):
    """The minute that begins at i opens at path[i] and closes where the next one opens."""
    for i in range(MINUTES):
        opened = math.exp(path[i])
        closed = math.exp(path[min(i + 1, MINUTES - 1)])
        high = max(opened, closed) * (1 + abs(normal(rng)) * MINUTE_SIGMA / 3)
        low = min(opened, closed) * (1 - abs(normal(rng)) * MINUTE_SIGMA / 3)
        traded = volume * (0.2 + rng.random() + 150 * abs(math.log(closed / opened)))
        prices = ",".join(f"{x:.{decimals}f}" for x in (opened, high, low, closed))
        yield f"{START + 60 * i},{prices},{traded:.1f}"


def generate():
    rng = random.Random(SEED)
    common = [normal(rng) for _ in range(MINUTES)]
    for name, (decimals, volume, anchors) in ASSETS.items():
        steps = [MINUTE_SIGMA * (math.sqrt(COMMON_SHARE) * common[i]
                                 + math.sqrt(1 - COMMON_SHARE) * normal(rng))
                 for i in range(MINUTES)]
        lines = ["timestamp,open,high,low,close,volume"]
        lines += candles(bridge(anchors, steps), decimals, volume, rng)
        yield name, "\n".join(lines) + "\n"


def main():
    folder = Path(__file__).resolve().parent.parent / "data" / "crash"
    for name, text in generate():
        path = folder / f"{name}usd_1m.csv"
        if "--check" in sys.argv[1:]:
            if path.read_text() != text:
                sys.exit(f"{path.name} is not what tools/make_crash.py writes: run it")
            continue
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
