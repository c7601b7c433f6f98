"""What is missing here for good, said in one sentence where it is missed.

The last finder on `sys.meta_path`: it is asked only for what nobody has.
"""

import sys

COMPILED = "it is made of compiled code, and only pure Python packages run here"
ADVICE = {
    "numpy": f"{COMPILED}; for vectors and tables use array, statistics, csv or sqlite3",
    "pandas": f"{COMPILED}; for tables use csv and sqlite3",
    "scipy": f"{COMPILED}; see math and statistics",
    "matplotlib": f"{COMPILED}; write an SVG or HTML file instead",
    "sklearn": COMPILED,
    "torch": COMPILED,
    "tensorflow": COMPILED,
    "PIL": COMPILED,
    "cv2": COMPILED,
    "lxml": f"{COMPILED}; use xml.etree.ElementTree or html.parser",
    "psycopg2": "there is no network here; use sqlite3",
    "requests": "there is no network here, so it could fetch nothing",
    "httpx": "there is no network here, so it could fetch nothing",
    "aiohttp": "there is no network here, so it could fetch nothing",
    "tkinter": "there is no screen to draw on here",
    "turtle": "there is no screen to draw on here",
    "curses": "there is no curses library here; escape sequences work on the terminal",
    "ctypes": "there are no shared libraries here",
    "_ctypes": "there are no shared libraries here",
    "cffi": "there are no shared libraries here",
    "_multiprocessing": "processes cannot share memory here; use subprocess or concurrent.futures.ThreadPoolExecutor",
    "venv": "there is one environment here: install pure Python wheels with python3 -m pip",
    "ensurepip": "pip is there already: python3 -m pip",
    "mmap": "there are no memory maps here; read the file",
    "ssl": "there is no network here",
    "_ssl": "there is no network here",
    "readline": "the prompt has its own line editing",
}


class Finder:
    """Raises ModuleNotFoundError with the reason."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Finds nothing."""
        advice = ADVICE.get(name)
        # Whoever only asks whether there is such a module is told no, as by importlib.util.find_spec.
        importing = sys._getframe(2).f_code.co_name == "_find_and_load_unlocked"
        if advice is not None and importing and name not in QUIET:
            raise ModuleNotFoundError(f"No module named {name!r}: {advice}", name=name)
        return None


# The library asks for these and does without.
QUIET = {"_ctypes", "_ssl", "ssl", "readline", "curses", "mmap"}
