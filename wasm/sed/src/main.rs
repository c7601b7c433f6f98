//! sed as GNU's 4.9 behaves.

mod escapes;
mod input;
mod inplace;
mod list;
mod output;
mod parse;
mod replace;
mod run;
mod script;
mod settings;

use std::ffi::OsString;
use std::io::Read;
use std::process::exit;

use parse::{BadScript, Parser};
use run::{End, Run};
use script::Script;
use settings::{Piece, Settings, Stop};

const BAD_USAGE: i32 = 1;
const PANIC: i32 = 4;
const HELP: &str = "\
Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...

  -n, --quiet, --silent    print the pattern space only when told to
  -e, --expression=SCRIPT  commands; may be given more than once
  -f, --file=FILE          commands of a file
  -E, -r, --regexp-extended   extended regular expressions
  -i, --in-place[=SUFFIX]  change the files themselves; with SUFFIX, keep what they were
      --follow-symlinks    with -i, change what a link leads to
  -s, --separate           each file is an input of its own
  -z, --null-data          lines end in NUL
  -l, --line-length=N      where `l' folds
  -u, --unbuffered         write every line at once
      --posix              no additions of GNU's
      --sandbox            no e, r and w
      --help, --version";

fn main() {
    let arguments: Vec<Vec<u8>> = std::env::args_os().skip(1).map(OsString::into_encoded_bytes).collect();
    let settings = match settings::read(arguments) {
        Ok(settings) => settings,
        Err(stop) => exit(refuse(stop)),
    };
    let End(status, message) = match read_script(&settings) {
        Ok(script) => start(&settings, script),
        Err(BadScript(text, status)) => End(status, Some(text)),
    };
    if let Some(text) = message {
        eprintln!("sed: {text}");
    }
    exit(status);
}

fn start(settings: &Settings, script: Script) -> End {
    let mut names: input::Names = settings.operands.clone().into();
    if names.is_empty() {
        names.push_back(b"-".to_vec());
    }
    match Run::new(settings, script, names) {
        Ok(run) => run.run(),
        Err(end) => end,
    }
}

fn refuse(stop: Stop) -> i32 {
    match stop {
        Stop::Help => println!("{HELP}"),
        Stop::Version => println!("sed (pagebox) 4.9"),
        Stop::Message(text) => {
            eprintln!("sed: {text}");
            return BAD_USAGE;
        }
        Stop::Usage(text) => {
            if let Some(text) = text {
                eprintln!("sed: {text}");
            }
            eprintln!("{HELP}");
            return BAD_USAGE;
        }
    }
    0
}

fn read_script(settings: &Settings) -> Result<Script, BadScript> {
    let mut parser = Parser::new(settings.dialect);
    for piece in &settings.pieces {
        match piece {
            Piece::Expression(text) => parser.expression(text)?,
            Piece::File(name) => parser.file(name, &script_file(name)?)?,
        }
    }
    parser.finish()
}

fn script_file(name: &[u8]) -> Result<Vec<u8>, BadScript> {
    let mut text = Vec::new();
    let done = match name {
        b"-" | b"/dev/stdin" => std::io::stdin().read_to_end(&mut text),
        _ => std::fs::File::open(input::path(name)).and_then(|mut file| file.read_to_end(&mut text)),
    };
    let shown = String::from_utf8_lossy(name);
    done.map_err(|error| BadScript(format!("couldn't open file {shown}: {}", pagebox_gnu::message::text(&error)), PANIC))?;
    Ok(text)
}
