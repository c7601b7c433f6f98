"""The page: WebAssembly stacks suspended by JSPI, in one worker.

`glue` names what the JavaScript side (`web/src/worker`) offers, `driver` moves the baton, `engine` runs wasm programs,
`memory` reads theirs, `host` puts them together. Nothing here imports `js`: what the page can do is handed in, so a
memory snapshot of the interpreter holds no JavaScript object.
"""
