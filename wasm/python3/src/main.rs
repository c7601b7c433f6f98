//! The sandbox's python3: RustPython with a beginning, a middle and an end of our own.
//!
//! * The beginning (`interpreter`) reads nothing of the process but the settings, so that an image of the memory after it
//!   can be taken at build time and started from later.
//! * The middle (`program`) is what CPython's `main.c` does: `-c`, `-m`, a script, standard input, or the prompt.
//! * The end (`ending`) flushes, runs `atexit` and lets go of what the program made, and leaves the rest to the exit of the
//!   process. Tearing down the whole interpreter takes longer than most programs run.

mod ending;
mod program;

use rustpython::parse_opts;
use rustpython_vm::{Interpreter, InterpreterBuilder, Settings, common::rc::PyRc};
use std::process::exit;

/// Where the library says it is. It lies inside the program; nothing is read from here.
const LIBRARY: &str = "/usr/lib/python3.14";
const USAGE: i32 = 2;

fn main() {
    let (mut settings, mode) = parse_opts().unwrap_or_else(|error| {
        eprintln!("python3: {error}\nTry `python3 -h' for more information.");
        exit(USAGE)
    });
    if settings.argv.is_empty() {
        settings.argv.push(String::new());
    }
    let status = interpreter(settings).enter(|vm| {
        let before = ending::Loaded::now(vm);
        let result = program::run(vm, mode);
        ending::end(vm, result, &before)
    });
    exit(status);
}

fn interpreter(settings: Settings) -> Interpreter {
    let builder = InterpreterBuilder::new().settings(settings);
    let native = rustpython_stdlib::stdlib_module_defs(&builder.ctx);
    builder
        .add_native_modules(&native)
        .add_frozen_modules(rustpython_pylib::FROZEN_STDLIB)
        .init_hook(|vm| {
            let state = PyRc::get_mut(&mut vm.state).expect("the interpreter is not shared yet");
            state.config.paths.stdlib_dir = Some(LIBRARY.to_owned());
        })
        .interpreter()
}
