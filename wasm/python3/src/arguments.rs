//! What stands on the command line.

use crate::USAGE;
use rustpython::{RunMode, parse_opts};
use rustpython_vm::{Settings, version::RUSTPYTHON_VERSION};
use std::{env, process::exit};

/// Settings and what to run; ends the process with 2 and a sentence if they make no sense.
pub fn parse() -> (Settings, RunMode) {
    tell_version_twice();
    let (mut settings, mode) = parse_opts().unwrap_or_else(|error| {
        eprintln!("python3: {error}\nTry `python3 -h' for more information.");
        exit(USAGE)
    });
    if settings.argv.is_empty() {
        settings.argv.push(String::new());
    }
    (settings, mode)
}

/// `-VV`, which the crate takes for `-V`.
fn tell_version_twice() {
    let mut options = env::args().skip(1).take_while(|argument| argument.starts_with('-'));
    if options.any(|argument| argument == "-VV") {
        println!("Python {RUSTPYTHON_VERSION}");
        exit(0);
    }
}
