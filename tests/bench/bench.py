"""Measure ours in the page and headless, the machine's own tools and just-bash in one run, and print a table.

Run it by `python3 build.py bench`, while nothing else runs.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(1, str(ROOT))

import report  # noqa: E402
from cases import HEADLESS, JUST_BASH, NATIVE, PAGE  # noqa: E402
from figures import Figures  # noqa: E402
from surroundings import describe  # noqa: E402

DOCUMENT = ROOT / "docs" / "benchmarks.md"
SUBJECTS = (HEADLESS, PAGE, NATIVE, JUST_BASH)


def measure(subject: str) -> tuple[Figures, str | None]:
    """One subject's figures, and what it ran on if only it knows."""
    # Imported when wanted: one subject's engine must not be in the way of another's.
    if subject == PAGE:
        import page

        return page.measure()
    if subject == HEADLESS:
        import headless

        return headless.measure(), None
    if subject == NATIVE:
        import native

        return native.measure(), None
    import justbash

    return justbash.measure(), None


def main() -> int:
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser(prog="build.py bench")
    parser.add_argument("subjects", nargs="*", metavar="subject", help=f"of {', '.join(SUBJECTS)}")
    parser.add_argument("--write", action="store_true", help="rewrite docs/benchmarks.md")
    options = parser.parse_args()
    if unknown := set(options.subjects) - set(SUBJECTS):
        parser.error(f"no such subject: {', '.join(sorted(unknown))}")
    if options.write and options.subjects:
        parser.error("--write takes all subjects")
    results: dict[str, Figures] = {}
    browser = None
    for subject in options.subjects or SUBJECTS:
        print(f"measuring: {subject} ...", file=sys.stderr, flush=True)
        results[subject], said = measure(subject)
        browser = said or browser
    text = report.render(results, describe(browser))
    print(text)
    if options.write:
        DOCUMENT.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
