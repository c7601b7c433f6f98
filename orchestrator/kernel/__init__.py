"""Processes and open files that never wait.

Above: wasi, shell, tools, platform, sandbox. Below: vfs alone. Operations are plain functions that
return, raise `OSError`, or raise `wait.WouldBlock`; a driver from `orchestrator.platform` does the
waiting.
Reading order for newcomers: wait, sched, file, pipe, process, kernel, system.
"""
