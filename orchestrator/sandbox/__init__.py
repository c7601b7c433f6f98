"""The composition root: puts vfs, kernel, wasi, shell, tools and a platform together into one machine.

Above: `pagebox` and the page. Below: everything else.
"""
