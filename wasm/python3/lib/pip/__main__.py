"""`python3 -m pip`."""

import sys

from pip._commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
