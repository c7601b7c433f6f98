"""A guest without an engine: a kernel, files in memory, and a linear memory full of 0xA5."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

import pytest

from orchestrator.kernel.kernel import Kernel
from orchestrator.kernel.limits import Limits
from orchestrator.kernel.process import Process
from orchestrator.wasi import abi, rights
from orchestrator.wasi.guest import Guest
from orchestrator.wasi.linker import bind
from orchestrator.wasi.memory import BytesMemory
from vfs.access import Credentials
from vfs.memfs import MemFS
from vfs.mount import Location
from vfs.namespace import Namespace
from vfs.quota import Quota

SENTINEL = 0xA5
SIZE = 65536
READING = rights.ALL & ~(
    rights.FD_DATASYNC | rights.FD_WRITE | rights.FD_ALLOCATE | rights.FD_FILESTAT_SET_SIZE
)
"""What libc asks for O_RDONLY; ALL is what it asks for O_RDWR."""
START = 1_700_000_000_000_000_000


class VirtualClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def monotonic(self) -> int:
        return self.now

    def realtime(self) -> int:
        return START + self.now


class NoDriver:
    """Nothing runs in these tests: the test itself plays the guest."""

    def start(self, process: Process, body: Callable[[], object]) -> None:
        pass

    def wait(self, process: Process, block: object) -> None:
        raise AssertionError("a call waited")

    def preempt(self, process: Process) -> None:
        raise AssertionError("a call preempted")


class NoProgram:
    """An image that is never run."""

    def start(self, kernel: Kernel, process: Process) -> None:
        pass


def counting_entropy(size: int) -> bytes:
    return bytes(number & 0xFF for number in range(size))


class World:
    """One guest, with shorthands for what a program would do in C.

    `call` compares the whole memory: bytes that the call was not told to write must not change.
    """

    def __init__(
        self,
        *,
        argv: Sequence[str] = ("prog",),
        env: dict[str, str] | None = None,
        cred: Credentials | None = None,
        limits: Limits | None = None,
        quota: Quota | None = None,
    ) -> None:
        self.clock = VirtualClock()
        self.fs = MemFS(quota=quota, clock=self.clock.realtime)
        self.namespace = Namespace(self.fs)
        self.kernel = Kernel(
            clock=self.clock,
            entropy=counting_entropy,
            namespace=self.namespace,
            driver=NoDriver(),
            limits=limits,
        )
        self.process = self.spawn(argv, env or {}, cred)
        self.memory = BytesMemory(SIZE, SENTINEL)
        self.lines: list[str] = []
        self.guest = self.make_guest(self.process)
        self._next = 1024

    # --- processes ---

    def spawn(
        self,
        argv: Sequence[str] = ("prog",),
        env: dict[str, str] | None = None,
        cred=None,
        cwd=None,
    ) -> Process:
        return self.kernel.spawn_program(None, NoProgram(), argv, env or {}, cred=cred, cwd=cwd)

    def make_guest(self, process: Process) -> Guest:
        guest = Guest(self.kernel, process, strace=self.lines.append)
        guest.attach(self.memory)
        bind(guest)
        return guest

    def settle(self) -> None:
        """Let the scheduler make the process the running one."""
        while self.kernel.scheduler.running is not self.process:
            assert self.kernel.scheduler.next() is not None

    # --- memory ---

    def take(self, size: int) -> int:
        """An address with `size` untouched bytes, and some more on either side."""
        address = self._next
        self._next = (address + size + 39) & ~7
        assert self._next < SIZE
        return address

    def put(self, data: bytes) -> int:
        address = self.take(len(data))
        self.memory.write(address, data)
        return address

    def text(self, text: str | bytes) -> tuple[int, int]:
        data = text.encode() if isinstance(text, str) else text
        return self.put(data), len(data)

    def vector(self, *buffers: tuple[int, int]) -> tuple[int, int]:
        data = b"".join(struct.pack("<II", *buffer) for buffer in buffers)
        return self.put(data), len(buffers)

    def data_vector(self, *parts: bytes) -> tuple[int, int]:
        return self.vector(*(self.text(part) for part in parts))

    # --- calls ---

    def raw(self, name: str, *args: int, module: str = abi.PREVIEW1) -> int:
        return self.guest.calls[module, name](*args)

    def call(
        self,
        name: str,
        *args: int,
        writes: Sequence[tuple[int, int]] = (),
        module: str = abi.PREVIEW1,
    ) -> str:
        """Call, check what was not to be written, and return the symbol of the errno."""
        before = bytes(self.memory.buffer)
        number = self.raw(name, *args, module=module)
        after = bytearray(self.memory.buffer)
        for ptr, size in writes:
            after[ptr : ptr + size] = before[ptr : ptr + size]
        assert bytes(after) == before, f"{name} wrote where it must not"
        return abi.SYMBOL[number]

    def extension(self, name: str, *args: int, writes: Sequence[tuple[int, int]] = ()) -> str:
        return self.call(name, *args, writes=writes, module=abi.EXTENSION)

    @property
    def line(self) -> str:
        """The last line of the trace."""
        return self.lines[-1]

    # --- programs' habits ---

    def open(
        self,
        path: str,
        *,
        fd: int = 3,
        oflags: int = 0,
        base: int = READING,
        inheriting: int = rights.ALL,
        fdflags: int = 0,
        lookup: int = 1,
    ) -> int:
        """Open a path, and return its fd."""
        result = self.take(4)
        number = self.raw(
            "path_open", fd, lookup, *self.text(path), oflags, base, inheriting, fdflags, result
        )
        assert number == 0, abi.SYMBOL[number]
        return self.memory.load_u32(result)

    def fails_to_open(self, path: str, **kwargs: int) -> str:
        """Open a path that cannot be opened, and return the symbol."""
        with pytest.raises(AssertionError) as caught:
            self.open(path, **kwargs)
        return str(caught.value).splitlines()[0]

    def root(self) -> Location:
        return self.namespace.root

    def file(self, path: str, data: bytes = b"", mode: int = 0o644) -> None:
        """Make a file, from outside the guest."""
        cred = Credentials()
        parent, name, _ = self.namespace.resolve_parent(self.root(), path, cred)
        inode = parent.inode.create(name, mode, 0, 0)
        if data:
            inode.write_at(0, data)

    def directory(self, path: str, mode: int = 0o755) -> None:
        self.namespace.mkdir(self.root(), path, Credentials(umask=0), mode)

    def content(self, path: str) -> bytes:
        inode = self.namespace.resolve(self.root(), path, Credentials()).inode
        return inode.read_at(0, inode.size)

    def pipe(self, read_fd: int | None = None, write_fd: int | None = None) -> tuple[int, int]:
        """Make a pipe, and put its ends at these numbers, or the lowest free ones."""
        reader, writer = self.kernel.pipe()
        fds = self.process.fds
        first = fds.add(reader) if read_fd is None else fds.set(read_fd, reader)
        second = fds.add(writer) if write_fd is None else fds.set(write_fd, writer)
        return first, second


@pytest.fixture
def world() -> World:
    """A guest of root's."""
    world = World()
    world.settle()
    return world


@pytest.fixture
def make_world() -> type[World]:
    """For tests that need other arguments, limits or credentials."""
    return World
