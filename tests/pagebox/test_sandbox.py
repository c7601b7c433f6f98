"""The public face, both colours, with real tools."""

import asyncio
import threading
from pathlib import Path

import pytest

import pagebox
from pagebox import CommandFailed, Limits, Mount, SandboxError
from pagebox.sync import Sandbox


def test_the_readme_example(box: Sandbox) -> None:
    box.files.write("in.txt", "pear\napple\n")
    result = box.run("sort in.txt | head -n 1")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "apple\n", "")


def test_a_list_is_an_argv(box: Sandbox) -> None:
    assert box.run(["echo", "$HOME", "a b"]).stdout == "$HOME a b\n"
    with pytest.raises(FileNotFoundError):
        box.run(["nosuch"])


def test_stdin_env_and_cwd(box: Sandbox) -> None:
    assert box.run("cat", stdin="tea\n").stdout == "tea\n"
    assert box.run("cat", stdin=b"\xff\0").stdout_bytes == b"\xff\0"
    assert box.run("echo $A; pwd", env={"A": "1"}, cwd="/tmp").stdout == "1\n/tmp\n"
    with pytest.raises(FileNotFoundError):
        box.run("true", cwd="/nope")


def test_a_failure_is_a_result(box: Sandbox) -> None:
    result = box.run("echo partly; exit 3")
    assert (result.exit_code, result.stdout) == (3, "partly\n")
    with pytest.raises(CommandFailed) as caught:
        result.check()
    assert caught.value.result is result
    assert box.run("true").check().exit_code == 0


def test_a_timeout_is_a_result_and_leaves_nothing(box: Sandbox) -> None:
    result = box.run("echo before; (while :; do :; done) & sleep 100 | cat", timeout=0.3)
    assert result.timed_out
    assert (result.exit_code, result.stdout) == (124, "before\n")
    assert result.duration < 30
    assert box.run("ps -e | wc -l").stdout.strip() == "4"  # heading, shell, ps, wc


def test_a_spinning_guest_is_stopped(box: Sandbox) -> None:
    assert box.run("python3 -c 'while True: pass'", timeout=1).timed_out
    assert box.run("echo alive").stdout == "alive\n"


def test_fuel_runs_out() -> None:
    with Sandbox(limits=Limits(fuel=20_000_000)) as box:
        result = box.run("seq 1 100000000 | tail -n 1")
        assert result.exit_code == 152
        assert result.stdout == ""
        assert box.run("echo again").stdout == "again\n"


def test_output_is_cut_with_a_flag() -> None:
    with Sandbox(limits=Limits(output=10)) as box:
        result = box.run("seq 100")
        assert (result.stdout, result.truncated) == ("1\n2\n3\n4\n5\n", True)
        assert not box.run("echo hi").truncated


def test_usage_counts_work(box: Sandbox) -> None:
    usage = box.run("seq 1000 | sort -n | tail -n 1").usage
    assert usage.fuel > 100_000
    assert usage.syscalls > 10
    assert usage.peak_memory > 1 << 20
    assert box.run("seq 1000 | sort -n | tail -n 1").usage.fuel == usage.fuel


def test_files(box: Sandbox) -> None:
    files = box.files
    files.write("/tmp/a/b.txt", "text")
    files.append("/tmp/a/b.txt", b"!")
    assert files.read("/tmp/a/b.txt") == b"text!"
    assert files.read_text("/tmp/a/b.txt") == "text!"
    assert [entry.name for entry in files.list("/tmp/a")] == ["b.txt"]
    assert files.stat("/tmp/a/b.txt").size == 5
    files.rename("/tmp/a/b.txt", "/tmp/c.txt")
    assert not files.exists("/tmp/a/b.txt")
    assert box.run("cat /tmp/c.txt").stdout == "text!"
    files.make_dir("/tmp/x/y")
    assert list(files.walk("/tmp/x")) == [("/tmp/x", ["y"], []), ("/tmp/x/y", [], [])]
    files.remove("/tmp/x", recursive=True)
    with pytest.raises(FileNotFoundError):
        files.read("/tmp/x")
    with pytest.raises(PermissionError):
        files.write("/etc/passwd", "")


