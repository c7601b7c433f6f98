"""Compiles the library; run by the interpreter that will read it (`wasm/preinit.py`).

    compile_library.py FOLDER OUTPUT

writes OUTPUT/code, marshalled code objects one after the other, and OUTPUT/index: name, offset, length and whether it is
a package, one module a line.
"""

import marshal
import os
import sys


def modules(folder):
    """Name, path and whether it is a package, of every module under a folder, in order."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name.isidentifier())
        package = here[len(folder) + 1 :].replace("/", ".")
        for file in sorted(files):
            name, dot, end = file.rpartition(".")
            if end != "py":
                continue
            full = ".".join(part for part in (package, "" if name == "__init__" else name) if part)
            if full:
                yield full, f"{here}/{file}", name == "__init__"


def main(folder, output):
    """Compiles everything."""
    offset = 0
    with open(f"{output}/code", "wb") as code, open(f"{output}/index", "w") as index:
        for name, path, package in modules(folder):
            with open(path, "rb") as stream:
                source = stream.read()
            try:
                data = marshal.dumps(compile(source, path, "exec", dont_inherit=True))
            except SyntaxError as error:
                print(f"left out: {path}: {error}", file=sys.stderr)
                continue
            code.write(data)
            index.write(f"{name} {offset} {len(data)} {int(package)}\n")
            offset += len(data)


main(*sys.argv[1:])
