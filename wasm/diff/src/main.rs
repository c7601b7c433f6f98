//! diff and cmp as GNU's 3.8 behave; which of them is told by the name.

mod cmp;
mod compare;
mod formats;
mod options;
mod page;
mod sides;
mod text;
mod tree;

use std::ffi::OsString;
use std::path::Path;
use std::process::exit;

use options::{Settings, Stop};
use tree::Comparison;

const TROUBLE: i32 = 2;
const HELP: &str = "\
Usage: diff [OPTION]... FILES
Compares files line by line, and directories with -r file by file.

styles      --normal  -u, -U NUM  -c, -C NUM  -e  -n  -y  -q only whether they differ  -s tell of files that are the same
            --line-format FORMAT  --old-line-format, --new-line-format, --unchanged-line-format FORMAT
unified and context   -p show the function  -F RE show the last line that matches  --label LABEL
two columns -W NUM  --left-column  --suppress-common-lines
overlooks   -i case  -w all blanks  -b how many blanks  -Z blanks at the end  -E tabs  -B blank lines  -I RE lines
            --strip-trailing-cr
files       -r  -N absent files are empty  -x GLOB  -X FILE  -S FILE  --no-dereference  --from-file  --to-file
others      -a all files are text  -t expand tabs  -T align tabs  --tabsize NUM  --color[=always|never|auto]  -d

The status is 0 if there is no difference, 1 if there is one, and 2 if there was trouble.";

fn main() {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let name = if arguments.is_empty() { OsString::new() } else { arguments.remove(0) };
    let arguments: Vec<Vec<u8>> = arguments.into_iter().map(OsString::into_encoded_bytes).collect();
    if Path::new(&name).file_name().is_some_and(|name| name == "cmp") {
        exit(cmp::run(arguments));
    }
    exit(match options::read(arguments) {
        Ok(settings) => diff(settings),
        Err(stop) => refuse(stop),
    });
}

fn refuse(stop: Stop) -> i32 {
    match stop {
        Stop::Help => {
            println!("{HELP}");
            return 0;
        }
        Stop::Version => {
            println!("diff (pagebox) 3.8");
            return 0;
        }
        Stop::Message(text) => eprintln!("diff: {text}"),
        Stop::Usage(text) => {
            eprintln!("diff: {text}");
            eprintln!("diff: Try 'diff --help' for more information.");
        }
    }
    TROUBLE
}

fn diff(mut settings: Settings) -> i32 {
    let operands = std::mem::take(&mut settings.operands);
    let (from, to) = (settings.from_file.take(), settings.to_file.take());
    let pairs: Vec<(Vec<u8>, Vec<u8>)> = match (from, to) {
        (Some(from), _) => operands.into_iter().map(|to| (from.clone(), to)).collect(),
        (_, Some(to)) => operands.into_iter().map(|from| (from, to.clone())).collect(),
        _ => match &operands[..] {
            [left, right] => vec![(left.clone(), right.clone())],
            [] => return refuse(Stop::Usage("missing operand after 'diff'".into())),
            [only] => {
                let only = String::from_utf8_lossy(only);
                return refuse(Stop::Usage(format!("missing operand after '{only}'")));
            }
            [_, _, extra, ..] => {
                let extra = String::from_utf8_lossy(extra);
                return refuse(Stop::Usage(format!("extra operand '{extra}'")));
            }
        },
    };
    let mut comparison = Comparison::new(settings);
    pairs.iter().map(|(left, right)| comparison.operands(left, right)).max().unwrap_or(0)
}
