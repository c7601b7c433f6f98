"""Programs that people reach for and that cannot be here: each says so, and what works instead."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.kernel.system import System

NOT_FOUND = 127
_NO_NETWORK = "there is no network in this sandbox; the host can put files in"
_NO_PACKAGES = (
    "nothing can be installed; `help` lists what is here, and a WASI .wasm file runs by its path"
)
_NO_COMPILER = "there is no compiler; programs built elsewhere for wasm32-wasi run by their path"
_NO_SERVICES = "no services run in the background here; start a program with `command &`"
_NO_ROOT = "there is nobody to become: you own your files, and nothing here needs more rights"
_NO_MACHINES = "this sandbox is itself a small machine; it cannot start others"

_NAMES = {
    _NO_NETWORK: "curl wget ping ssh scp sftp rsync telnet nc ncat ftp ip ifconfig netstat ss dig nslookup traceroute",
    _NO_PACKAGES: "apt apt-get apt-cache dpkg snap yum dnf rpm apk pacman brew npm npx yarn pnpm cargo gem conda",
    _NO_COMPILER: "gcc g++ cc c++ clang make cmake go rustc",
    _NO_SERVICES: "systemctl service journalctl crontab at",
    _NO_ROOT: "sudo su doas passwd useradd adduser usermod",
    _NO_MACHINES: "docker podman kubectl chroot",
    "there is no git; the host can keep versions of files, and diff and patch compare them": "git",
    "there is no JavaScript engine; python3 is here": "node deno bun tsc",
    "there is no Java; python3 is here": "java javac",
    "there is no perl; python3, awk, sed and grep are here": "perl",
    "there is no ruby; python3 and awk are here": "ruby",
    "there is no PHP; python3 is here": "php",
    "use nano, a full-screen editor (^S saves, ^X leaves)": "vi vim nvim",
    "use nano, a full-screen editor (^W searches, M-G goes to a line)": "emacs",
    "there is one terminal; jobs (`command &`, `fg`, `bg`) share it": "tmux screen",
    "programs choose their own buffering here; leave it out": "stdbuf unbuffer",
    "system calls are traced from outside: start the sandbox with --strace": "strace ltrace",
    "there is no hardware to show; df, free and mount tell what there is": "lsblk fdisk lspci lsusb dmesg",
}


def _reasons() -> dict[str, str]:
    return {name: reason for reason, names in _NAMES.items() for name in names.split()}


REASONS = MappingProxyType(_reasons())


class _Absent:
    """Stands for all of them; which one it is, is what it was called."""

    def main(self, system: System) -> int:
        """Say why the program is not there; the status is 127."""
        name = system.process.name
        reason = REASONS.get(name, _NO_PACKAGES)
        system.stderr.write(f"{name}: not available in pagebox: {reason}\n")
        return NOT_FOUND


ABSENT = _Absent()
