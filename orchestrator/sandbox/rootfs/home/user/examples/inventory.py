#!/usr/bin/env python3
"""A list of things in a JSON file: add, take, show."""

import argparse
import json
import os
from dataclasses import asdict, dataclass


@dataclass
class Item:
    name: str
    count: int
    price: float = 0.0


def load(path):
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        return {row["name"]: Item(**row) for row in json.load(file)}


def save(path, items):
    with open(path, "w") as file:
        json.dump([asdict(item) for item in items.values()], file, indent=2)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["add", "take", "show"], nargs="?", default="show")
    parser.add_argument("name", nargs="?")
    parser.add_argument("count", nargs="?", type=int, default=1)
    parser.add_argument("--price", type=float)
    parser.add_argument("--file", default="/tmp/inventory.json")
    options = parser.parse_args()
    items = load(options.file)
    if options.command != "show":
        if not options.name:
            parser.error("which one?")
        item = items.setdefault(options.name, Item(options.name, 0))
        item.count += options.count if options.command == "add" else -options.count
        if options.price is not None:
            item.price = options.price
        save(options.file, items)
    for item in sorted(items.values(), key=lambda item: item.name):
        print(f"{item.name:<12} {item.count:>5} {item.count * item.price:>9.2f}")
    if not items:
        print("nothing yet; try: ./inventory.py add apples 12 --price 0.5")


main()
