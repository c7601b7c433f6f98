"""Small stand-ins for the programs that shell cases call, so that cases run without WebAssembly.

They do what the cases need and no more; the real tools are tested elsewhere.
"""

from __future__ import annotations

import stat as st
from collections.abc import Callable, Mapping
from types import MappingProxyType

from orchestrator.kernel.system import System
from vfs.errors import text as error_text
from vfs.inode import OpenFlags

Main = Callable[[System], int]


def _inputs(system: System, names: list[str]) -> tuple[list[bytes], int]:
    """Return the content of each file (standard input for `-` or none) and a status."""
    contents, status = [], 0
    for name in names or ["-"]:
        if name == "-":
            contents.append(system.read_all(0))
            continue
        try:
            fd = system.open(name)
        except OSError as error:
            system.stderr.write(f"{system.argv[0]}: {name}: {error_text(error)}\n")
            status = 1
            continue
        contents.append(system.read_all(fd))
        system.close(fd)
    return contents, status


def cat(system: System) -> int:
    names = [n for n in system.argv[1:] if n != "-u"]
    status = 0
    for name in names or ["-"]:
        try:
            fd = 0 if name == "-" else system.open(name)
            while data := system.read(fd):
                system.write(1, data)
        except OSError as error:
            system.stderr.write(f"cat: {name}: {error_text(error)}\n")
            status = 1
    return status


def sort(system: System) -> int:
    flags = "".join(a[1:] for a in system.argv[1:] if a.startswith("-"))
    contents, status = _inputs(system, [a for a in system.argv[1:] if not a.startswith("-")])
    lines = b"".join(contents).splitlines()

    def key(line: bytes) -> object:
        return (int(line.split()[0] or 0), line) if "n" in flags else line

    lines.sort(key=key, reverse="r" in flags)  # type: ignore[arg-type]
    if "u" in flags:
        lines = list(dict.fromkeys(lines))
    system.write(1, b"".join(line + b"\n" for line in lines))
    return status


def seq(system: System) -> int:
    numbers = [int(a) for a in system.argv[1:]]
    first = numbers[0] if len(numbers) > 1 else 1
    step = numbers[1] if len(numbers) > 2 else 1
    at = first
    while at <= numbers[-1]:
        system.step()
        system.write(1, b"%d\n" % at)
        at += step
    return 0


def head(system: System) -> int:
    words = list(system.argv[1:])
    count, unit = 10, "n"
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word in ("-n", "-c"):
            unit, count = word[1], int(words.pop(0))
        else:
            digits = word.lstrip("-nc")
            unit = "c" if word.startswith("-c") else "n"
            count = int(digits)
    fd = system.open(words[0]) if words else 0
    if unit == "c":
        system.write(1, system.read(fd, count))
        return 0
    data = b""
    while data.count(b"\n") < count and (chunk := system.read(fd)):
        data += chunk
    system.write(1, b"".join(data.splitlines(True)[:count]))
    return 0


def tail(system: System) -> int:
    words = list(system.argv[1:])
    count = 10
    if words and words[0] == "-n":
        count = int(words[1])
        words = words[2:]
    elif words and words[0].startswith("-"):
        count = int(words.pop(0).lstrip("-n"))
    contents, status = _inputs(system, words)
    system.write(1, b"".join(b"".join(contents).splitlines(True)[-count:]))
    return status


def wc(system: System) -> int:
    flags = "".join(a[1:] for a in system.argv[1:] if a.startswith("-")) or "lwc"
    names = [a for a in system.argv[1:] if not a.startswith("-")]
    contents, status = _inputs(system, names)
    for number, data in enumerate(contents):
        counts = {"l": data.count(b"\n"), "w": len(data.split()), "c": len(data)}
        shown = [str(counts[flag]) for flag in "lwc" if flag in flags]
        if len(shown) > 1:
            shown = [text.rjust(7) for text in shown]
        system.stdout.write(" ".join(shown) + (f" {names[number]}" if names else "") + "\n")
    return status


def tr(system: System) -> int:
    words = list(system.argv[1:])
    delete = words[0] == "-d"
    words = words[1:] if delete else words
    source, target = _set(words[0]), "" if delete else _set(words[1])
    text = system.read_all(0).decode("utf-8", "surrogateescape")
    if delete:
        text = "".join(c for c in text if c not in source)
    else:
        target = target.ljust(len(source), target[-1])
        text = text.translate(dict(zip(map(ord, source), target, strict=False)))
    system.stdout.write(text)
    return 0


def _set(text: str) -> str:
    text = text.replace("[:upper:]", "A-Z").replace("[:lower:]", "a-z").replace("\\n", "\n")
    out, i = "", 0
    while i < len(text):
        if text[i + 1 : i + 2] == "-" and i + 2 < len(text):
            out += "".join(map(chr, range(ord(text[i]), ord(text[i + 2]) + 1)))
            i += 3
        else:
            out += text[i]
            i += 1
    return out


