"""Programs written in Python that run as processes: what WASI cannot express, and what knows the kernel.

Above: sandbox. Below: kernel (`System`), vfs. Option parsing and error texts are GNU's.
"""
