#!/usr/bin/env python3
"""The Mandelbrot set in letters: ./mandelbrot.py [COLUMNS]"""

import sys

width = int(sys.argv[1]) if len(sys.argv) > 1 else 60
height = width // 3
shades = " .:-=+*#%@"
for row in range(height):
    line = ""
    for column in range(width):
        point = complex(-2.2 + 3.2 * column / width, -1.2 + 2.4 * row / height)
        z, count = 0j, 0
        while abs(z) <= 2 and count < 40:
            z, count = z * z + point, count + 1
        line += shades[min(count // 4, 9)]
    print(line.rstrip())