def grep(system: System) -> int:
    words = list(system.argv[1:])
    flags = ""
    while words and words[0].startswith("-") and len(words[0]) > 1:
        flags += words.pop(0)[1:]
    pattern = words[0].encode()
    contents, _ = _inputs(system, words[1:])
    found = []
    for line in b"".join(contents).splitlines():
        hit = line.startswith(pattern[1:]) if pattern[:1] == b"^" else pattern in line
        if hit != ("v" in flags):
            found.append(line)
    if "c" in flags:
        system.write(1, b"%d\n" % len(found))
    elif "q" not in flags:
        system.write(1, b"".join(line + b"\n" for line in found))
    return 0 if found else 1


def ls(system: System) -> int:
    status = 0
    shown: list[str] = []
    words = [a for a in system.argv[1:] if not a.startswith("-")] or ["."]
    for word in words:
        try:
            is_directory = st.S_ISDIR(system.stat(word).mode)
        except OSError as error:
            system.stderr.write(f"ls: cannot access '{word}': {error_text(error)}\n")
            status = 2
            continue
        if is_directory and "-d" not in system.argv:
            names = sorted(system.listdir(word))
            shown += [n for n in names if "-a" in system.argv or n[0] != "."]
        else:
            shown.append(word)
    system.stdout.write("".join(name + "\n" for name in shown))
    return status


def mkdir(system: System) -> int:
    for word in system.argv[1:]:
        if word == "-p":
            continue
        path = ""
        parts = word.split("/") if "-p" in system.argv else [word]
        for part in parts:
            path = f"{path}/{part}" if path else part or "/"
            try:
                system.mkdir(path)
            except FileExistsError:
                if "-p" not in system.argv:
                    raise
    return 0


def rm(system: System) -> int:
    flags = "".join(a[1:] for a in system.argv[1:] if a.startswith("-"))
    for word in [a for a in system.argv[1:] if not a.startswith("-")]:
        try:
            _remove(system, word)
        except OSError as error:
            if "f" not in flags:
                system.stderr.write(f"rm: cannot remove '{word}': {error_text(error)}\n")
                return 1
    return 0


def _remove(system: System, path: str) -> None:
    if st.S_ISDIR(system.lstat(path).mode):
        for name in system.listdir(path):
            _remove(system, f"{path}/{name}")
        system.rmdir(path)
    else:
        system.unlink(path)


def touch(system: System) -> int:
    for word in system.argv[1:]:
        system.close(system.open(word, OpenFlags.WRITE | OpenFlags.CREAT))
        system.touch(word)
    return 0


def ln(system: System) -> int:
    words = [a for a in system.argv[1:] if not a.startswith("-")]
    if "-s" in system.argv:
        system.symlink(words[0], words[1])
    else:
        system.link(words[0], words[1])
    return 0


def yes(system: System) -> int:
    while True:
        system.step()
        system.write(1, b"y\n")


def tee(system: System) -> int:
    flags = OpenFlags.WRITE | OpenFlags.CREAT
    flags |= OpenFlags.APPEND if "-a" in system.argv else OpenFlags.TRUNC
    fds = [1, *(system.open(a, flags) for a in system.argv[1:] if not a.startswith("-"))]
    while data := system.read(0):
        for fd in fds:
            system.write(fd, data)
    return 0


def basename(system: System) -> int:
    name = system.argv[1].rstrip("/").rsplit("/", 1)[-1]
    if len(system.argv) > 2:
        name = name.removesuffix(system.argv[2])
    system.stdout.write(name + "\n")
    return 0


def dirname(system: System) -> int:
    head_, slash, _ = system.argv[1].rstrip("/").rpartition("/")
    system.stdout.write((head_ or ("/" if slash else ".")) + "\n")
    return 0


def mkfifo(system: System) -> int:
    for word in system.argv[1:]:
        system.mkfifo(word)
    return 0


def rev(system: System) -> int:
    for line in system.read_all(0).decode().splitlines():
        system.stdout.write(line[::-1] + "\n")
    return 0


def uname(system: System) -> int:
    system.stdout.write("Linux\n")
    return 0


def echo(system: System) -> int:
    system.stdout.write(" ".join(system.argv[1:]) + "\n")
    return 0


def printenv(system: System) -> int:
    names = system.argv[1:]
    for name, value in system.env.items():
        if not names:
            system.stdout.write(f"{name}={value}\n")
        elif name in names:
            system.stdout.write(f"{value}\n")
    return 0 if not names or names[0] in system.env else 1


PROGRAMS: Mapping[str, Main] = MappingProxyType(
    {
        main.__name__: main
        for main in (
            *(
                basename,
                cat,
                dirname,
                echo,
                grep,
                head,
                ln,
                ls,
                mkdir,
                mkfifo,
                printenv,
                rev,
                rm,
                seq,
            ),
            *(sort, tail, tee, touch, tr, uname, wc, yes),
        )
    }
)
