"""The profiler: the one written in Python, since the interpreter has none of its own."""

import profile as _profile
from profile import Profile, run, runctx

__all__ = ["run", "runctx", "Profile"]

if __name__ == "__main__":
    _profile.main()
