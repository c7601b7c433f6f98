//! find as GNU's 4.9 behaves.

mod accounts;
mod clock;
mod entry;
mod expression;
mod mode;
mod output;
mod parse;
mod printf;
mod walk;

use std::ffi::OsString;
use std::process::exit;

use accounts::Accounts;
use parse::Stop;
use printf::Names;

const HELP: &str = "\
Usage: find [-H] [-L] [-P] [path...] [expression]

The default path is the current directory, the default expression -print.
operators   ( EXPR )  ! EXPR  -not EXPR  EXPR -a EXPR  EXPR EXPR  EXPR -o EXPR  EXPR , EXPR
options     -depth -maxdepth N -mindepth N -xdev -daystart -follow -regextype TYPE -ignore_readdir_race
tests       -name GLOB -iname GLOB -path GLOB -ipath GLOB -regex RE -iregex RE -lname GLOB -ilname GLOB
            -type [bcdpfls,] -xtype TYPE -size N[bcwkMG] -empty -links N -inum N -samefile FILE -fstype TYPE
            -mtime N -mmin N -atime N -amin N -ctime N -cmin N -newer FILE -newerXY FILE -used N
            -perm [-/]MODE -user NAME -group NAME -uid N -gid N -nouser -nogroup -readable -writable -executable
            -true -false
actions     -print -print0 -printf FORMAT -ls -fprint FILE -fprint0 FILE -fprintf FILE FORMAT -fls FILE
            -exec COMMAND ; -exec COMMAND {} + -execdir ... -ok COMMAND ; -okdir COMMAND ; -delete -prune -quit";

fn main() {
    let words = std::env::args_os().skip(1).map(OsString::into_encoded_bytes).collect();
    let names = Names { users: Accounts::read("/etc/passwd"), groups: Accounts::read("/etc/group") };
    let status = match parse::read(words, names) {
        Ok(asked) => walk::Walk::new(&asked).run(),
        Err(Stop::Help) => {
            println!("{HELP}");
            0
        }
        Err(Stop::Version) => {
            println!("find (pagebox) 4.9.0");
            0
        }
        Err(Stop::Message(text)) => {
            eprintln!("find: {text}");
            1
        }
    };
    exit(status);
}
