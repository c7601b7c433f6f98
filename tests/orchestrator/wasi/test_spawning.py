"""`proc_spawn`."""

import struct

import pytest

from orchestrator.kernel.limits import Limits
from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.tty import Tty
from orchestrator.kernel.wait import WouldBlock
from orchestrator.wasi.spawning import ACTIONS_MAX, REQUEST_SIZE, SpawnFlags
from vfs.access import Credentials

CLOSE, DUP2 = 0, 1


class Sleeping:
    """A program that is never picked; and its format, which knows it by its first bytes."""

    name = "sleeping"

    def start(self, kernel, process):
        pass

    def load(self, kernel, head, request):
        return self if head.startswith(b"PROG") else None


def furnish(world):
    world.kernel.binfmts.register(Sleeping())
    world.directory("/bin")
    for path, mode in (("/bin/prog", 0o755), ("/bin/data", 0o644)):
        world.file(path, b"PROG", mode)
    return world


@pytest.fixture
def box(world):
    return furnish(world)


def ask(world, path="/bin/prog", argv=b"prog\0", env=b"", cwd="", actions=(), flags=0, pgroup=0):
    """Put a request into the memory, and return where."""
    packed = b"".join(struct.pack("<III", *action) for action in actions)
    words = []
    for text in (path, argv, env, cwd):
        words += world.text(text)
    record = struct.pack("<11Ii", *words, world.put(packed), len(actions), flags, pgroup)
    assert len(record) == REQUEST_SIZE
    return world.put(record)


def spawn(world, **wanted):
    """Return the errno, or the child."""
    request, pid = ask(world, **wanted), world.take(4)
    answer = world.extension("proc_spawn", request, pid, writes=[(pid, 4)])
    if answer != "SUCCESS":
        assert world.memory.load_u32(pid) == 0xA5A5A5A5
        return answer
    return world.kernel.processes[world.memory.load_u32(pid)]


def test_a_child(box):
    box.process.fds.set(1, box.kernel.pipe()[1])
    child = spawn(box, argv=b"prog\0one two\0\xff\0\0", env=b"A=1\0none\0B=x=y\0A=2\0")
    assert child.argv == ("prog", "one two", "\udcff", "")
    assert child.env == {"A": "1", "B": "x=y"}
    assert child.parent is box.process
    assert child.exe == "/bin/prog"
    assert (child.pgid, child.sid) == (box.process.pgid, box.process.sid)
    assert list(child.fds) == [1]
    assert box.line.startswith('proc_spawn({"/bin/prog", ["prog", "one two", "\\xff"], actions=0')
    assert box.line.endswith(f"flags=0}}) = {child.pid}")


def test_the_preopens_stay_at_home(box):
    reader, writer = box.pipe()
    child = spawn(box)
    assert list(child.fds) == [reader, writer]
    assert (reader, writer) == (0, 1)
    assert list(box.process.fds) == [0, 1, 3, 4]


def test_file_actions_are_taken_in_order(box):
    reader, writer = box.pipe(read_fd=8, write_fd=9)
    actions = [(DUP2, 8, 0), (CLOSE, 8, 0), (CLOSE, 70, 0), (DUP2, 9, 3), (DUP2, 3, 5)]
    child = spawn(box, actions=actions)
    files = box.process.fds.files
    assert {fd: child.fds.get(fd) for fd in child.fds} == {
        0: files[reader],
        3: files[writer],
        5: files[writer],
        9: files[writer],
    }


@pytest.mark.parametrize(
    ("actions", "flags", "left"),
    [
        ([], 0, [0, 9]),
        ([(DUP2, 8, 8)], 0, [0, 8, 9]),
        ([(DUP2, 8, 20)], 0, [0, 9, 20]),
        ([], SpawnFlags.CLOSE_FDS, [0]),
        ([(DUP2, 9, 9), (DUP2, 8, 2)], SpawnFlags.CLOSE_FDS, [0, 2, 9]),
    ],
)
def test_what_is_closed_in_the_child(box, actions, flags, left):
    box.pipe(read_fd=8, write_fd=9)
    box.process.fds.dup2(9, 0)
    box.process.fds.set_cloexec(8, True)
    assert list(spawn(box, actions=actions, flags=flags).fds) == left


@pytest.mark.parametrize(
    ("action", "symbol"),
    [
        ((DUP2, 60, 1), "EBADF"),
        ((DUP2, 3, 1), "EBADF"),
        ((DUP2, 8, 1 << 31), "EBADF"),
        ((DUP2, 8, 1024), "EBADF"),
        ((2, 8, 1), "EINVAL"),
    ],
)
def test_actions_that_fail_leave_nothing_behind(box, action, symbol):
    reader, _ = box.kernel.pipe()
    box.process.fds.set(8, reader)
    assert spawn(box, actions=[(DUP2, 8, 7), action]) == symbol
    assert reader.references == 1
    assert list(box.kernel.processes) == [box.process.pid]


def test_along_path(box):
    search = SpawnFlags.SEARCH
    box.directory("/usr")
    box.directory("/usr/bin")
    assert spawn(box, path="prog", env=b"PATH=/none:/bin\0", flags=search).exe == "/bin/prog"
    assert spawn(box, path="prog", flags=search).exe == "/bin/prog"
    assert spawn(box, path="prog", env=b"PATH=/usr\0", flags=search) == "ENOENT"
    assert spawn(box, path="data", env=b"PATH=/bin\0", flags=search) == "EACCES"
    assert spawn(box, path="", flags=search) == "ENOENT"
    assert spawn(box, path="prog") == "ENOENT"
    assert spawn(box, path="./prog", cwd="/bin", flags=search).exe == "/bin/prog"
    assert spawn(box, path="prog", env=b"PATH=\0", cwd="bin", flags=search).exe == "/bin/prog"


