"""Wheels, and what is installed from them (PyPA's binary distribution format and its record of installed projects)."""

import csv
import io
import os
import re
import shutil
import sys
import zipfile
from email.parser import Parser


class Problem(Exception):
    """Something that cannot be installed; the text says why."""


def name_of(requirement):
    """The normalised name at the start of a requirement."""
    name = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)?", requirement).group(1)
    if not name:
        raise Problem(f"Invalid requirement: {requirement!r}")
    return re.sub(r"[-_.]+", "-", name).lower()


def folder_to_write():
    """Where packages go: to all users if that is allowed, else to this one."""
    start = sys._pagebox_start
    common = start.SITES[0]
    place = common
    while place != "/" and not os.path.isdir(place):
        place = os.path.dirname(place)
    if os.access(place, os.W_OK):
        return common
    return os.path.join(os.path.expanduser("~"), start.USER_SITE)


class Package:
    """An installed project."""

    def __init__(self, folder):
        self.folder = folder
        name, _, version = os.path.basename(folder).removesuffix(".dist-info").partition("-")
        self.version = version
        self.name = self.metadata().get("Name") or name

    def metadata(self):
        """What it says of itself."""
        try:
            with open(os.path.join(self.folder, "METADATA"), encoding="utf-8") as stream:
                return Parser().parse(stream)
        except OSError:
            return Parser().parsestr("")

    def files(self):
        """What was installed."""
        try:
            with open(os.path.join(self.folder, "RECORD"), encoding="utf-8", newline="") as stream:
                return [row[0] for row in csv.reader(stream) if row]
        except OSError:
            return []


def installed():
    """Normalised name to package."""
    found = {}
    for place in sys.path:
        if not place or not os.path.isdir(place):
            continue
        for entry in sorted(os.listdir(place)):
            if entry.endswith(".dist-info"):
                package = Package(os.path.join(place, entry))
                found.setdefault(name_of(package.name), package)
    return dict(sorted(found.items()))


def remove(package):
    """Deletes what was installed, and folders that are empty then."""
    root = os.path.dirname(package.folder)
    folders = set()
    for file in package.files():
        path = os.path.normpath(os.path.join(root, file))
        folders.add(os.path.dirname(path))
        try:
            os.remove(path)
        except OSError:
            pass
    for folder in sorted(folders, key=len, reverse=True):
        shutil.rmtree(os.path.join(folder, "__pycache__"), ignore_errors=True)
        while folder.startswith(root + os.sep):
            try:
                os.rmdir(folder)
            except OSError:
                break
            folder = os.path.dirname(folder)


class Wheel:
    """A file that is ready to be installed."""

    def __init__(self, path):
        self.path = path.removeprefix("file://")
        parts = os.path.basename(self.path).removesuffix(".whl").split("-")
        if len(parts) < 5:
            raise Problem(f"{os.path.basename(self.path)} is not a valid wheel filename.")
        self.name, self.version = parts[0].replace("_", "-"), parts[1]
        if parts[-1] != "any" or "none" not in parts[-2]:
            raise Problem(
                f"{os.path.basename(self.path)} is not a supported wheel on this platform: it is made for "
                f"{parts[-1]}, and only pure Python wheels (none-any) run here"
            )
        try:
            with zipfile.ZipFile(self.path) as archive:
                self.info = next(name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name)
                self.facts = Parser().parsestr(archive.read(f"{self.info}/METADATA").decode())
        except OSError as error:
            raise Problem(f"{self.path}: {error.strerror}") from None
        except (zipfile.BadZipFile, StopIteration, KeyError):
            raise Problem(f"{self.path} is no wheel, or damaged") from None
        self.name = self.facts.get("Name") or self.name

    def requirements(self):
        """What it needs besides itself, without extras and other Pythons' needs."""
        needs = []
        for need in self.facts.get_all("Requires-Dist") or []:
            what, _, marker = need.partition(";")
            if "extra" not in marker and not re.search(r"sys_platform\s*==\s*['\"](win32|darwin)|python_version\s*<", marker):
                needs.append(what.strip())
        return needs

    def install(self, target):
        """Unpacks the wheel and records what it wrote."""
        old = installed().get(name_of(self.name))
        if old is not None and os.path.dirname(old.folder) == os.path.normpath(target):
            remove(old)
        written = []
        with zipfile.ZipFile(self.path) as archive:
            for member in archive.infolist():
                place = self._place(member.filename)
                if place is None or member.is_dir():
                    continue
                path = os.path.join(target, place)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as stream:
                    stream.write(archive.read(member))
                written.append(place)
        record = os.path.join(self.info, "RECORD")
        with open(os.path.join(target, self.info, "INSTALLER"), "w") as stream:
            stream.write("pip\n")
        rows = io.StringIO()
        csv.writer(rows, lineterminator="\n").writerows(
            (file, "", "") for file in sorted({*written, record, os.path.join(self.info, "INSTALLER")})
        )
        with open(os.path.join(target, record), "w") as stream:
            stream.write(rows.getvalue())

    def _place(self, name):
        """Where a member goes; None for what has no place here. Raises Problem for one that would leave the folder."""
        parts = name.split("/")
        if name.startswith("/") or ".." in parts:
            raise Problem(f"{os.path.basename(self.path)} holds a file that would be written outside: {name}")
        if parts[0].endswith(".data"):
            if len(parts) < 3 or parts[1] not in ("purelib", "platlib"):
                return None
            parts = parts[2:]
        return "/".join(parts)
