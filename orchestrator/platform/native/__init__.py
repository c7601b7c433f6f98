"""CPython with wasmtime: threads as stacks, compiled modules cached on disk."""
