"""Sockets do not exist."""

import pytest

CALLS = {
    "sock_accept": (0, 1024),
    "sock_recv": (1024, 1, 0, 1100, 1200),
    "sock_send": (1024, 1, 0, 1100),
    "sock_shutdown": (0,),
}


@pytest.mark.parametrize("name", CALLS)
def test_an_open_fd_is_no_socket(world, name):
    assert world.call(name, 3, *CALLS[name]) == "ENOTSUP"
    assert world.line.startswith(f"{name}(3, ")
    assert world.line.endswith(" = -1 ENOTSUP")


@pytest.mark.parametrize("name", CALLS)
def test_a_closed_fd_is_no_fd(world, name):
    assert world.call(name, 77, *CALLS[name]) == "EBADF"
