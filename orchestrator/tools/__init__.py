"""Programs written in Python that run as processes: what WASI cannot express, and a few that are small.

Each module has a `main(system) -> int`; `registry` lists them all.
"""
