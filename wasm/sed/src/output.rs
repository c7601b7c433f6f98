//! Where sed writes: standard output, the file being edited, and the files of `w`.

use std::fs::File;
use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;

const BUFFER: usize = 64 << 10;

/// Something that is written to, and whether its last line lacks its end.
pub struct Output {
    file: ManuallyDrop<File>,
    buffer: Vec<u8>,
    pub name: String,
    lacks_end: bool,
    /// What ends a line.
    end: u8,
    pub by_line: bool,
}

/// A write failed; the text names where.
pub struct CannotWrite(pub String);

impl Output {
    /// Descriptor 1 or 2, which stays open.
    pub fn standard(fd: i32, name: &str) -> Output {
        // SAFETY: the descriptor stays open, for nothing drops the file.
        Output::new(unsafe { File::from_raw_fd(fd) }, name)
    }

    pub fn new(file: File, name: &str) -> Output {
        let file = ManuallyDrop::new(file);
        Output { file, buffer: Vec::new(), name: name.into(), lacks_end: false, end: b'\n', by_line: false }
    }

    /// The same, for lines that end in `end`.
    pub fn ending(self, end: u8) -> Output {
        Output { end, ..self }
    }

    /// A line and its end, if it has one.
    pub fn line(&mut self, text: &[u8], end: Option<u8>) -> Result<(), CannotWrite> {
        self.finish_line()?;
        self.raw(text)?;
        match end {
            Some(end) => self.raw(&[end])?,
            None => self.lacks_end = true,
        }
        if self.by_line { self.flush() } else { Ok(()) }
    }

    /// Text that brings its own ends of lines.
    pub fn text(&mut self, text: &[u8]) -> Result<(), CannotWrite> {
        self.finish_line()?;
        self.raw(text)?;
        if self.by_line { self.flush() } else { Ok(()) }
    }

    fn finish_line(&mut self) -> Result<(), CannotWrite> {
        if std::mem::take(&mut self.lacks_end) { self.raw(&[self.end]) } else { Ok(()) }
    }

    fn raw(&mut self, bytes: &[u8]) -> Result<(), CannotWrite> {
        if self.buffer.len() + bytes.len() > BUFFER {
            self.flush()?;
        }
        if bytes.len() > BUFFER {
            return self.checked(|file| file.write_all(bytes));
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    pub fn flush(&mut self) -> Result<(), CannotWrite> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let buffer = std::mem::take(&mut self.buffer);
        let done = self.checked(|file| file.write_all(&buffer));
        self.buffer = buffer;
        self.buffer.clear();
        done
    }

    fn checked(&mut self, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), CannotWrite> {
        write(&mut self.file).map_err(|error| {
            let why = pagebox_gnu::message::text(&error);
            CannotWrite(format!("couldn't flush {}: {why}", self.name))
        })
    }

    /// Ends the use of a file that is not standard output.
    pub fn close(mut self) -> Result<(), CannotWrite> {
        let done = self.flush();
        drop(ManuallyDrop::into_inner(self.file));
        done
    }
}
