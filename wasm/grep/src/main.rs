//! grep under its three names: egrep is `grep -E`, fgrep is `grep -F`.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::exit;

const TROUBLE: i32 = 2;

fn main() {
    uucore::panic::mute_sigpipe_panic();
    if let Err(error) = uucore::locale::setup_localization("grep") {
        eprintln!("grep: cannot read the messages: {error}");
        exit(TROUBLE);
    }
    let mut args: Vec<OsString> = uucore::args_os().collect();
    if let Some(option) = args.first().and_then(option_of_name) {
        args.insert(1, option.into());
    }
    let status = uu_grep::uumain(args.into_iter());
    exit(flushed(status));
}

fn option_of_name(called_as: &OsString) -> Option<&'static str> {
    match Path::new(called_as).file_name()?.to_str()? {
        "egrep" => Some("-E"),
        "fgrep" => Some("-F"),
        _ => None,
    }
}

/// Output that cannot be written is trouble, whatever was found.
fn flushed(status: i32) -> i32 {
    match std::io::stdout().flush() {
        Ok(()) => status,
        Err(error) => {
            eprintln!("grep: write error: {error}");
            TROUBLE
        }
    }
}
