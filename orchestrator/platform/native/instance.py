"""One running guest: its store, its memory, and what happens when a call does not simply return."""

from __future__ import annotations

from ctypes import POINTER, byref, c_uint8, c_void_p, cast, create_string_buffer
from typing import TYPE_CHECKING, Any

import wasmtime
from wasmtime import _ffi as ffi

from orchestrator.kernel.wait import Preempted, ProcessExit, WouldBlock
from orchestrator.platform.base import STACK_OVERFLOW, UNREACHABLE, Trapped
from orchestrator.wasi.memory import ViewMemory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.platform.base import Guest
    from orchestrator.platform.baton import BatonDriver

FUEL_EXPORT = "pagebox.fuel"
_LEAVE = create_string_buffer(b"leaving")
_REASONS = {
    wasmtime.TrapCode.STACK_OVERFLOW: STACK_OVERFLOW,
    wasmtime.TrapCode.UNREACHABLE: UNREACHABLE,
}


class StoreMemory(ViewMemory):
    """The exported memory of an instance."""

    __slots__ = ("_context", "_memory")

    def __init__(self, store: wasmtime.Store, memory: wasmtime.Memory) -> None:
        super().__init__()
        self._context = store._context()
        self._memory = memory._memory

    def fetch(self) -> memoryview:
        """A fresh view: growth moves the end, and may move the start."""
        size = ffi.wasmtime_memory_data_size(self._context, byref(self._memory))
        data = ffi.wasmtime_memory_data(self._context, byref(self._memory))
        address = cast(data, c_void_p).value or 0
        return memoryview((c_uint8 * size).from_address(address)).cast("B")

    def close(self) -> None:
        """Drop the view before the store frees what it shows."""
        self.expect_growth()


class Instance:
    """Runs one guest on the stack it is called on."""

    __slots__ = ("_driver", "_ending", "_store", "calls", "guest")

    def __init__(self, guest: Guest, driver: BatonDriver, engine: wasmtime.Engine) -> None:
        self.guest = guest
        self.calls: Mapping[tuple[str, str], Any] = guest.calls
        self._driver = driver
        self._store = wasmtime.Store(engine)
        self._ending: BaseException | None = None

    def run(self, pre: wasmtime.InstancePre) -> BaseException | None:
        """Instantiate and call `_start`; returns how it ended, None for a plain return.

        The store is dropped whatever happened: nothing of an ended guest is used again.
        """
        try:
            self.guest.process.check_fatal()
            exports = pre.instantiate(self._store).exports(self._store)
            self._run_exports(exports)
        except (wasmtime.WasmtimeError, wasmtime.Trap) as reason:
            self._ending = Trapped(_first_line(reason))
        except (ProcessExit, OSError) as reason:
            self._ending = reason
        finally:
            self._store.close()
        return self._ending

    def _run_exports(self, exports: Any) -> None:
        memory = StoreMemory(self._store, exports["memory"])
        try:
            self.guest.attach(memory)
            self._call(exports["_start"])
        finally:
            self.guest.settle(exports[FUEL_EXPORT].value(self._store))
            memory.close()

    def interrupted(
        self, key: tuple[str, str], arguments: list[int], raw: Any, reason: BaseException
    ) -> int:
        """A call raised: wait and try again until it returns or the process has to leave.

        Returns 0, or the address of a trap that unwinds the guest.
        """
        process = self.guest.process
        while True:
            try:
                if isinstance(reason, Preempted):
                    self._driver.preempt(process)
                    raw[0] = self.guest.slice
                    return 0
                if not isinstance(reason, WouldBlock):
                    return self._leave(reason)
                self._driver.sleep(process, reason)
                process.check_fatal()
                raw[0] = self.calls[key](*arguments)
                return 0
            except BaseException as next_reason:
                reason = next_reason

    def _leave(self, reason: BaseException) -> int:
        self._ending = reason
        trap = ffi.wasmtime_trap_new(_LEAVE, len(_LEAVE) - 1)
        return cast(trap, c_void_p).value or 0

    def _call(self, start: Any) -> None:
        """Call `_start` by the C API: `wasmtime.Func` keeps the last exception in a global."""
        trap = POINTER(ffi.wasm_trap_t)()
        error = ffi.wasmtime_func_call(
            self._store._context(), byref(start._func), None, 0, None, 0, byref(trap)
        )
        if error:
            message = str(wasmtime.WasmtimeError._from_ptr(error))
            self._ending = self._ending or Trapped(message)
        if trap:
            seen = wasmtime.Trap._from_ptr(trap)
            self._ending = self._ending or Trapped(_words(seen))


def _words(trap: wasmtime.Trap) -> str:
    code = trap.trap_code
    if code is None:
        return trap.message.splitlines()[0]
    return _REASONS.get(code) or code.name.lower().replace("_", " ")


def _first_line(reason: BaseException) -> str:
    return str(reason).splitlines()[0]
