#!/usr/bin/env python3
"""Read sales as CSV on standard input, write `region,revenue,units` lines."""

import csv
import sys
from collections import defaultdict

revenue = defaultdict(float)
units = defaultdict(int)
for row in csv.DictReader(sys.stdin):
    units[row["region"]] += int(row["units"])
    revenue[row["region"]] += int(row["units"]) * float(row["price"])

for region in revenue:
    print(f"{region},{revenue[region]:.2f},{units[region]}")
