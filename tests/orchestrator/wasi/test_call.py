"""A call's own description."""

from orchestrator.wasi.call import Param, define


def yield_(guest):
    """A name that is a word of Python's."""


def some_call(guest, *args):
    """Something."""


def test_a_call_is_named_as_its_function():
    assert define("m", some_call, "").name == "some_call"
    assert define("m", yield_, "", result="value").name == "yield"


def test_the_type_follows_from_the_kinds():
    call = define("m", some_call, "fd:fd path:path offset:offset iovs:iovecs done:=size")
    assert call.signature == "iiiIiii>i"
    assert call.params[0] == Param("fd", "fd")
    assert call.params[-1] == Param("done", "=size")


def test_what_does_not_return_has_no_result():
    assert define("m", some_call, "code:u32", result="").signature == "i>"
