//! How a program ends.
//!
//! CPython takes its interpreter apart, and users see three things of that: output is flushed, `atexit` runs, and what the
//! program still holds is finalised (a file left open gets its last bytes, `__del__` runs). Those three happen here, in
//! that order; the library's own modules are left as they are.

use crate::kernel;
use rustpython_vm::{
    AsObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyDictRef, PyStrRef},
    convert::TryFromObject,
    stdlib::{atexit, sys},
};
use std::collections::HashSet;

/// CPython's status for a program that was fine but whose output could not be written.
const OUTPUT_LOST: u32 = 120;
const SIGINT: u32 = 2;
/// What the shell shows for a process that SIGPIPE ended.
const BROKEN_PIPE: u32 = 128 + 13;

/// The modules that were there before the program ran.
pub struct Loaded(HashSet<String>);

impl Loaded {
    /// Takes stock. What the prepared interpreter holds was set aside from the last collection when it was made.
    pub fn now(vm: &VirtualMachine) -> Self {
        Self(modules(vm).into_iter().map(|(name, _)| name).collect())
    }
}

/// Ends the program; returns the status of the process.
pub fn end(vm: &VirtualMachine, result: PyResult<()>, before: &Loaded) -> i32 {
    let interrupted = matches!(&result, Err(error) if error.fast_isinstance(vm.ctx.exceptions.keyboard_interrupt));
    let result = result.and(finish_threads(vm));
    let flushed = flush(vm);
    let status = result.map_or_else(|error| status_of(vm, error), |()| 0);
    atexit::_run_exitfuncs(vm);
    forget_error(vm);
    forget_modules(vm, before);
    vm.state.gc.collect_force(2);
    let lost = flushed.or(flush(vm));
    if interrupted {
        kernel::die_of(SIGINT);
    }
    (if status == 0 { lost.unwrap_or(0) } else { status } & 0xff) as i32
}

/// Threads that wait for their turn have it now, unless they are daemons.
fn finish_threads(vm: &VirtualMachine) -> PyResult<()> {
    let threading = vm.sys_module.get_attr("modules", vm)?.get_item("threading", vm);
    match threading {
        Ok(threading) => vm.call_method(&threading, "_shutdown", ()).map(drop),
        Err(_) => Ok(()),
    }
}

fn status_of(vm: &VirtualMachine, error: PyBaseExceptionRef) -> u32 {
    if is_broken_pipe(vm, &error) {
        return BROKEN_PIPE;
    }
    vm.handle_exit_exception(error)
}

fn is_broken_pipe(vm: &VirtualMachine, error: &PyBaseExceptionRef) -> bool {
    error.fast_isinstance(vm.ctx.exceptions.broken_pipe_error)
}

/// Flushes both streams; says with which status to end if the output is lost.
///
/// A reader that has gone is how pipelines end, and says nothing. Any other failure is told.
fn flush(vm: &VirtualMachine) -> Option<u32> {
    let errors = sys::get_stderr(vm).and_then(|stream| flush_stream(vm, stream)).err();
    let output = sys::get_stdout(vm).and_then(|stream| flush_stream(vm, stream)).err();
    drop(errors);
    let error = output?;
    if is_broken_pipe(vm, &error) {
        return Some(BROKEN_PIPE);
    }
    vm.run_unraisable(error, Some("Exception ignored while flushing sys.stdout".to_owned()), vm.ctx.none());
    Some(OUTPUT_LOST)
}

fn flush_stream(vm: &VirtualMachine, stream: PyObjectRef) -> PyResult<()> {
    if vm.is_none(&stream) || stream.get_attr("closed", vm)?.try_to_bool(vm)? {
        return Ok(());
    }
    vm.call_method(&stream, "flush", ()).map(drop)
}

/// A traceback holds the frames it shows, and they hold everything the program had.
fn forget_error(vm: &VirtualMachine) {
    for name in ["last_exc", "last_type", "last_value", "last_traceback"] {
        let _ = vm.sys_module.dict().del_item(name, vm);
    }
}

/// Takes the program's own modules out of `sys.modules`. Their globals stay whole, so that a `__del__` finds what it uses.
fn forget_modules(vm: &VirtualMachine, before: &Loaded) {
    let Some(table) = module_table(vm) else { return };
    for (name, module) in modules(vm) {
        if name == "__main__" || (!before.0.contains(&name) && !is_library(vm, &module)) {
            let _ = table.del_item(&*name, vm);
        }
    }
}

fn is_library(vm: &VirtualMachine, module: &PyObjectRef) -> bool {
    let origin = module.get_attr("__spec__", vm).and_then(|spec| spec.get_attr("origin", vm));
    let Ok(origin) = origin.and_then(|origin| PyStrRef::try_from_object(vm, origin)) else {
        return false;
    };
    origin.to_str().is_some_and(|path| matches!(path, "frozen" | "built-in") || path.starts_with(crate::LIBRARY))
}

fn modules(vm: &VirtualMachine) -> Vec<(String, PyObjectRef)> {
    let named = |(name, module): (PyObjectRef, PyObjectRef)| Some((name.str(vm).ok()?.to_string(), module));
    module_table(vm).map_or_else(Vec::new, |table| table.into_iter().filter_map(named).collect())
}

fn module_table(vm: &VirtualMachine) -> Option<PyDictRef> {
    PyDictRef::try_from_object(vm, vm.sys_module.get_attr("modules", vm).ok()?).ok()
}
