"""Source packages of Debian: fetched through apt, checked, unpacked and patched.

Standard library only. A tool written in C is made of the upstream archives its `recipe.toml` names. They come from
Debian's source archive, because that is a registry which keeps them for years and every Debian machine can check who
signed its index; Debian's own changes to a package are not used. apt gets folders of its own below `build`, so that
nothing of the machine's configuration changes and nobody has to be root.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

WASM = Path(__file__).resolve().parent
BUILD = WASM / "build"
ARCHIVES = BUILD / "archives"
APT = BUILD / "apt"
MIRROR = "http://deb.debian.org/debian"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SUITES = ("bookworm", "trixie")


class SourceError(Exception):
    """A source package cannot be had, or is not what the recipe says. The text says what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """One upstream archive.

    Args:
        debian: name of Debian's source package.
        suite: the release it is taken from.
        file: name of the archive.
        sha256: its checksum.
        folder: where it is unpacked, in the tool's build folder; the archive's own top folder is dropped.
        version: upstream's.
        licence: SPDX expression of what is compiled of it.
        notices: files with the texts that must travel with the module, in `folder`.
    """

    debian: str
    suite: str
    file: str
    sha256: str
    folder: str
    version: str
    licence: str
    notices: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the licence table calls it."""
        return self.debian


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a tool written in C is made; `recipe.toml` in its folder.

    Args:
        prepare: shell commands that write files, run where the sources are unpacked.
        files: what is compiled, as glob patterns.
        leave_out: what is not.
        flags: for the compiler.
        link: for the linker.
        archives: where the code of others comes from.
    """

    files: tuple[str, ...]
    prepare: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    link: tuple[str, ...] = ()
    archives: tuple[Source, ...] = field(default=())


def read_recipe(folder: Path) -> Recipe:
    """The recipe in a tool's folder."""
    table = tomllib.loads((folder / "recipe.toml").read_text("utf-8"))
    lists = {name: tuple(value) for name, value in table["build"].items()}
    return Recipe(**lists, archives=tuple(_source(entry) for entry in table.get("source", [])))


def _source(entry: dict[str, object]) -> Source:
    notices = entry.pop("notices")
    assert isinstance(notices, list)
    return Source(**{key: str(value) for key, value in entry.items()}, notices=tuple(notices))


def unpack(recipe: Recipe, own: Path, work: Path) -> None:
    """Fills `work` with the tool's own files and the sources, patched.

    Raises SourceError.
    """
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(own, work)
    for source in recipe.archives:
        with tarfile.open(archive(source)) as packed:
            packed.extractall(work / source.folder, members=without_top(packed), filter="data")
        for patch in patches_for(source):
            _run(
                ["patch", "-p1", "-s", "--no-backup-if-mismatch", "-i", str(patch)],
                work / source.folder,
            )
    for command in recipe.prepare:
        _run(["sh", "-ec", command], work)


def patches_for(source: Source) -> list[Path]:
    """Our changes to a source package, in order."""
    return sorted((WASM / "patches" / f"{source.debian}-{source.version}").glob("*.patch"))


def without_top(packed: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """The members of an archive without the folder that all of them are in."""
    for member in packed.getmembers():
        _, _, rest = member.name.removeprefix("./").partition("/")
        if rest:
            if member.islnk():
                member.linkname = member.linkname.removeprefix("./").partition("/")[2]
            yield member.replace(name=rest, deep=False)


def archive(source: Source) -> Path:
    """The archive's file, fetched if it is not there yet and checked."""
    found = ARCHIVES / source.file
    if not found.exists():
        fetch(source)
    digest = hashlib.sha256(found.read_bytes()).hexdigest()
    if digest != source.sha256:
        raise SourceError(f"{source.file} has the checksum {digest}, not {source.sha256}")
    return found


def fetch(source: Source) -> None:
    """Gets a source package's archives.

    Not its newest version by number, but whatever version has the file: Debian's part of the number changes with
    security updates, the upstream archive stays.
    """
    ARCHIVES.mkdir(parents=True, exist_ok=True)
    command = ["apt-get", "-c", str(apt_configuration()), "source", "--download-only"]
    # apt may fail for a file we do not use; what counts is whether ours is there.
    _run([*command, f"{source.debian}/{source.suite}"], ARCHIVES, check=False)
    if not (ARCHIVES / source.file).exists():
        raise SourceError(f"Debian {source.suite} has no {source.file} any more")


def apt_configuration() -> Path:
    """A configuration under which apt reads the source indexes of our suites into our own folder."""
    made = APT / "apt.conf"
    if made.exists():
        return made
    for folder in ("lists/partial", "cache/archives/partial"):
        (APT / folder).mkdir(parents=True, exist_ok=True)
    lines = (f"deb-src [signed-by={KEYRING}] {MIRROR} {suite} main\n" for suite in SUITES)
    (APT / "sources.list").write_text("".join(lines), "utf-8")
    text = APT_CONFIGURATION.format(apt=APT)
    draft = made.with_suffix(".new")
    draft.write_text(text, "utf-8")
    _run(["apt-get", "-c", str(draft), "-qq", "update"], APT)
    return draft.replace(made)


APT_CONFIGURATION = """\
Dir::Etc::sourcelist "{apt}/sources.list";
Dir::Etc::sourceparts "-";
Dir::State "{apt}";
Dir::State::lists "{apt}/lists";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "{apt}/cache";
APT::Sandbox::User "";
"""


def _run(command: Sequence[str], folder: Path, *, check: bool = True) -> None:
    done = subprocess.run(command, cwd=folder, text=True, capture_output=True, check=False)
    if check and done.returncode != 0:
        raise SourceError(f"{command[0]} failed in {folder.name}: {done.stderr or done.stdout}")
