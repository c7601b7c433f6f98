//! grep as GNU's 3.8 behaves, under its three names: egrep is `grep -E`, fgrep is `grep -F`.

mod input;
mod matcher;
mod names;
mod options;
mod output;
mod perl;
mod search;
mod walk;

use std::ffi::OsString;
use std::path::Path;
use std::process::exit;

use matcher::{Kind, Matcher, Wanted};
use options::{Directories, List, Settings, Stop};
use output::Output;
use search::Job;

pub const TROUBLE: i32 = 2;
const USAGE: &str = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.";
const HELP: &str = "\
Usage: grep [OPTION]... PATTERNS [FILE]...
Prints the lines of FILEs that match one of PATTERNS, which are separated by newlines.

patterns:  -G basic (default)  -E extended  -F plain strings  -P Perl's
           -e PATTERNS  -f FILE  -i ignore case  -w whole words  -x whole lines  -z lines end in NUL
output:    -v lines that do not match  -c count  -o matches alone  -m NUM stop after NUM lines  -q nothing
           -l names of files that match  -L names of those that do not  -s no messages about files
           -n line numbers  -b byte offsets  -H, -h with, without file names  --label=NAME for standard input
           -T align  -Z NUL after names  --line-buffered  --color[=always|never|auto]
context:   -A NUM lines after  -B NUM before  -C NUM, -NUM both  --group-separator=TEXT  --no-group-separator
files:     -r below directories  -R following links  --include=GLOB  --exclude=GLOB  --exclude-dir=GLOB
           --exclude-from=FILE  -d read|recurse|skip  -D read|skip
           -a, -I, --binary-files=text|without-match|binary

The status is 0 if a line was selected, 1 if none was, and 2 if there was trouble.";

fn main() {
    let mut output = Output::new();
    let status = run(&mut output);
    output.flush();
    exit(status);
}

fn run(output: &mut Output) -> i32 {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let name = if arguments.is_empty() { OsString::new() } else { arguments.remove(0) };
    if let Some(option) = option_of_name(&name) {
        arguments.insert(0, option.into());
    }
    let arguments = arguments.into_iter().map(OsString::into_encoded_bytes).collect();
    match options::read(arguments, output) {
        Ok(settings) => grep(&settings, output),
        Err(stop) => refuse(stop, output),
    }
}

fn option_of_name(called_as: &OsString) -> Option<&'static str> {
    match Path::new(called_as).file_name()?.to_str()? {
        "egrep" => Some("-E"),
        "fgrep" => Some("-F"),
        _ => None,
    }
}

fn refuse(stop: Stop, output: &mut Output) -> i32 {
    match stop {
        Stop::Help => {
            output.write(HELP.as_bytes());
            output.write(b"\n");
            return 0;
        }
        Stop::Version => {
            output.write(b"grep (pagebox) 3.8\n");
            return 0;
        }
        Stop::Usage => eprintln!("{USAGE}"),
        Stop::Message(text, false) => output.complain(text.as_bytes()),
        Stop::Message(text, true) => {
            output.complain(text.as_bytes());
            eprintln!("{USAGE}");
        }
        Stop::Word(text) => {
            output.complain(text.as_bytes());
            eprintln!("{USAGE}");
            return 1;
        }
    }
    TROUBLE
}

fn grep(settings: &Settings, output: &mut Output) -> i32 {
    let wanted = Wanted {
        kind: settings.kind,
        fold: settings.fold,
        words: settings.words,
        lines: settings.lines,
        end: settings.end,
        bytes: settings.bytes,
    };
    let mut matcher = match Matcher::new(&patterns(settings), wanted) {
        Ok(matcher) => matcher,
        Err(text) => {
            output.complain(text.as_bytes());
            return TROUBLE;
        }
    };
    let is_pointless = settings.most == Some(0) || matches!(matcher, Matcher::Nothing) && !settings.invert;
    if is_pointless && settings.list != List::NonMatching && !(settings.count && settings.most != Some(0)) {
        return 1;
    }
    // SAFETY: asks about a descriptor.
    output.by_line |= unsafe { libc::isatty(1) } == 1;
    let recursive = settings.directories == Directories::Recurse;
    let with_name = settings.with_name.unwrap_or(settings.operands.len() > 1 || recursive && is_tree(settings));
    let job = Job { settings, matcher: &mut matcher, output, with_name, has_printed: false };
    walk::Walk::new(job).run()
}

/// Whether names are told because a directory is searched.
fn is_tree(settings: &Settings) -> bool {
    match &settings.operands[..] {
        [] => true,
        [only] => only != b"-" && std::fs::metadata(input::path(only)).is_ok_and(|found| found.is_dir()),
        _ => true,
    }
}

/// The patterns, each once.
fn patterns(settings: &Settings) -> Vec<Vec<u8>> {
    let text = settings.patterns.as_deref().unwrap_or_default();
    let Some(text) = text.strip_suffix(b"\n") else {
        return Vec::new();
    };
    let mut seen = std::collections::HashSet::new();
    let split = text.split(|&byte| byte == b'\n');
    let mut all: Vec<Vec<u8>> = split.filter(|line| seen.insert(line.to_vec())).map(<[u8]>::to_vec).collect();
    let nothing_special = settings.kind == Kind::Fixed && !settings.words && !settings.lines;
    if nothing_special && all.iter().any(Vec::is_empty) {
        all = vec![Vec::new()];
    }
    all
}
