"""wasmtime as an engine: one linker a sandbox, one store and one instance a process.

Above: `host`. Below: `baton`, `instance`, `module_cache`. Host functions are "unchecked" C callbacks (1 us a call
against 7-17 for `wasmtime.Func`), defined once: which process calls is known, since exactly one runs.
"""

from __future__ import annotations

from ctypes import CFUNCTYPE, POINTER, c_size_t, c_uint32, c_void_p, cast, create_string_buffer
from typing import TYPE_CHECKING

import wasmtime
from wasmtime import _ffi as ffi

from orchestrator.platform.native.instance import Instance

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.process import Process
    from orchestrator.kernel.sched import Scheduler
    from orchestrator.platform.base import Guest, Source
    from orchestrator.platform.baton import BatonDriver
    from orchestrator.platform.native.module_cache import ModuleCache

# The ABI of a raw argument: 16 bytes each, of which an i32 fills the first four and an i64 the first eight.
_WORDS = 4
_Callback = CFUNCTYPE(c_size_t, c_void_p, c_void_p, POINTER(c_uint32), c_size_t)


class WasmtimeEngine:
    """Implements `platform.base.Engine`."""

    def __init__(self, driver: BatonDriver, scheduler: Scheduler, cache: ModuleCache) -> None:
        self.driver = driver
        self._scheduler = scheduler
        self._cache = cache
        self._linker = wasmtime.Linker(cache.engine)
        self._defined: set[tuple[str, str]] = set()
        self._callbacks: list[object] = []  # ctypes callbacks die with their Python objects
        self._instances: dict[Process | None, Instance] = {}
        self._modules: dict[str, wasmtime.InstancePre] = {}

    def start(
        self,
        source: Source,
        guest: Guest,
        finish: Callable[[BaseException | None], None],
    ) -> None:
        """See `platform.base.Engine`."""
        self.driver.start(guest.process, lambda: finish(self._run(source, guest)))

    def warm(self, source: Source) -> None:
        """Compile ahead of the first use. Raises ValueError for an invalid module."""
        self._module(source)

    def _run(self, source: Source, guest: Guest) -> BaseException | None:
        process = guest.process
        try:
            pre = self._module(source)
        except (ValueError, OSError) as refused:
            return refused
        instance = self._instances[process] = Instance(guest, self.driver, self._cache.engine)
        try:
            return instance.run(pre)
        finally:
            del self._instances[process]

    def _module(self, source: Source) -> wasmtime.InstancePre:
        pre = self._modules.get(source.key)
        if pre is None:
            module = self._cache.find(source.key)
            if module is None:
                module = self._cache.compile(source.load(), source.key, source.label)
            pre = self._modules[source.key] = self._link(module)
        return pre

    # --- linking ---

    def _link(self, module: wasmtime.Module) -> wasmtime.InstancePre:
        """Resolve the imports once for all instances."""
        for wanted in module.imports:
            if isinstance(wanted.type, wasmtime.FuncType) and wanted.name is not None:
                self._define(wanted.module, wanted.name, wanted.type)
        return self._linker.instantiate_pre(module)

    def _define(self, module: str, name: str, kind: wasmtime.FuncType) -> None:
        if (module, name) in self._defined:
            return
        self._defined.add((module, name))
        callback = _Callback(self._entry((module, name), [str(param) for param in kind.params]))
        self._callbacks.append(callback)
        error = ffi.wasmtime_linker_define_func_unchecked(
            self._linker.ptr(),
            create_string_buffer(module.encode()),
            len(module.encode()),
            create_string_buffer(name.encode()),
            len(name.encode()),
            kind.ptr(),
            cast(callback, ffi.wasmtime_func_unchecked_callback_t),
            None,
            CFUNCTYPE(None, c_void_p)(),
        )
        if error:
            raise wasmtime.WasmtimeError._from_ptr(error)

    def _entry(self, key: tuple[str, str], params: list[str]) -> Callable[..., int]:
        """The C callback for one import: unpack, call, store; every exception is caught here."""
        instances, scheduler = self._instances, self._scheduler
        width = len(params) * _WORDS
        wide = [index for index, param in enumerate(params) if param == "i64"]

        def narrow_entry(_env: int, _caller: int, raw: list[int], _count: int) -> int:
            instance = instances[scheduler.running]
            arguments = raw[:width:_WORDS]
            try:
                raw[0] = instance.calls[key](*arguments)
            except BaseException as reason:
                return instance.interrupted(key, arguments, raw, reason)
            return 0

        def bare_entry(_env: int, _caller: int, raw: list[int], _count: int) -> int:
            instance = instances[scheduler.running]
            try:
                raw[0] = instance.calls[key]()
            except BaseException as reason:
                return instance.interrupted(key, [], raw, reason)
            return 0

        def wide_entry(_env: int, _caller: int, raw: list[int], _count: int) -> int:
            instance = instances[scheduler.running]
            arguments = raw[:width:_WORDS]
            for index in wide:
                arguments[index] |= raw[index * _WORDS + 1] << 32
            try:
                raw[0] = instance.calls[key](*arguments)
            except BaseException as reason:
                return instance.interrupted(key, arguments, raw, reason)
            return 0

        if not params:
            return bare_entry
        return wide_entry if wide else narrow_entry
