"""The transcript that the page runs too (tests/web), headless: one sandbox, command after command."""

import tomllib
from pathlib import Path

from pagebox.sync import Sandbox

TRANSCRIPT = Path(__file__).parent / "transcript" / "main.toml"


def test_the_transcript(box: Sandbox) -> None:
    commands = tomllib.loads(TRANSCRIPT.read_text())["command"]
    assert len(commands) >= 25
    for command in commands:
        result = box.run(command["script"], timeout=30)
        assert (command["script"], result.stdout) == (command["script"], command["stdout"])
