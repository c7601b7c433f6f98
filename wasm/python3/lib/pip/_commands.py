"""install, uninstall, list, show and freeze."""

import argparse
import os
import sys

from pip import __version__
from pip._wheels import Problem, Wheel, folder_to_write, installed, name_of, remove

NO_NETWORK = (
    "there is no network here, so nothing can be fetched. Put the wheel (a .whl file of pure Python, such as "
    "name-1.0-py3-none-any.whl) into the sandbox and run: python3 -m pip install ./name-1.0-py3-none-any.whl"
)
COMPILED = {"numpy", "pandas", "scipy", "matplotlib", "scikit-learn", "torch", "tensorflow", "pillow", "lxml", "opencv-python"}


def main(argv):
    """The command line; returns the status."""
    options = parser().parse_args(argv)
    if not hasattr(options, "run"):
        parser().print_help()
        return 0
    try:
        return options.run(options) or 0
    except Problem as problem:
        print(f"ERROR: {problem}", file=sys.stderr)
        return 1


def parser():
    """What pip's own commands take, as far as it means something here."""
    top = argparse.ArgumentParser(prog="pip", description="Installs pure Python wheels that are in the sandbox.")
    top.add_argument("-V", "--version", action="version", version=f"pip {__version__} (pagebox) (python 3.14)")
    commands = top.add_subparsers()
    add = commands.add_parser("install", help="install wheels")
    add.add_argument("what", nargs="*", metavar="WHEEL")
    add.add_argument("-f", "--find-links", action="append", default=[], metavar="FOLDER")
    add.add_argument("-r", "--requirement", action="append", default=[], metavar="FILE")
    add.add_argument("-t", "--target", metavar="FOLDER")
    add.add_argument("-U", "--upgrade", "--force-reinstall", action="store_true")
    add.add_argument("--no-deps", action="store_true")
    for flag in ("-q", "--quiet"):
        add.add_argument(flag, action="store_true", dest="quiet")
    for flag in ("--user", "--no-index", "--no-cache-dir", "--disable-pip-version-check", "--break-system-packages"):
        add.add_argument(flag, action="store_true")
    add.set_defaults(run=install)
    drop = commands.add_parser("uninstall", help="remove packages")
    drop.add_argument("what", nargs="+", metavar="PACKAGE")
    drop.add_argument("-y", "--yes", action="store_true")
    drop.set_defaults(run=uninstall)
    show_list = commands.add_parser("list", help="what is installed")
    show_list.set_defaults(run=show_all)
    freeze = commands.add_parser("freeze", help="what is installed, as requirements")
    freeze.set_defaults(run=show_frozen)
    show = commands.add_parser("show", help="about a package")
    show.add_argument("what", nargs="+", metavar="PACKAGE")
    show.set_defaults(run=show_one)
    return top


def install(options):
    """Installs what is asked for, and what that needs, from the folders given."""
    wanted = list(options.what)
    for file in options.requirement:
        wanted += requirements(file)
    if not wanted:
        raise Problem('You must give at least one requirement to install (see "pip help install")')
    target = options.target or folder_to_write()
    done, queue = [], list(wanted)
    while queue:
        wheel = found(queue.pop(0), options.find_links, set(wanted))
        if wheel is None or wheel.name in [other.name for other in done]:
            continue
        done.append(wheel)
        if not options.no_deps:
            queue += wheel.requirements()
    for wheel in done:
        if not options.quiet:
            print(f"Processing {wheel.path}")
        wheel.install(target)
    if done and not options.quiet:
        print("Successfully installed " + " ".join(f"{wheel.name}-{wheel.version}" for wheel in done))


def requirements(file):
    """The lines of a requirements file."""
    try:
        with open(file, encoding="utf-8") as stream:
            lines = [line.split("#")[0].strip() for line in stream]
    except OSError as error:
        raise Problem(f"Could not open requirements file: {error}") from None
    return [line for line in lines if line and not line.startswith("-")]


def found(what, folders, asked_for):
    """The wheel that is meant; None for what is installed already."""
    if what.endswith(".whl"):
        return Wheel(what)
    if os.path.isdir(what):
        wheels = [name for name in sorted(os.listdir(what)) if name.endswith(".whl")]
        if not wheels:
            raise Problem(f"{what} holds no wheel: packages cannot be built here, only installed")
        return Wheel(os.path.join(what, wheels[-1]))
    name = name_of(what)
    if name in installed():
        if what in asked_for:
            print(f"Requirement already satisfied: {what}")
        return None
    choices = []
    for folder in folders:
        folder = folder.removeprefix("file://")
        choices += [os.path.join(folder, file) for file in os.listdir(folder) if file.endswith(".whl")]
    choices = sorted(path for path in choices if name_of(os.path.basename(path).split("-")[0]) == name)
    if choices:
        return Wheel(choices[-1])
    if name in COMPILED:
        raise Problem(f"{name} is made of compiled code, and only pure Python packages run here")
    raise Problem(f"no wheel for {what} is here, and {NO_NETWORK}")


def uninstall(options):
    """Removes packages."""
    for what in options.what:
        name = name_of(what)
        known = installed()
        if name not in known:
            print(f"WARNING: Skipping {what} as it is not installed.", file=sys.stderr)
            continue
        package = known[name]
        remove(package)
        print(f"  Successfully uninstalled {package.name}-{package.version}")


def show_all(options):
    """A table."""
    rows = [("Package", "Version"), *((package.name, package.version) for package in installed().values())]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for number, row in enumerate(rows):
        print(f"{row[0]:<{widths[0]}} {row[1]}".rstrip())
        if number == 0:
            print("-" * widths[0], "-" * widths[1])


def show_frozen(options):
    """Names and versions."""
    for package in installed().values():
        print(f"{package.name}=={package.version}")


def show_one(options):
    """What a package says of itself."""
    known = installed()
    missing = [what for what in options.what if name_of(what) not in known]
    if missing:
        print(f"WARNING: Package(s) not found: {', '.join(missing)}", file=sys.stderr)
    shown = [known[name_of(what)] for what in options.what if what not in missing]
    for number, package in enumerate(shown):
        if number:
            print("---")
        facts = package.metadata()
        for title, key in (("Name", "Name"), ("Version", "Version"), ("Summary", "Summary"), ("Home-page", "Home-page"),
                           ("Author", "Author"), ("License", "License")):
            print(f"{title}: {facts.get(key, '')}".rstrip() if facts.get(key) else f"{title}: ")
        print(f"Location: {os.path.dirname(package.folder)}")
        needs = facts.get_all("Requires-Dist") or []
        print("Requires: " + ", ".join(sorted({name_of(need) for need in needs if "extra ==" not in need})))
    return 1 if not shown else 0
