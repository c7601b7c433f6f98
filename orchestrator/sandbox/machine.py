"""One machine: a namespace, a kernel, an engine and the programs, ready to start processes.

Above: `pagebox` and the page. It never waits: whoever owns the driver runs it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic

from orchestrator.kernel.fdtable import FdTable
from orchestrator.kernel.kernel import Kernel
from orchestrator.kernel.limits import Budget, Limits
from orchestrator.kernel.procfs import ProcFS
from orchestrator.kernel.sched import Scheduler
from orchestrator.platform.base import D
from orchestrator.sandbox.formats import ToolBinfmt, WasmBinfmt
from orchestrator.sandbox.programs import programs
from orchestrator.sandbox.rootfs import GID, HOME, UID, USER, RootFS, make_devices
from orchestrator.sandbox.toolset import Toolset
from vfs.access import Credentials
from vfs.devfs import DevFS
from vfs.errors import fail
from vfs.memfs import MemFS
from vfs.namespace import Namespace
from vfs.quota import Quota
from vfs.view import FileView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestrator.kernel.file import File
    from orchestrator.kernel.process import Process, Status
    from orchestrator.kernel.tty import Tty
    from orchestrator.platform.base import Platform
    from vfs.filesystem import FileSystem

SHELL = "/bin/bash"
# The shell recurses by plain Python calls, a few for each nested construct or function; those are good for
# 20,000 levels in CPython and in Pyodide (RATIONALE.md). Python's own default of 1,000 would end f calling itself
# a hundred times. A setting of the whole interpreter, which is only ever raised.
RECURSION_LIMIT = 20_000
PATH = "/usr/local/bin:/usr/bin:/bin"


def environment() -> dict[str, str]:
    """The variables a login would set."""
    return {
        "HOME": HOME,
        "LANG": "C.UTF-8",
        "LOGNAME": USER,
        "PATH": PATH,
        "SHELL": SHELL,
        "USER": USER,
    }


@dataclass(frozen=True, slots=True)
class Options:
    """How a machine is set up.

    Args:
        limits: the kernel's.
        quota: of the file system at /.
        env: variables added to those a login would set.
        hostname: what `hostname` says.
        strace: gets a line for every WASI call of every guest.
    """

    limits: Limits = field(default_factory=Limits)
    quota: Quota = field(default_factory=Quota)
    env: Mapping[str, str] = field(default_factory=dict)
    hostname: str = "pagebox"
    strace: Callable[[str], None] | None = None


class Machine(Generic[D]):
    """A sandbox's inside.

    Attributes:
        kernel, namespace, driver, engine: its parts.
        files: the file system as the host sees it, with the user's rights.
    """

    def __init__(
        self, platform: Platform[D], toolset: Toolset, options: Options | None = None
    ) -> None:
        self.options = options or Options()
        self.platform = platform
        sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
        self.cred = Credentials(UID, GID, frozenset({GID}), 0o022)
        self.env = environment() | dict(self.options.env)
        clock = platform.clock
        scheduler = Scheduler(clock)
        self.driver = platform.driver(scheduler)
        self.namespace = Namespace(self._root(toolset))
        self.kernel = Kernel(
            clock=clock,
            entropy=platform.entropy,
            namespace=self.namespace,
            driver=self.driver,
            limits=self.options.limits,
            scheduler=scheduler,
            hostname=self.options.hostname,
        )
        self.engine = platform.engine(self.driver, scheduler)
        self._mount_system()
        self.kernel.binfmts.register(WasmBinfmt(self.engine, toolset, self.options.strace))
        self.kernel.binfmts.register(ToolBinfmt(programs()))
        home = self.namespace.enter(self.namespace.root, HOME, self.cred)
        self.files = FileView(self.namespace, self.cred, home)

    def _root(self, toolset: Toolset) -> MemFS:
        fs = MemFS(quota=self.options.quota, clock=self.platform.clock.realtime)
        RootFS(fs).fill(toolset, programs())
        return fs

    def _mount_system(self) -> None:
        devices = make_devices(DevFS(clock=self.platform.clock.realtime))
        self.namespace.mount("/dev", devices, source="devtmpfs")
        self.namespace.mount("/proc", ProcFS(self.kernel), source="proc", fstype="proc")

    def start(
        self,
        argv: Sequence[str],
        *,
        stdio: tuple[File, File, File],
        env: Mapping[str, str] | None = None,
        cwd: str = HOME,
        tty: Tty | None = None,
        path: str | None = None,
        fuel: int | None = None,
        on_exit: Callable[[Status], None] | None = None,
    ) -> Process:
        """Start a program of the host's in a session of its own.

        Args:
            argv: its arguments, the name first.
            stdio: its descriptors 0, 1 and 2.
            env: added to the machine's environment.
            cwd: an absolute path.
            tty: its controlling terminal, in whose foreground it then is.
            path: the program; the shell if not given.
            fuel: how much guest work it and all it starts may do.
            on_exit: called with its status when it has ended, by whoever holds the baton.

        Raises: OSError as `Kernel.spawn`, and ENOENT, ENOTDIR or EACCES for `cwd`.
        """
        fds = FdTable(self.options.limits.fds)
        for number, file in enumerate(stdio):
            fds.set(number, file)
        where = self.namespace.enter(self.namespace.root, cwd, self.cred)
        process = self.kernel.spawn(
            None,
            path or SHELL,
            argv,
            self.env | dict(env or {}) | {"PWD": cwd},
            cwd=where,
            fds=fds,
            new_session=True,
            cred=self.cred,
            tty=tty,
            budget=Budget(fuel_limit=fuel),
        )
        if on_exit is not None:
            process.exited.subscribe(_Ending(process, on_exit))
        return process

    def find(self, name: str) -> str:
        """The path of the program `name`, looked up on PATH unless it has a slash. Raises: ENOENT, EACCES."""
        if "/" in name:
            return name
        failure = "ENOENT"
        for folder in self.env["PATH"].split(":"):
            path = f"{folder}/{name}"
            if self.files.is_file(path):
                if self.files.stat(path).mode & 0o111:
                    return path
                failure = "EACCES"
        fail(failure, name)

    def mount(self, path: str, fs: FileSystem, *, source: str = "") -> None:
        """Attach a file system at an absolute path, which is made if it is not there."""
        root = FileView(self.namespace)
        root.make_dir(path)
        self.namespace.mount(path, fs, source=source, fstype=fs.fstype)


class _Ending:
    """Waits for a process's end on behalf of the host."""

    __slots__ = ("_on_exit", "_process")

    def __init__(self, process: Process, on_exit: Callable[[Status], None]) -> None:
        self._process = process
        self._on_exit = on_exit

    def wake(self) -> None:
        """Called by `Process.exited`."""
        assert self._process.status is not None
        self._on_exit(self._process.status)
