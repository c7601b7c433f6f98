"""The linker and the compiler that cargo is told to use, as shell scripts with gaps to fill."""

from pathlib import Path

# Some crates build a library on the side, which has no main to start. A program needs no symbol exported but its start:
# rustc exports every C symbol of every crate, and what is exported is kept, used or not.
LINKER = """\
before=
start={sysroot}/crt1-command.o
for argument; do case "$argument" in --no-entry|-shared) start={sysroot}/crt1-reactor.o ;; esac; done
if [ "$start" = {sysroot}/crt1-command.o ]; then
  for argument; do
    shift
    case "$before $argument" in
      *" --export") ;;
      "--export __main_void") set -- "$@" --export __main_void ;;
      "--export "*) ;;
      *) set -- "$@" "$argument" ;;
    esac
    before=$argument
  done
fi
exec {ld} "$@" "$start" {libraries}
"""

# The cc crate passes a --target that Zig does not know.
COMPILER = """\
for argument; do
  shift
  case "$argument" in --target=*) ;; *) set -- "$@" "$argument" ;; esac
done
exec {zig} cc -target wasm32-wasi "$@"
"""


def write_script(script: Path, body: str) -> None:
    """Writes an executable shell script."""
    script.write_text(f"#!/bin/sh\n{body}", "utf-8")
    script.chmod(0o755)
