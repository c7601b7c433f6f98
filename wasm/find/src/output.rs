//! Where find writes.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;

const BUFFER: usize = 32 << 10;

/// A file with a buffer in front of it.
pub struct Sink {
    file: ManuallyDrop<File>,
    buffer: RefCell<Vec<u8>>,
    failure: RefCell<Option<io::Error>>,
    name: String,
}

impl Sink {
    /// Descriptor 1 or 2, which stays open.
    pub fn standard(fd: i32, name: &str) -> Sink {
        // SAFETY: the descriptor stays open, for nothing drops the file.
        Sink::new(unsafe { File::from_raw_fd(fd) }, name)
    }

    pub fn new(file: File, name: &str) -> Sink {
        let file = ManuallyDrop::new(file);
        Sink { file, buffer: RefCell::default(), failure: RefCell::default(), name: name.into() }
    }

    pub fn write(&self, bytes: &[u8]) {
        let mut buffer = self.buffer.borrow_mut();
        buffer.extend_from_slice(bytes);
        if buffer.len() >= BUFFER {
            drop(buffer);
            self.flush();
        }
    }

    pub fn flush(&self) {
        let buffer = std::mem::take(&mut *self.buffer.borrow_mut());
        let mut file: &File = &self.file;
        if let Err(error) = file.write_all(&buffer) {
            self.failure.borrow_mut().get_or_insert(error);
        }
    }

    /// What could not be written, as a message.
    pub fn failure(&self) -> Option<String> {
        self.flush();
        let failure = self.failure.borrow();
        failure.as_ref().map(|error| format!("\u{2018}{}\u{2019}: {}", self.name, pagebox_gnu::message::text(error)))
    }
}
