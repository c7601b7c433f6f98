//! The sandbox's python3: RustPython with a beginning, a middle and an end of our own.
//!
//! * The beginning (`prepared`) builds an interpreter that knows nothing of any process. The build runs it once and keeps
//!   the memory it leaves; every process starts from there (`wasm/preinit.py`).
//! * Then comes what belongs to the process (`started`): arguments, environment, streams, signals, `sys.path`.
//! * The middle (`program`) is what CPython's `main.c` does: `-c`, `-m`, a script, standard input, or the prompt.
//! * The end (`ending`) flushes, runs `atexit` and lets go of what the program made, and leaves the rest to the exit of the
//!   process. Tearing down the whole interpreter takes longer than most programs run.

mod arguments;
mod ending;
mod kernel;
mod prepared;
mod program;
mod started;

use rustpython_vm::Interpreter;
use std::cell::OnceCell;
use std::process::exit;

/// Where the library says it is. It lies inside the module; nothing is read from here.
const LIBRARY: &str = "/usr/lib/python3.14";
const USAGE: i32 = 2;
const CANNOT_START: i32 = 126;

/// There is one thread, and one interpreter.
struct Only(OnceCell<Interpreter>);
unsafe impl Sync for Only {}
static INTERPRETER: Only = Only(OnceCell::new());

unsafe extern "C" {
    fn __wasilibc_initialize_environ();
}

/// The build calls this once, where there are no arguments and no environment.
#[unsafe(no_mangle)]
extern "C" fn python3_prepare() {
    INTERPRETER.0.get_or_init(prepared::interpreter);
}

/// The start of a process whose memory is the prepared one.
#[unsafe(no_mangle)]
extern "C" fn python3_start() {
    unsafe { __wasilibc_initialize_environ() };
    if let Err(errno) = kernel::enter_working_directory() {
        let reason = std::io::Error::from_raw_os_error(errno);
        eprintln!("python3: cannot enter the working directory: {reason}");
        exit(CANNOT_START);
    }
    main();
}

fn main() {
    let (settings, mode) = arguments::parse();
    let interpreter = INTERPRETER.0.get_or_init(prepared::interpreter);
    let status = interpreter.enter(|vm| {
        let result = started::begin(vm, settings).and_then(|before| {
            let result = program::run(vm, mode);
            Ok((before, result))
        });
        match result {
            Ok((before, result)) => ending::end(vm, result, &before),
            Err(error) => {
                vm.print_exception(&error);
                1
            }
        }
    });
    exit(status);
}
