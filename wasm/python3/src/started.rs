//! What a process adds to the prepared interpreter before its program runs.

use crate::ending::Loaded;
use rustpython_vm::{
    PyObjectRef, PyResult, Settings, VirtualMachine, builtins::PyDictRef, convert::TryFromObject,
    signal, stdlib::sys, vm::PyGlobalState,
};
use std::{env, os::wasi::ffi::OsStringExt};

/// Gives the interpreter its arguments, environment and signals, and lets `lib/_pagebox_start.py` do the rest.
pub fn begin(vm: &VirtualMachine, settings: Settings) -> PyResult<Loaded> {
    signal::kernel::start(vm);
    let facts = vm.ctx.new_dict();
    facts.set_item("encoding", optional(vm, settings.stdio_encoding.as_deref()), vm)?;
    facts.set_item("errors", optional(vm, settings.stdio_errors.as_deref()), vm)?;
    facts.set_item("buffered", vm.ctx.new_bool(settings.buffered_stdio).into(), vm)?;
    facts.set_item("site", vm.ctx.new_bool(settings.import_site).into(), vm)?;
    facts.set_item("user_site", vm.ctx.new_bool(settings.user_site_directory).into(), vm)?;
    let paths = settings.path_list.iter().map(|path| vm.ctx.new_str(path.as_str()).into()).collect();
    facts.set_item("paths", vm.ctx.new_list(paths).into(), vm)?;
    configure(vm, settings);
    sys::restart(vm)?;
    fill_environment(vm)?;
    let module = vm.sys_module.get_attr("_pagebox_start", vm)?; // not in sys.modules: no program need see it
    module.get_attr("begin", vm)?.call((facts,), vm)?;
    Ok(Loaded::now(vm))
}

fn optional(vm: &VirtualMachine, text: Option<&str>) -> PyObjectRef {
    text.map_or_else(|| vm.ctx.none(), |text| vm.ctx.new_str(text).into())
}

/// Nothing else refers to the settings while the process starts: no program runs yet, and there is one thread.
fn configure(vm: &VirtualMachine, settings: Settings) {
    let digits = usize::try_from(settings.int_max_str_digits).unwrap_or(4300);
    vm.state.int_max_str_digits.store(digits);
    let state: *const PyGlobalState = &raw const *vm.state;
    unsafe { (*state.cast_mut()).config.settings = settings };
}

fn fill_environment(vm: &VirtualMachine) -> PyResult<()> {
    let environment = vm.import("posix", 0)?.get_attr("environ", vm)?;
    let environment = PyDictRef::try_from_object(vm, environment)?;
    for (name, value) in env::vars_os() {
        let name: PyObjectRef = vm.ctx.new_bytes(name.into_vec()).into();
        environment.set_item(&*name, vm.ctx.new_bytes(value.into_vec()).into(), vm)?;
    }
    Ok(())
}