def test_files_while_something_runs(box: Sandbox) -> None:
    process = box.spawn("while :; do :; done")
    box.files.write("/tmp/now", "1")
    assert box.files.read("/tmp/now") == b"1"
    process.kill("KILL")
    assert process.wait().exit_code == 137


def test_spawn_streams(box: Sandbox) -> None:
    process = box.spawn("while read -r line; do echo got $line; done; echo end >&2")
    chunks = process.stdout()
    process.write("one\n")
    assert next(chunks) == b"got one\n"
    process.write(b"two\n")
    assert next(chunks) == b"got two\n"
    process.close_stdin()
    assert list(chunks) == []
    assert b"".join(process.stderr()) == b"end\n"
    assert process.wait().exit_code == 0
    assert process.pid > 1


def test_callbacks_see_output_as_it_comes(box: Sandbox) -> None:
    seen: list[bytes] = []
    box.run("echo a; echo b >&2; echo c", on_stdout=seen.append, on_stderr=seen.append)
    assert seen == [b"a\n", b"b\n", b"c\n"]


def test_mounts(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("host")
    mounts = [Mount(str(tmp_path), "/ro"), Mount(str(tmp_path), "/rw", read_only=False)]
    with Sandbox(mounts=mounts) as box:
        assert box.run("cat /ro/f").stdout == "host"
        refused = box.run("echo x > /ro/g")
        assert refused.exit_code == 1
        assert "Read-only file system" in refused.stderr
        assert box.run("echo x > /rw/g && cat /ro/g").stdout == "x\n"
    assert (tmp_path / "g").read_text() == "x\n"


def test_two_sandboxes_share_nothing() -> None:
    with Sandbox() as one, Sandbox() as two:
        one.files.write("/tmp/x", "1")
        assert not two.files.exists("/tmp/x")
        outcomes: list[str] = []
        threads = [
            threading.Thread(
                target=lambda b=b: outcomes.append(b.run("seq 50000 | wc -l").stdout.strip())
            )
            for b in (one, two)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert outcomes == ["50000", "50000"]


def test_closing_ends_what_runs() -> None:
    box = Sandbox()
    process = box.spawn("sleep 1000")
    box.close()
    box.close()
    with pytest.raises(SandboxError):
        process.wait()
    with pytest.raises(SandboxError):
        box.run("true")


def test_strace_tells_calls() -> None:
    lines: list[str] = []
    with Sandbox(strace=lines.append) as box:
        box.run(["uname"])
    assert any(line.startswith("fd_write(1, ") for line in lines)


def test_the_quota_holds_and_keeps_files() -> None:
    with Sandbox(limits=Limits(disk=1 << 20)) as box:
        box.files.write("/tmp/kept", "kept")
        result = box.run(
            "head -c 5000000 /dev/zero > /tmp/big; cat /tmp/kept; rm /tmp/big\n"
            "echo ok > /tmp/new; cat /tmp/new"
        )
        assert result.stdout == "keptok\n"
        assert "No space left on device" in result.stderr


def test_async_is_the_same() -> None:
    async def go() -> tuple[str, int, list[bytes]]:
        async with pagebox.Sandbox() as box:
            first, second = await asyncio.gather(box.run("echo 1"), box.run("exit 7"))
            process = await box.spawn("cat")
            await process.write("x")
            await process.close_stdin()
            chunks = [chunk async for chunk in process.stdout()]
            await process.wait()
            return first.stdout, second.exit_code, chunks

    assert asyncio.run(go()) == ("1\n", 7, [b"x"])


def test_cancelling_ends_the_run() -> None:
    async def go() -> str:
        async with pagebox.Sandbox() as box:
            task = asyncio.ensure_future(box.run("sleep 1000"))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return (await box.run("ps -e -o comm= | sort | uniq -c | grep -c sleep")).stdout

    assert asyncio.run(go()).strip() == "0"


def test_a_run_that_has_ended_leaves_no_timer() -> None:
    before = set(threading.enumerate())
    with Sandbox() as box:
        for _ in range(20):
            box.run("true", timeout=1000)
    left = [t for t in set(threading.enumerate()) - before if isinstance(t, threading.Timer)]
    for timer in left:
        timer.join(1)  # a cancelled one ends by itself
    assert not [timer for timer in left if timer.is_alive()]
