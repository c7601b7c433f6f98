"""The inside of pagebox: kernel, WASI host, shell, tools and engines.

Nothing is exported here on purpose: import the package you need (``orchestrator.kernel``,
``orchestrator.shell.syntax`` ...). Programs that use pagebox import :mod:`pagebox` instead.
"""
