//! One module, many commands: argv[0] says which one runs.
//!
//! uutils has such a program of its own, which matches the *end* of argv[0] (so that `not-ls` is `ls`) and carries tables
//! we do not need. Here the name must be exact, and nothing is looked up but that name.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::exit;

/// The name under which the commands are listed and the second argument is the command.
const MULTICALL: &str = "coreutils";
const NOT_FOUND: i32 = 127;

macro_rules! commands {
    ($($name:literal => $package:ident,)*) => {
        const NAMES: &[&str] = &[$($name),*];

        /// Runs the command called `name`; `args` starts with argv[0]. `None` if there is no such command.
        fn run(name: &str, args: impl uucore::Args) -> Option<i32> {
            match name {
                $($name => Some($package::uumain(args)),)*
                _ => None,
            }
        }
    };
}

commands! {
    "[" => uu_test,
    "arch" => uu_arch,
    "b2sum" => uu_b2sum,
    "base32" => uu_base32,
    "base64" => uu_base64,
    "basename" => uu_basename,
    "basenc" => uu_basenc,
    "cat" => uu_cat,
    "cksum" => uu_cksum,
    "comm" => uu_comm,
    "cp" => uu_cp,
    "csplit" => uu_csplit,
    "cut" => uu_cut,
    "date" => uu_date,
    "dd" => uu_dd,
    "dir" => uu_dir,
    "dircolors" => uu_dircolors,
    "dirname" => uu_dirname,
    "du" => uu_du,
    "echo" => uu_echo,
    "expand" => uu_expand,
    "expr" => uu_expr,
    "factor" => uu_factor,
    "false" => uu_false,
    "fmt" => uu_fmt,
    "fold" => uu_fold,
    "head" => uu_head,
    "hostid" => uu_hostid,
    "join" => uu_join,
    "link" => uu_link,
    "ln" => uu_ln,
    "ls" => uu_ls,
    "md5sum" => uu_md5sum,
    "mkdir" => uu_mkdir,
    "mktemp" => uu_mktemp,
    "mv" => uu_mv,
    "nice" => uu_nice,
    "nl" => uu_nl,
    "nproc" => uu_nproc,
    "numfmt" => uu_numfmt,
    "od" => uu_od,
    "paste" => uu_paste,
    "pathchk" => uu_pathchk,
    "pr" => uu_pr,
    "printenv" => uu_printenv,
    "printf" => uu_printf,
    "ptx" => uu_ptx,
    "pwd" => uu_pwd,
    "readlink" => uu_readlink,
    "realpath" => uu_realpath,
    "rm" => uu_rm,
    "rmdir" => uu_rmdir,
    "seq" => uu_seq,
    "sha1sum" => uu_sha1sum,
    "sha224sum" => uu_sha224sum,
    "sha256sum" => uu_sha256sum,
    "sha384sum" => uu_sha384sum,
    "sha512sum" => uu_sha512sum,
    "shred" => uu_shred,
    "shuf" => uu_shuf,
    "sleep" => uu_sleep,
    "sort" => uu_sort,
    "split" => uu_split,
    "sum" => uu_sum,
    "tac" => uu_tac,
    "tail" => uu_tail,
    "tee" => uu_tee,
    "test" => uu_test,
    "touch" => uu_touch,
    "tr" => uu_tr,
    "true" => uu_true,
    "truncate" => uu_truncate,
    "tsort" => uu_tsort,
    "tty" => uu_tty,
    "uname" => uu_uname,
    "unexpand" => uu_unexpand,
    "uniq" => uu_uniq,
    "unlink" => uu_unlink,
    "vdir" => uu_vdir,
    "wc" => uu_wc,
    "yes" => uu_yes,
}

fn main() {
    uucore::panic::mute_sigpipe_panic();
    let mut args = uucore::args_os().peekable();
    let called_as = args.peek().map(base_name).unwrap_or_default();
    if called_as != MULTICALL {
        exit(start(&called_as, args));
    }
    args.next();
    match args.peek().map(base_name) {
        None => exit(list()),
        Some(option) if option == "--list" => exit(list()),
        Some(name) => {
            uucore::set_utility_is_second_arg();
            exit(start(&name, args));
        }
    }
}

fn base_name(path: &OsString) -> String {
    let name = Path::new(path).file_name().unwrap_or(path);
    name.to_string_lossy().into_owned()
}

fn start(name: &str, args: impl uucore::Args) -> i32 {
    if let Err(error) = uucore::locale::setup_localization(message_catalogue(name)) {
        eprintln!("{name}: cannot read the messages: {error}");
        return 1;
    }
    run(name, args).unwrap_or_else(|| {
        eprintln!("{MULTICALL}: {name}: no such command (try {MULTICALL} --list)");
        NOT_FOUND
    })
}

/// Some commands speak through the messages of another one.
fn message_catalogue(name: &str) -> &str {
    match name {
        "[" => "test",
        "dir" | "vdir" => "ls",
        other => other,
    }
}

fn list() -> i32 {
    let mut out = std::io::stdout().lock();
    for name in NAMES {
        if writeln!(out, "{name}").is_err() {
            return 1;
        }
    }
    0
}
