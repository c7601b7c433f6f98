"""`python -m pagebox`."""

import sys

from pagebox.cli import main

if __name__ == "__main__":
    sys.exit(main())
