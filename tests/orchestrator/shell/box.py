"""A machine on the fake engine in which shell scripts run, for the tests beside it."""

from __future__ import annotations

from orchestrator.kernel.binfmt import ExecRequest
from orchestrator.kernel.fdtable import FdTable
from orchestrator.kernel.host import Collector, HostInput, HostOutput
from orchestrator.kernel.kernel import Kernel
from orchestrator.kernel.process import Process
from orchestrator.kernel.system import PythonProgram
from orchestrator.platform.fake import FakePlatform
from orchestrator.sandbox.machine import Machine
from orchestrator.sandbox.toolset import Toolset
from tests.orchestrator.shell.programs import PROGRAMS
from vfs.view import FileView

FOLDER = "/tmp/case"
MAGIC = b"#stand-in "
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/home/user",
    "USER": "user",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
    "TZ": "UTC",
}


class ShellBox:
    """One machine; `run` starts a shell and waits for its end."""

    def __init__(self) -> None:
        self.platform = FakePlatform()
        self.machine = Machine(self.platform, Toolset(()))
        self.kernel = self.machine.kernel
        self.files = FileView(self.machine.namespace)
        self._install()
        self.machine.files.make_dir(FOLDER)

    def _install(self) -> None:
        """Put the stand-ins where no tool of that name is."""
        for name in PROGRAMS:
            path = f"/usr/bin/{name}"
            if not self.files.exists(path):
                self.files.write(path, MAGIC + name.encode())
                self.files.chmod(path, 0o755)
        self.kernel.binfmts.register(_StandIns())

    def run(
        self,
        *argv: str,
        stdin: bytes = b"",
        cwd: str = FOLDER,
        env: dict[str, str] | None = None,
    ) -> tuple[str, str, int]:
        """Run a program to its end; return (stdout, stderr, status)."""
        out, err = Collector(), Collector()
        process = self.start(*argv, stdin=stdin, cwd=cwd, out=out, err=err, env=env)
        self.machine.driver.run(lambda: not process.is_alive)
        assert not self.kernel.faults, "\n".join(self.kernel.faults)
        assert process.status is not None
        return _text(out), _text(err), process.status.exit_code

    def start(
        self,
        *argv: str,
        stdin: bytes,
        cwd: str,
        out: Collector,
        err: Collector,
        env: dict[str, str] | None = None,
    ) -> Process:
        source = HostInput()
        source.feed(stdin)
        source.end()
        fds = FdTable()
        for number, file in enumerate((source, HostOutput(out.outlet), HostOutput(err.outlet))):
            fds.set(number, file)
        where = self.machine.namespace.enter(self.machine.namespace.root, cwd, self.machine.cred)
        path = argv[0] if argv[0].startswith("/") else f"/usr/bin/{argv[0].lstrip('-')}"
        return self.kernel.spawn(
            None,
            path,
            argv,
            {**ENVIRONMENT, "PWD": cwd, **(env or {})},
            cwd=where,
            fds=fds,
            new_session=True,
            cred=self.machine.cred,
        )

    def shell(self, script: str, *arguments: str, stdin: bytes = b"") -> tuple[str, str, int]:
        """Run `bash -c script`."""
        return self.run("bash", "-c", script, *arguments, stdin=stdin)

    def close(self) -> None:
        """Let the threads go."""
        self.machine.driver.close()


class _StandIns:
    """The stand-ins as a program format of their own."""

    name = "stand-in"

    def load(self, kernel: Kernel, head: bytes, request: ExecRequest) -> PythonProgram | None:
        if not head.startswith(MAGIC):
            return None
        return PythonProgram(PROGRAMS[head[len(MAGIC) :].decode().rstrip()])


def _text(collector: Collector) -> str:
    return collector.value().decode("utf-8", "surrogateescape")
