//! The interpreter as it is before any process.

use crate::{LIBRARY, kernel};
use rustpython_vm::{Interpreter, InterpreterBuilder, PyResult, Settings, VirtualMachine, common::rc::PyRc};

/// Builds the interpreter and lets `lib/_pagebox_prepare.py` finish it.
pub fn interpreter() -> Interpreter {
    let builder = InterpreterBuilder::new().settings(settings());
    let mut native = rustpython_stdlib::stdlib_module_defs(&builder.ctx);
    native.push(kernel::module_def(&builder.ctx));
    let interpreter = builder.add_native_modules(&native).init_hook(set_paths).interpreter();
    interpreter.enter(|vm| {
        if let Err(error) = prepare(vm) {
            vm.print_exception(&error);
            std::process::exit(crate::CANNOT_START);
        }
    });
    interpreter
}

/// Those of a plain `python3` with no arguments. The seed of hashes is part of what is kept, so it is fixed.
fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.argv.push(String::new());
    settings.hash_seed = Some(0);
    settings.write_bytecode = false;
    settings.ignore_environment = true;
    settings.utf8_mode = 1;
    settings
}

fn set_paths(vm: &mut VirtualMachine) {
    let state = PyRc::get_mut(&mut vm.state).expect("the interpreter is not shared yet");
    let paths = &mut state.config.paths;
    for prefix in [&mut paths.prefix, &mut paths.base_prefix, &mut paths.exec_prefix, &mut paths.base_exec_prefix] {
        "/usr".clone_into(prefix);
    }
    for program in [&mut paths.executable, &mut paths.base_executable] {
        "/usr/bin/python3".clone_into(program);
    }
    paths.stdlib_dir = Some(LIBRARY.to_owned());
    paths.module_search_paths = vec![LIBRARY.to_owned()];
}

fn prepare(vm: &VirtualMachine) -> PyResult<()> {
    vm.new_scope_with_main()?;
    vm.import("_pagebox_prepare", 0)?;
    vm.sys_module.get_attr("modules", vm)?.del_item("_pagebox_prepare", vm)?;
    vm.state.gc.freeze();
    Ok(())
}
