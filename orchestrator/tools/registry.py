"""Every program written in Python, by the name it is installed under; none is imported before it is run."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from orchestrator.tools.absent import REASONS

if TYPE_CHECKING:
    from orchestrator.kernel.system import System
    from orchestrator.tools.options import Tool

# Name, module and the object in it, one line for `help` and `whatis`.
_TABLE = """
apropos    manual:APROPOS       Search the names and summaries of the manual.
chgrp      owner:CHGRP          Change the group of files.
chmod      chmod:CHMOD          Change the permissions of files.
chown      owner:CHOWN          Change the owner and group of files.
clear      screen:CLEAR         Clear the screen.
df         diskfree:DF          Show how full file systems are.
edit       editor.main:NANO     Edit a text, full screen.
env        environment:ENV      Run a command with other variables, or show them.
envsubst   envsubst:ENVSUBST    Replace $NAME in a text by its value.
free       machine:FREE         Show how much memory is free and used.
getconf    settings:GETCONF     Show the limits of the system.
getent     getent:GETENT        Show lines of the databases in /etc.
groups     accounts:GROUPS      Show the groups a user is in.
help       help:HELP            Show what there is, or the page of a command.
hostname   accounts:HOSTNAME    Show the name of this machine.
id         accounts:ID          Show who you are.
install    install:INSTALL      Copy files and set their modes; make folders.
kill       running:KILL         Send a signal to processes.
killall    matching:KILLALL     Signal processes by exact name.
last       machine:LAST         Show the sessions there are.
locale     settings:LOCALE      Show the language settings.
logname    accounts:LOGNAME     Show your login name.
lsof       lsof:LSOF            Show which files are open, and by whom.
man        manual:MAN           Show the page of a command.
mkfifo     fifos:MKFIFO         Make named pipes.
mknod      fifos:MKNOD          Make a named pipe (type p).
mount      diskfree:MOUNT       Show the mounted file systems.
mountpoint getent:MOUNTPOINT    Say whether a folder is a mount point.
nano       editor.main:NANO     Edit a text, full screen.
nice       detach:NICE          Run a command; all run at one niceness here.
nohup      detach:NOHUP         Run a command that outlives the terminal.
pgrep      matching:PGREP       Find processes by name.
pidof      matching:PIDOF       Show the process IDs of programs.
pkill      matching:PKILL       Signal processes by name.
ps         ps:PS                Show processes.
pstree     pstree:PSTREE        Show processes as a tree.
reset      screen:RESET         Bring the terminal back to order.
script     script:SCRIPT        Record what happens on the terminal.
setsid     detach:SETSID        Run a command in a session of its own.
sleep      running:SLEEP        Wait for a time.
sponge     sponge:SPONGE        Read all of the input, then write a file.
stat       stat:STAT            Show the facts of files.
stty       stty:STTY            Show or change the terminal's settings.
sync       install:SYNC         Write out what is held back.
time       timing:TIME          Show how long a command takes.
timeout    running:TIMEOUT      End a command that takes too long.
top        top:TOP              Show processes, again and again.
tput       screen:TPUT          Print what makes the terminal do something.
tree       tree:TREE            Show folders as a tree.
ts         sponge:TS            Put the time in front of each line.
umount     diskfree:UMOUNT      Detach a file system (the host alone can).
uptime     machine:UPTIME       Show for how long the machine has run.
users      machine:USERS        Show the names of those logged in.
uuidgen    uuids:UUIDGEN        Make a number that is unique.
w          machine:W            Show who is logged in and what they do.
watch      watch:WATCH          Run a command again and again.
whatis     manual:WHATIS        Show what a command is for.
whereis    environment:WHEREIS  Show where a command and its page are.
which      environment:WHICH    Show which file a command is.
who        machine:WHO          Show who is logged in.
whoami     accounts:WHOAMI      Show your user name.
xargs      xargs:XARGS          Run a command with words from its input.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A program: where it is, and, unless it only says that it is not there, one line for `help`."""

    place: str
    summary: str = ""

    def main(self, system: System) -> int:
        """Import the program and run it."""
        module, _, name = self.place.partition(":")
        tool = getattr(import_module(f"orchestrator.tools.{module}"), name)
        return cast("Tool", tool).main(system)


def _entries() -> dict[str, Entry]:
    rows = [line.split(None, 2) for line in _TABLE.strip().splitlines()]
    found = {name: Entry(place, summary) for name, place, summary in rows}
    return found | {name: Entry("absent:ABSENT") for name in REASONS}


TOOLS = MappingProxyType(_entries())
