//! The files of a command line, and those below its directories.

use std::fs::{File, Metadata};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd};

use crate::TROUBLE;
use crate::input::{Input, open, path};
use crate::options::{Directories, List};
use crate::search::{Job, Search, Trouble};

const DEEPEST: usize = 400;

/// The run over all files.
pub struct Walk<'a> {
    job: Job<'a>,
    has_selected: bool,
    has_trouble: bool,
    output_file: Option<(u64, u64)>,
    is_done: bool,
    depth: usize,
}

impl<'a> Walk<'a> {
    pub fn new(job: Job<'a>) -> Self {
        let output_file = regular_identity(1);
        Walk { job, has_selected: false, has_trouble: false, output_file, is_done: false, depth: 0 }
    }

    /// Searches everything; gives the exit status.
    pub fn run(mut self) -> i32 {
        let settings = self.job.settings;
        let operands = settings.operands.clone();
        if operands.is_empty() {
            if settings.directories == Directories::Recurse {
                self.directory(b".", true);
            } else {
                self.standard_input();
            }
        }
        for operand in operands {
            if operand == b"-" { self.standard_input() } else { self.file(&operand, true) }
            if self.is_done {
                return 0;
            }
        }
        match (self.is_done, self.has_trouble, self.has_selected) {
            (true, ..) => 0,
            (_, true, _) => TROUBLE,
            (_, _, selected) => i32::from(!selected),
        }
    }

    fn standard_input(&mut self) {
        let name = self.job.settings.label.clone().unwrap_or_else(|| b"(standard input)".to_vec());
        // SAFETY: descriptor 0 is read once, and closed by nobody else.
        let file = unsafe { File::from_raw_fd(0) };
        self.search(file, &name, true);
    }

    fn trouble(&mut self, name: &[u8], text: &str) {
        self.has_trouble = true;
        if !self.job.settings.silent {
            self.job.output.complain(&[name, b": ", text.as_bytes()].concat());
        }
    }

    fn failed(&mut self, name: &[u8], error: &io::Error) {
        let text = match error.kind() {
            io::ErrorKind::OutOfMemory => "memory exhausted".to_string(),
            _ => pagebox_gnu::message::text(error),
        };
        self.trouble(name, &text);
    }

    fn file(&mut self, name: &[u8], is_operand: bool) {
        let settings = self.job.settings;
        let follow = is_operand || settings.follow;
        let found = if follow { std::fs::metadata(path(name)) } else { std::fs::symlink_metadata(path(name)) };
        let facts = match found {
            Ok(facts) => facts,
            Err(error) => return self.failed(name, &error),
        };
        if !follow && facts.file_type().is_symlink() {
            return;
        }
        if facts.is_dir() && settings.directories == Directories::Recurse {
            let last = if is_operand { name } else { last_part(name) };
            if !settings.names.leaves_out_directory(trimmed(last), is_operand) {
                self.directory(name, false);
            }
            return;
        }
        let last = if is_operand { name } else { last_part(name) };
        let is_left_out = match facts.is_dir() {
            true => is_operand && settings.names.leaves_out_directory(trimmed(last), true),
            false => settings.names.leaves_out_file(last, is_operand),
        };
        if is_left_out || facts.is_dir() && settings.directories == Directories::Skip {
            return;
        }
        if is_device(&facts) && settings.skip_devices.unwrap_or(!is_operand) {
            return;
        }
        if facts.is_dir() {
            return self.trouble(name, "Is a directory");
        }
        match open(name) {
            Ok(file) => self.search(file, name, false),
            Err(error) => self.failed(name, &error),
        }
    }

    fn directory(&mut self, name: &[u8], is_implied: bool) {
        if self.depth == DEEPEST {
            return self.trouble(name, "Too many levels of directories");
        }
        let entries = match std::fs::read_dir(path(name)) {
            Ok(entries) => entries,
            Err(error) => return self.failed(name, &error),
        };
        self.depth += 1;
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry.file_name().into_encoded_bytes(),
                Err(error) => {
                    self.failed(name, &error);
                    break;
                }
            };
            let whole = match (is_implied, name.ends_with(b"/")) {
                (true, _) => entry,
                (_, true) => [name, &entry].concat(),
                _ => [name, b"/", &entry].concat(),
            };
            self.file(&whole, false);
            if self.is_done {
                break;
            }
        }
        self.depth -= 1;
    }

    fn search(&mut self, file: File, name: &[u8], is_input: bool) {
        let settings = self.job.settings;
        let reads_all = !settings.quiet && settings.list == List::No && settings.most != Some(1);
        if reads_all && self.output_file.is_some() && regular_identity(file.as_raw_fd()) == self.output_file {
            return self.trouble(name, "input file is also the output");
        }
        let mut search = Search::new(&mut self.job, name, Input::new(file));
        let (count, trouble) = search.run();
        if is_input {
            search.leave_input();
        }
        match trouble {
            Some(Trouble::Read(error)) => self.failed(name, &error),
            Some(Trouble::Match(text)) => {
                self.has_trouble = true;
                self.job.output.complain(&[name, b": ", text.as_bytes()].concat());
            }
            None => {}
        }
        self.report(name, count);
        self.has_selected |= count > 0;
        self.is_done = settings.quiet && count > 0;
    }

    fn report(&mut self, name: &[u8], count: u64) {
        let settings = self.job.settings;
        let colours = &settings.colours;
        if settings.quiet {
            return;
        }
        if settings.count && settings.list == List::No {
            if self.job.with_name {
                colours.coloured(self.job.output, &colours.file, name);
                if settings.null_names {
                    self.job.output.write(b"\0");
                } else {
                    colours.coloured(self.job.output, &colours.separator, b":");
                }
            }
            self.job.output.write(format!("{count}\n").as_bytes());
            self.job.output.end_line();
        }
        let is_listed = match settings.list {
            List::No => false,
            List::Matching => count > 0,
            List::NonMatching => count == 0,
        };
        if is_listed {
            colours.coloured(self.job.output, &colours.file, name);
            self.job.output.write(if settings.null_names { b"\0" } else { b"\n" });
            self.job.output.end_line();
        }
    }
}

fn is_device(facts: &Metadata) -> bool {
    !facts.is_file() && !facts.is_dir() && !facts.file_type().is_symlink()
}

fn last_part(name: &[u8]) -> &[u8] {
    &name[name.iter().rposition(|&byte| byte == b'/').map_or(0, |place| place + 1)..]
}

fn trimmed(mut name: &[u8]) -> &[u8] {
    while name.len() > 1 && name.ends_with(b"/") {
        name = &name[..name.len() - 1];
    }
    name
}

/// Device and inode of a descriptor that is a regular file.
fn regular_identity(fd: i32) -> Option<(u64, u64)> {
    let mut status = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: `status` is written if the call succeeds.
    let status = unsafe {
        if libc::fstat(fd, status.as_mut_ptr()) != 0 {
            return None;
        }
        status.assume_init()
    };
    let is_regular = status.st_mode & libc::S_IFMT == libc::S_IFREG;
    is_regular.then_some((status.st_dev, status.st_ino))
}
