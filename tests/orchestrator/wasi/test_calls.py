"""The table of calls against what modules may import, and against the functions."""

import inspect

import pytest

from orchestrator.wasi.abi import EXTENSION, PREVIEW1
from orchestrator.wasi.calls import CALLS
from orchestrator.wasm.imports import ADDED_IMPORTS, PAGEBOX_SIGNATURES, WASI_SIGNATURES


def test_all_46_functions_of_preview1_with_their_types():
    found = {name: call.signature for (module, name), call in CALLS.items() if module == PREVIEW1}
    assert len(found) == 46
    assert found == dict(WASI_SIGNATURES)


def test_the_extension_is_what_modules_may_import_and_the_rewriter_adds():
    found = {name: call.signature for (module, name), call in CALLS.items() if module == EXTENSION}
    added = {item.name: item.signature for item in ADDED_IMPORTS}
    assert found == {**PAGEBOX_SIGNATURES, **added}


@pytest.mark.parametrize("key", CALLS, ids=lambda key: key[1])
def test_a_function_takes_the_guest_and_the_raw_integers(key):
    call = CALLS[key]
    parameters = list(inspect.signature(call.function).parameters)
    assert parameters[0] == "guest"
    assert len(parameters) - 1 == sum(len(param.wasm) for param in call.params)


@pytest.mark.parametrize("key", CALLS, ids=lambda key: key[1])
def test_a_docstring_names_the_section_it_follows(key):
    text = inspect.getdoc(CALLS[key].function)
    section = "WASI preview1, " if key[0] == PREVIEW1 else "pagebox 1, "
    assert f"{section}{key[1]}" in text
