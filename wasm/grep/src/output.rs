//! What grep writes: a buffer in front of standard output, colours, and messages.

use std::fs::File;
use std::io::Write;
use std::os::fd::FromRawFd;
use std::process::exit;

use crate::TROUBLE;

const BUFFER: usize = 64 << 10;

/// Standard output. What cannot be written ends the program.
pub struct Output {
    file: std::mem::ManuallyDrop<File>,
    buffer: Vec<u8>,
    pub by_line: bool,
}

impl Output {
    pub fn new() -> Output {
        // SAFETY: descriptor 1 is not closed by anyone.
        let file = std::mem::ManuallyDrop::new(unsafe { File::from_raw_fd(1) });
        Output { file, buffer: Vec::with_capacity(BUFFER), by_line: false }
    }

    pub fn write(&mut self, bytes: &[u8]) {
        if self.buffer.len() + bytes.len() > BUFFER {
            self.flush();
        }
        if bytes.len() > BUFFER {
            let done = self.file.write_all(bytes);
            self.check(done);
        } else {
            self.buffer.extend_from_slice(bytes);
        }
    }

    pub fn end_line(&mut self) {
        if self.by_line {
            self.flush();
        }
    }

    pub fn flush(&mut self) {
        if !self.buffer.is_empty() {
            let done = self.file.write_all(&self.buffer);
            self.buffer.clear();
            self.check(done);
        }
    }

    fn check(&self, done: std::io::Result<()>) {
        if let Err(error) = done {
            eprintln!("grep: write error: {}", pagebox_gnu::message::text(&error));
            exit(TROUBLE);
        }
    }

    /// A line on standard error, after what has been written so far.
    pub fn complain(&mut self, text: &[u8]) {
        self.flush();
        let line = [b"grep: ", text, b"\n"].concat();
        let _ = std::io::stderr().write_all(&line);
    }
}

/// The colours of `GREP_COLORS`.
#[derive(Clone)]
pub struct Colours {
    pub on: bool,
    pub selected_match: Vec<u8>,
    pub context_match: Vec<u8>,
    pub file: Vec<u8>,
    pub line: Vec<u8>,
    pub byte: Vec<u8>,
    pub separator: Vec<u8>,
    pub selected: Vec<u8>,
    pub context: Vec<u8>,
    pub reversed: bool,
    pub no_erase: bool,
}

impl Colours {
    pub fn none() -> Colours {
        Colours {
            on: false,
            selected_match: b"01;31".to_vec(),
            context_match: b"01;31".to_vec(),
            file: b"35".to_vec(),
            line: b"32".to_vec(),
            byte: b"32".to_vec(),
            separator: b"36".to_vec(),
            selected: Vec::new(),
            context: Vec::new(),
            reversed: false,
            no_erase: false,
        }
    }

    /// Colours on, as the environment wants them.
    pub fn from_environment(output: &mut Output) -> Colours {
        let mut colours = Colours { on: true, ..Colours::none() };
        if let Some(old) = environment("GREP_COLOR").filter(|old| !old.is_empty() && is_numeric(old)) {
            let shown = String::from_utf8_lossy(&old).into_owned();
            let text = format!("warning: GREP_COLOR='{shown}' is deprecated; use GREP_COLORS='mt={shown}'");
            output.complain(text.as_bytes());
            colours.selected_match.clone_from(&old);
            colours.context_match = old;
        }
        for item in environment("GREP_COLORS").unwrap_or_default().split(|&byte| byte == b':') {
            let mut parts = item.splitn(2, |&byte| byte == b'=');
            let name = parts.next().unwrap_or_default();
            if !colours.set(name, parts.next()) {
                break;
            }
        }
        colours
    }

    fn set(&mut self, name: &[u8], value: Option<&[u8]>) -> bool {
        match (name, value) {
            (b"rv", None) => self.reversed = true,
            (b"ne", None) => self.no_erase = true,
            (_, Some(value)) if !is_numeric(value) => return false,
            (name, Some(value)) => {
                let value = value.to_vec();
                match name {
                    b"mt" => {
                        self.selected_match.clone_from(&value);
                        self.context_match = value;
                    }
                    b"ms" => self.selected_match = value,
                    b"mc" => self.context_match = value,
                    b"fn" => self.file = value,
                    b"ln" => self.line = value,
                    b"bn" => self.byte = value,
                    b"se" => self.separator = value,
                    b"sl" => self.selected = value,
                    b"cx" => self.context = value,
                    _ => {}
                }
            }
            _ => {}
        }
        true
    }

    pub fn start(&self, output: &mut Output, colour: &[u8]) {
        if self.on && !colour.is_empty() {
            output.write(b"\x1b[");
            output.write(colour);
            output.write(if self.no_erase { b"m" } else { b"m\x1b[K" });
        }
    }

    pub fn end(&self, output: &mut Output, colour: &[u8]) {
        if self.on && !colour.is_empty() {
            output.write(if self.no_erase { b"\x1b[m" } else { b"\x1b[m\x1b[K" });
        }
    }

    pub fn coloured(&self, output: &mut Output, colour: &[u8], text: &[u8]) {
        self.start(output, colour);
        output.write(text);
        self.end(output, colour);
    }
}

fn environment(name: &str) -> Option<Vec<u8>> {
    std::env::var_os(name).map(std::ffi::OsString::into_encoded_bytes)
}

fn is_numeric(value: &[u8]) -> bool {
    value.iter().all(|byte| byte.is_ascii_digit() || *byte == b';')
}
