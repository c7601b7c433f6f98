"""The bash-compatible shell.

``syntax`` turns text into nodes, ``expand`` turns words into fields, and the modules beside them run
commands on the kernel. Each of the three imports only those before it.
"""
