"""WASI preview1 and the `pagebox` extension: decode a call, run it on the kernel, encode its
result.

Above: the engines, which hand a guest's imports to `linker.bind`, and `sandbox`. Below: `kernel`
and `vfs`. No call waits: one that would block raises `WouldBlock` and is run again.
"""
