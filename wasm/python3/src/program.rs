//! What python3 was asked to run.

use rustpython::RunMode;
use rustpython_vm::{
    AsObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::PyDictRef,
    convert::TryFromObject,
    host_env::{errno::strerror_string, os::ErrorExt},
    identifier,
    scope::Scope,
};
use std::io::{IsTerminal, Read, stdin};
use std::{env, fs};

/// Sets up `__main__` and `sys.path`, and runs the program.
pub fn run(vm: &VirtualMachine, mode: RunMode) -> PyResult<()> {
    let scope = vm.new_scope_with_main()?;
    if let Some(folder) = first_on_path(vm, &mode) {
        vm.insert_sys_path(vm.new_pyobj(folder))?;
    }
    let inspect = vm.state.config.settings.inspect;
    let result = match mode {
        RunMode::Command(command) => vm.run_string(scope.clone(), &command, "<string>").map(drop),
        RunMode::Module(module) => vm.run_module(&module),
        RunMode::Script(path) => script(vm, scope.clone(), &path),
        RunMode::Repl if inspect || stdin().is_terminal() => return prompt(vm, &scope, true),
        RunMode::Repl => standard_input(vm, scope.clone()),
        RunMode::InstallPip(_) => Err(no_pip(vm)),
    };
    if !inspect {
        return result;
    }
    if let Err(error) = result {
        vm.print_exception(&error);
    }
    prompt(vm, &scope, false)
}

/// `sys.path[0]`; a script sets it itself.
fn first_on_path(vm: &VirtualMachine, mode: &RunMode) -> Option<String> {
    if vm.state.config.settings.safe_path {
        return None;
    }
    match mode {
        RunMode::Command(_) | RunMode::Repl => Some(String::new()),
        RunMode::Module(_) => Some(working_directory()),
        RunMode::Script(_) | RunMode::InstallPip(_) => None,
    }
}

fn working_directory() -> String {
    env::current_dir().map_or_else(|_| String::new(), |path| path.to_string_lossy().into_owned())
}

fn script(vm: &VirtualMachine, scope: Scope, name: &str) -> PyResult<()> {
    let path = absolute(name);
    if let Err(error) = fs::File::open(&path) {
        return cannot_open(vm, &path, &error);
    }
    if is_package(vm, &path)? {
        vm.insert_sys_path(vm.new_pyobj(path))?;
        let run = vm.import("runpy", 0)?.get_attr("_run_module_as_main", vm)?;
        return run.call((identifier!(vm, __main__).to_owned(), false), vm).map(drop);
    }
    if !vm.state.config.settings.safe_path {
        vm.insert_sys_path(vm.new_pyobj(folder_of(&path)))?;
    }
    vm.run_any_file(scope, &path)
}

fn absolute(name: &str) -> String {
    if name.starts_with('/') {
        return name.to_owned();
    }
    format!("{}/{name}", working_directory().trim_end_matches('/'))
}

/// The folder of the file a script really is, through symbolic links.
fn folder_of(path: &str) -> String {
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.into());
    real.parent().map_or_else(String::new, |folder| folder.to_string_lossy().into_owned())
}

fn cannot_open(vm: &VirtualMachine, path: &str, error: &std::io::Error) -> PyResult<()> {
    let shown = vm.ctx.new_str(path).as_object().repr(vm)?;
    let errno = error.posix_errno();
    let text = strerror_string(errno).unwrap_or_else(|| error.to_string());
    eprintln!("python3: can't open file {shown}: [Errno {errno}] {text}");
    Err(vm.new_system_exit(vec![vm.ctx.new_int(crate::USAGE).into()].into()))
}

/// Whether some importer takes the path itself: a folder or an archive with a `__main__`.
fn is_package(vm: &VirtualMachine, path: &str) -> PyResult<bool> {
    let cache = PyDictRef::try_from_object(vm, vm.sys_module.get_attr("path_importer_cache", vm)?)?;
    let hooks: Vec<PyObjectRef> = vm.sys_module.get_attr("path_hooks", vm)?.try_into_value(vm)?;
    for hook in hooks {
        match hook.call((path,), vm) {
            Ok(importer) => {
                cache.set_item(path, importer, vm)?;
                return Ok(true);
            }
            Err(error) if error.fast_isinstance(vm.ctx.exceptions.import_error) => (),
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// A program that comes through a pipe or a file is read to its end and run as one, not line by line.
fn standard_input(vm: &VirtualMachine, scope: Scope) -> PyResult<()> {
    let mut source = Vec::new();
    stdin().lock().read_to_end(&mut source).map_err(|error| vm.new_os_error(error.to_string()))?;
    let source = String::from_utf8(source)
        .map_err(|error| vm.new_value_error(format!("standard input is not UTF-8: {error}")))?;
    vm.run_string(scope, &source, "<stdin>").map(drop)
}

/// `lib/_pagebox_repl.py`.
fn prompt(vm: &VirtualMachine, scope: &Scope, greet: bool) -> PyResult<()> {
    let greet = greet && !vm.state.config.settings.quiet;
    let run = vm.import("_pagebox_repl", 0)?.get_attr("run", vm)?;
    run.call((scope.globals.clone(), greet), vm).map(drop)
}

fn no_pip(vm: &VirtualMachine) -> rustpython_vm::builtins::PyBaseExceptionRef {
    vm.new_runtime_error("pip is there already: python3 -m pip")
}
