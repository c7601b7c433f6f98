//! One file that is looked at; what it costs to know is asked for once, and only when wanted.

use std::cell::OnceCell;
use std::ffi::{CString, OsStr};
use std::io;
use std::mem::MaybeUninit;

/// A name as the standard library wants it.
pub fn path(name: &[u8]) -> &OsStr {
    // SAFETY: on the systems this is built for any bytes are a valid encoding.
    unsafe { OsStr::from_encoded_bytes_unchecked(name) }
}

/// What the system says of a file.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    pub mode: u32,
    pub inode: u64,
    pub device: u64,
    pub links: u64,
    pub user: u32,
    pub group: u32,
    pub size: u64,
    /// Of 512 bytes.
    pub blocks: u64,
    pub accessed: (i64, i64),
    pub modified: (i64, i64),
    pub changed: (i64, i64),
}

#[cfg(target_os = "wasi")]
fn times(status: &libc::stat) -> [(i64, i64); 3] {
    [status.st_atim, status.st_mtim, status.st_ctim].map(|time| (time.tv_sec, i64::from(time.tv_nsec)))
}

#[cfg(not(target_os = "wasi"))]
fn times(status: &libc::stat) -> [(i64, i64); 3] {
    [
        (status.st_atime, status.st_atime_nsec),
        (status.st_mtime, status.st_mtime_nsec),
        (status.st_ctime, status.st_ctime_nsec),
    ]
}

/// The facts of a file, of what a link leads to if `follow`.
pub fn facts(name: &[u8], follow: bool) -> io::Result<Facts> {
    let name = CString::new(name)?;
    let mut status = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: `name` ends in NUL, and `status` is read only if it was written.
    let status = unsafe {
        let answer = if follow {
            libc::stat(name.as_ptr(), status.as_mut_ptr())
        } else {
            libc::lstat(name.as_ptr(), status.as_mut_ptr())
        };
        if answer != 0 {
            return Err(io::Error::last_os_error());
        }
        status.assume_init()
    };
    let [accessed, modified, changed] = times(&status);
    Ok(Facts {
        mode: status.st_mode,
        inode: status.st_ino,
        device: status.st_dev,
        links: status.st_nlink as u64,
        user: status.st_uid,
        group: status.st_gid,
        size: status.st_size as u64,
        blocks: status.st_blocks as u64,
        accessed,
        modified,
        changed,
    })
}

/// The letter of a type, as `-type` takes it.
pub fn letter(mode: u32) -> u8 {
    match mode & 0o170_000 {
        0o100_000 => b'f',
        0o040_000 => b'd',
        0o120_000 => b'l',
        0o060_000 => b'b',
        0o020_000 => b'c',
        0o010_000 => b'p',
        0o140_000 => b's',
        _ => b'U',
    }
}

pub struct Entry<'a> {
    pub path: &'a [u8],
    /// The operand it was found below.
    pub start: &'a [u8],
    pub depth: usize,
    pub follows: bool,
    /// The type its folder tells, if it does.
    pub hint: Option<u8>,
    pub found: OnceCell<Option<Facts>>,
}

impl Entry<'_> {
    /// The last part of the path; the whole of an operand that has only one.
    pub fn name(&self) -> &[u8] {
        let mut end = self.path.len();
        while end > 1 && self.path[end - 1] == b'/' {
            end -= 1;
        }
        let path = &self.path[..end];
        match path.iter().rposition(|&byte| byte == b'/') {
            Some(slash) if end > 1 => &path[slash + 1..],
            _ => path,
        }
    }

    /// The folder part of the path.
    pub fn folder(&self) -> &[u8] {
        match self.path.iter().rposition(|&byte| byte == b'/') {
            Some(0) => b"",
            Some(slash) => &self.path[..slash],
            None => b".",
        }
    }

    pub fn facts(&self) -> Option<Facts> {
        *self.found.get_or_init(|| match facts(self.path, self.follows) {
            Ok(facts) => Some(facts),
            Err(_) if self.follows => facts(self.path, false).ok(),
            Err(_) => None,
        })
    }

    /// The letter of its type.
    pub fn kind(&self) -> u8 {
        match self.hint {
            Some(hint) if !(self.follows && hint == b'l') => hint,
            _ => self.facts().map_or(b'U', |facts| letter(facts.mode)),
        }
    }

    /// What a link contains.
    pub fn target(&self) -> Option<Vec<u8>> {
        let target = std::fs::read_link(path(self.path)).ok()?;
        Some(target.into_os_string().into_encoded_bytes())
    }
}
