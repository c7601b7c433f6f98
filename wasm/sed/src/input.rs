//! The lines of all input files, one after the other.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;

const PIECE: usize = 64 << 10;

/// A name as the standard library wants it.
pub fn path(name: &[u8]) -> &OsStr {
    // SAFETY: on the systems this is built for any bytes are a valid encoding.
    unsafe { OsStr::from_encoded_bytes_unchecked(name) }
}

/// One file, read line by line.
pub struct Lines {
    file: ManuallyDrop<File>,
    owned: bool,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    is_over: bool,
}

impl Lines {
    pub fn new(file: File) -> Lines {
        Lines { file: ManuallyDrop::new(file), owned: true, buffer: vec![0; PIECE], at: 0, filled: 0, is_over: false }
    }

    pub fn standard_input() -> Lines {
        // SAFETY: the descriptor stays open, for nothing drops the file.
        let mut lines = Lines::new(unsafe { File::from_raw_fd(0) });
        lines.owned = false;
        lines
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.at > 0 {
            self.buffer.copy_within(self.at..self.filled, 0);
            self.filled -= self.at;
            self.at = 0;
        }
        if self.filled == self.buffer.len() {
            let more = self.buffer.len();
            self.buffer.try_reserve(more).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
            self.buffer.resize(more * 2, 0);
        }
        loop {
            match self.file.read(&mut self.buffer[self.filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.is_over = true;
                    return Err(error);
                }
                Ok(count) => {
                    self.filled += count;
                    self.is_over = count == 0;
                    return Ok(());
                }
            }
        }
    }

    /// Leaves what was read ahead of standard input to whoever reads it next, if it is a file.
    pub fn give_back(&mut self) {
        let unread = i64::try_from(self.filled - self.at).unwrap_or(0);
        if !self.owned && unread > 0 {
            let _ = self.file.seek(SeekFrom::Current(-unread));
        }
    }

    /// Whether nothing is left.
    pub fn is_at_end(&mut self) -> io::Result<bool> {
        while self.at == self.filled && !self.is_over {
            self.fill()?;
        }
        Ok(self.at == self.filled)
    }

    /// Appends the next line to `out`. Some(whether its end was there), or None at the end.
    pub fn read(&mut self, end: u8, out: &mut Vec<u8>) -> io::Result<Option<bool>> {
        let mut looked = 0;
        loop {
            let fresh = &self.buffer[self.at + looked..self.filled];
            if let Some(place) = memchr::memchr(end, fresh) {
                let stop = self.at + looked + place;
                out.extend_from_slice(&self.buffer[self.at..stop]);
                self.at = stop + 1;
                return Ok(Some(true));
            }
            looked = self.filled - self.at;
            if self.is_over {
                out.extend_from_slice(&self.buffer[self.at..self.filled]);
                self.at = self.filled;
                return Ok((looked > 0).then_some(false));
            }
            self.fill()?;
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if self.owned {
            // SAFETY: dropped once, here.
            unsafe { ManuallyDrop::drop(&mut self.file) }
        }
    }
}

/// The operands that are still to be read.
pub type Names = VecDeque<Vec<u8>>;
