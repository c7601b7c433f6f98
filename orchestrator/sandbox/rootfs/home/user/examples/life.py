#!/usr/bin/env python3
"""Conway's game of life: ./life.py [GENERATIONS]. On a terminal it moves."""

import sys
import time
from collections import Counter

ROWS, COLUMNS = 12, 40
GLIDER = {(0, 1), (1, 2), (2, 0), (2, 1), (2, 2)}
BLINKER = {(6, 20), (6, 21), (6, 22)}


def step(cells):
    near = Counter(
        ((r + dr) % ROWS, (c + dc) % COLUMNS)
        for r, c in cells
        for dr in (-1, 0, 1)
        for dc in (-1, 0, 1)
        if (dr, dc) != (0, 0)
    )
    return {cell for cell, count in near.items() if count == 3 or (count == 2 and cell in cells)}


def draw(cells):
    return "\n".join(
        "".join("#" if (row, column) in cells else "." for column in range(COLUMNS))
        for row in range(ROWS)
    )


cells = GLIDER | BLINKER
generations = int(sys.argv[1]) if len(sys.argv) > 1 else 10
moving = sys.stdout.isatty()
for _ in range(generations):
    cells = step(cells)
    if moving:
        print("\x1b[H\x1b[2J" + draw(cells), flush=True)
        time.sleep(0.1)
print(draw(cells))
print(f"generation {generations}: {len(cells)} cells")
