from paper import PaperGlue, run_sync

from orchestrator.kernel.sched import Scheduler
from orchestrator.platform.browser.host import BrowserPlatform
from orchestrator.wasi import fast
from orchestrator.wasi.calls import CALLS


def test_the_parts_fit_together() -> None:
    glue = PaperGlue()
    platform = BrowserPlatform(glue, run_sync, fast, tuple(CALLS))
    scheduler = Scheduler(platform.clock)
    platform.engine(platform.driver(scheduler), scheduler)
    assert set(glue.wiring["names"]) == set(CALLS)
    assert scheduler.on_post


def test_entropy_and_clocks() -> None:
    platform = BrowserPlatform(PaperGlue(), run_sync, fast, tuple(CALLS))
    assert len(platform.entropy(16)) == 16
    assert platform.entropy(16) != platform.entropy(16)
    assert platform.clock.monotonic() <= platform.clock.monotonic()
    assert platform.clock.realtime() > 1_700_000_000_000_000_000
