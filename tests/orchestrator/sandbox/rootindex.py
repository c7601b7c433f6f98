"""Write `rootfs/index.txt` again after a change to the files in `orchestrator/sandbox/rootfs`.

    python tests/orchestrator/sandbox/rootindex.py

The index tells names and sizes, so that a machine starts without opening a hundred files.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "orchestrator/sandbox/rootfs"
MANUAL = FOLDER / "usr/share/pagebox/man"
INDEX = FOLDER / "index.txt"


def page_names(page: str) -> tuple[list[str], str]:
    """The commands a page is for, and its summary: `# NAME, NAME - SUMMARY`."""
    names, _, summary = page.partition("\n")[0].removeprefix("# ").partition(" - ")
    return names.split(", "), summary


def manual_index() -> str:
    """`NAME - SUMMARY` of every command, for `man -k`."""
    lines = []
    for path in MANUAL.glob("*.md"):
        names, summary = page_names(path.read_text("utf-8"))
        lines += [f"{name} - {summary}\n" for name in names]
    return "".join(sorted(lines))


def index() -> str:
    """`SIZE PATH` of every file, and `-> PATH TARGET` for pages that go by several names."""
    files = [p for p in FOLDER.rglob("*") if p.is_file() and p != INDEX]
    lines = [f"{p.stat().st_size} {p.relative_to(FOLDER).as_posix()}\n" for p in files]
    for path in MANUAL.glob("*.md"):
        for name in page_names(path.read_text("utf-8"))[0]:
            if name != path.stem:
                link = (MANUAL / f"{name}.md").relative_to(FOLDER).as_posix()
                lines.append(f"-> {link} {path.name}\n")
    return "".join(sorted(lines))


if __name__ == "__main__":
    (MANUAL / "index").write_text(manual_index(), "utf-8")
    INDEX.write_text(index(), "utf-8")
