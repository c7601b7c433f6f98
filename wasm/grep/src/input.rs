//! Files read in large pieces of whole lines.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

const PIECE: usize = 96 << 10;
const LARGEST_PIECE: usize = 1 << 20;

/// Opens a file by the bytes of its name.
pub fn open(name: &[u8]) -> io::Result<File> {
    File::open(path(name))
}

/// A name as the standard library wants it.
pub fn path(name: &[u8]) -> &OsStr {
    // SAFETY: on the systems this is built for any bytes are a valid encoding.
    unsafe { OsStr::from_encoded_bytes_unchecked(name) }
}

/// A buffer over a file. What is kept from one piece to the next stands at its start.
pub struct Input {
    file: File,
    pub text: Vec<u8>,
    piece: usize,
    pub is_over: bool,
}

impl Input {
    pub fn new(file: File) -> Input {
        Input { file, text: Vec::new(), piece: PIECE, is_over: false }
    }

    /// The size of the file, 0 if it has none.
    pub fn size(&self) -> u64 {
        self.file.metadata().map_or(0, |facts| facts.len())
    }

    /// Moves the file's offset, if it has one.
    pub fn seek(&mut self, offset: u64) {
        let _ = self.file.seek(SeekFrom::Start(offset));
    }

    /// Drops what stands before `kept` and reads on.
    pub fn advance(&mut self, kept: usize) -> io::Result<()> {
        self.text.drain(..kept);
        let before = self.text.len();
        let wanted = self.piece.max(before);
        self.piece = (self.piece * 2).min(LARGEST_PIECE);
        self.text.try_reserve(wanted).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        let taken = self.file.by_ref().take(wanted as u64);
        let count = read_some(taken, &mut self.text, wanted)?;
        self.is_over = count == 0;
        Ok(())
    }
}

/// Reads once, so that what comes through a pipe is not waited for.
fn read_some(mut from: impl Read, text: &mut Vec<u8>, wanted: usize) -> io::Result<usize> {
    let before = text.len();
    text.resize(before + wanted, 0);
    let done = loop {
        match from.read(&mut text[before..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => break done,
        }
    };
    text.truncate(before + done.as_ref().map_or(0, |&count| count));
    done
}
