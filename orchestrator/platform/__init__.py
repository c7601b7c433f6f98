"""All that differs between the page and CPython: engine, driver (stacks and the baton), clock, entropy.

Above: `orchestrator.sandbox`. Below: `kernel.wait`, `kernel.sched`, `wasi.memory`. The only package that may import
`js`, `pyodide` or `wasmtime`, each inside its own platform's modules.
"""
