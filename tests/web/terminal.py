"""A person at the page, for tests: types, and reads until something shows. Never sleeps."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE_MS = 30_000
PROMPT = r"^user@pagebox:[^$\n]*\$"


@dataclass
class PageTerminal:
    """The terminal of a page that has been opened."""

    page: Page

    def wait(self, promise: str) -> Any:
        """The value of a JavaScript promise. Fails the test if that takes too long."""
        return self.page.evaluate(
            f"""() => Promise.race([{promise},
                new Promise((_, reject) => setTimeout(() => reject(new Error("too late")), {PATIENCE_MS}))])"""
        )

    def ready(self) -> dict[str, Any]:
        """Wait until the first prompt; gives the facts of the boot."""
        facts: dict[str, Any] = self.wait("window.pagebox.ready")
        return facts

    def text(self) -> str:
        """Everything on the terminal, scrollback included."""
        text: str = self.page.evaluate("window.pagebox.text()")
        return text

    def see(self, pattern: str) -> str:
        """Wait until the terminal's text matches; `^` and `$` are ends of lines."""
        try:
            text: str = self.wait(f"window.pagebox.seen({json.dumps(pattern)})")
        except Exception as error:
            raise AssertionError(
                f"{pattern!r} was never on the terminal:\n{self.text()}"
            ) from error
        return text

    def type(self, text: str) -> None:
        """Press the keys of `text`; a newline is Enter."""
        for part in re.split("(\n)", text):
            if part == "\n":
                self.page.keyboard.press("Enter")
            elif part:
                self.page.keyboard.type(part)

    def press(self, key: str) -> None:
        """Press one key, `Control+C` for one."""
        self.page.keyboard.press(key)

    def run(self, line: str) -> str:
        """Type a line at a prompt and give what it printed, up to the next prompt."""
        before = len(re.findall(PROMPT, self.see(f"{PROMPT}$(?![^])"), re.MULTILINE))
        self.type(line + "\n")
        text = self.see(f"(?:{PROMPT}[^]*){{{before}}}{PROMPT}$(?![^])")
        answer = re.split(PROMPT, text, flags=re.MULTILINE)[before]
        return answer.partition("\n")[2].removesuffix("\n")

    def evaluate(self, code: str) -> Any:
        """Run Python beside the machine."""
        return self.wait(f"window.pagebox.evaluate({json.dumps(code)})")