@pytest.mark.parametrize(
    ("wanted", "symbol"),
    [
        ({"path": "/none"}, "ENOENT"),
        ({"path": "/bin"}, "EACCES"),
        ({"path": "/bin/data"}, "EACCES"),
        ({"path": "/bin/prog/x"}, "ENOTDIR"),
        ({"path": b"/\xff"}, "EILSEQ"),
        ({"path": b"/bin\0/prog"}, "EINVAL"),
        ({"path": "x" * 5000}, "ENAMETOOLONG"),
        ({"cwd": "/none"}, "ENOENT"),
        ({"cwd": "/bin/data"}, "ENOTDIR"),
        ({"argv": b""}, "EINVAL"),
        ({"argv": b"prog"}, "EINVAL"),
        ({"env": b"A=1"}, "EINVAL"),
        ({"flags": 64}, "EINVAL"),
        ({"flags": SpawnFlags.SETPGROUP, "pgroup": -1}, "EINVAL"),
        ({"flags": SpawnFlags.SETPGROUP, "pgroup": 99}, "EPERM"),
        ({"flags": SpawnFlags.SETSID | SpawnFlags.SETPGROUP}, "EPERM"),
        ({"flags": SpawnFlags.FOREGROUND}, "ENOTTY"),
    ],
)
def test_what_cannot_be_started(box, wanted, symbol):
    assert spawn(box, **wanted) == symbol


def test_a_folder_that_may_not_be_entered(make_world):
    world = furnish(make_world(cred=Credentials(uid=5, gid=5)))
    world.directory("/mine", 0o700)
    assert spawn(world, cwd="/mine") == "EACCES"


def test_limits(make_world):
    world = furnish(make_world(limits=Limits(processes=2, arguments=200)))
    assert spawn(world, argv=b"p\0" + b"x" * 190 + b"\0") == "E2BIG"  # two strings, 16 more
    assert spawn(world, argv=b"p\0", env=b"\0" * 30) == "E2BIG"
    assert spawn(world, argv=b"p\0", env=b"A=" + b"x" * 300 + b"\0") == "E2BIG"
    assert spawn(world, actions=[(CLOSE, 9, 0)] * (ACTIONS_MAX + 1)) == "E2BIG"
    assert spawn(world).pid > 0
    assert spawn(world) == "EAGAIN"


def test_pointers_that_lead_nowhere(box):
    size = box.memory.size()
    pid = box.take(4)
    good = struct.unpack("<12I", box.memory.read(ask(box), REQUEST_SIZE))
    for index in (0, 2, 4, 6, 8):
        words = list(good)
        words[index : index + 2] = [size - 3, 4]
        request = box.put(struct.pack("<12I", *words))
        assert box.extension("proc_spawn", request, pid) == "EFAULT"
        words[index : index + 2] = [0, 0xFFFFFFFF]
        request = box.put(struct.pack("<12I", *words))
        expected = "E2BIG" if index == 8 else "EFAULT"
        assert box.extension("proc_spawn", request, pid) == expected
    assert box.extension("proc_spawn", size - REQUEST_SIZE + 1, pid) == "EFAULT"
    assert box.extension("proc_spawn", ask(box), size - 3) == "EFAULT"
    assert list(box.kernel.processes) == [box.process.pid]


def test_groups_and_sessions(box):
    leader = spawn(box, flags=SpawnFlags.SETPGROUP)
    assert leader.pgid == leader.pid
    assert spawn(box, flags=SpawnFlags.SETPGROUP, pgroup=leader.pid).pgid == leader.pid
    alone = spawn(box, flags=SpawnFlags.SETSID)
    assert (alone.sid, alone.pgid, alone.tty) == (alone.pid, alone.pid, None)


def test_signals(box):
    signals = box.process.signals
    signals.set(Signal.INT, Disposition.IGNORE)
    signals.set(Signal.TERM, Disposition.CATCH)
    child = spawn(box)
    assert child.signals.disposition(Signal.INT) is Disposition.IGNORE
    assert child.signals.disposition(Signal.TERM) is Disposition.DEFAULT
    child = spawn(box, flags=SpawnFlags.DEFAULT_SIGNALS)
    assert child.signals.disposition(Signal.INT) is Disposition.DEFAULT
    assert signals.disposition(Signal.INT) is Disposition.IGNORE


def test_the_terminal_is_handed_over(box):
    tty = Tty(box.kernel, Outlet(lambda data: None))
    box.process.tty = tty.control(box.process.sid)
    child = spawn(box, flags=SpawnFlags.FOREGROUND | SpawnFlags.SETPGROUP)
    assert tty.foreground == child.pid
    request, pid = ask(box, flags=SpawnFlags.FOREGROUND), box.take(4)
    box.process.signals.set(Signal.TTOU, Disposition.IGNORE)
    assert box.extension("proc_spawn", request, pid, writes=[(pid, 4)]) == "SUCCESS"
    assert tty.foreground == box.process.pgid


def test_from_the_background_it_stops_before_anything_is_started(box):
    tty = Tty(box.kernel, Outlet(lambda data: None))
    box.process.tty = tty.control(box.process.sid)
    shell = box.process
    child = spawn(box, flags=SpawnFlags.SETPGROUP)
    box.process, box.guest = child, box.make_guest(child)
    with pytest.raises(WouldBlock):
        box.raw("proc_spawn", ask(box, flags=SpawnFlags.FOREGROUND), box.take(4), module="pagebox")
    assert child.stopped
    assert list(box.kernel.processes) == [shell.pid, child.pid]
