"""Packs a compiled database: a byte with the number of bytes that follow as they are, a byte with the number of zeros
after them, and so on. Nine bytes in ten are zeros. Run by recipe.toml: `pack.py magic.mgc database.bin`."""

import sys
from pathlib import Path

LONGEST = 255
RECORD = 376  # sizeof(struct magic)
LINE_NUMBER = slice(20, 24)  # .lineno, for messages of the compiler of the database


def without_line_numbers(database: bytearray) -> bytes:
    """The records after the first one, which is a head, lose their line numbers."""
    for start in range(RECORD, len(database), RECORD):
        database[start + LINE_NUMBER.start : start + LINE_NUMBER.stop] = bytes(4)
    return bytes(database)


def pack(data: bytes) -> bytes:
    """The packed form."""
    packed = bytearray()
    at = 0
    while at < len(data):
        zeros = data.find(b"\0\0\0", at, at + LONGEST)
        end = zeros if zeros >= 0 else min(at + LONGEST, len(data))
        rest = end
        while rest < len(data) and rest - end < LONGEST and data[rest] == 0:
            rest += 1
        packed += bytes([end - at]) + data[at:end] + bytes([rest - end])
        at = rest
    return bytes(packed)


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.write_bytes(pack(without_line_numbers(bytearray(source.read_bytes()))))
