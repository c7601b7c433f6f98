//! `-i`: a file is written anew beside the old one and takes its place.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::input::path;
use crate::output::{CannotWrite, Output};
use crate::settings::Settings;

const ATTEMPTS: u32 = 1000;

/// A file being edited.
pub struct Edit {
    pub output: Output,
    target: PathBuf,
    temporary: PathBuf,
}

impl Edit {
    /// Starts to edit an open file. The error is a message, and whether the run must end.
    pub fn new(name: &[u8], file: &File, settings: &Settings) -> Result<Edit, (bool, String)> {
        let shown = String::from_utf8_lossy(name).into_owned();
        let facts = file.metadata().map_err(|error| (true, error.to_string()))?;
        if !facts.is_file() {
            return Err((false, format!("couldn't edit {shown}: not a regular file")));
        }
        let mut target = PathBuf::from(path(name));
        if settings.follow_symlinks {
            target = fs::canonicalize(&target).unwrap_or(target);
        }
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (temporary, made) = create(folder).map_err(|(place, error)| {
            let why = pagebox_gnu::message::text(&error);
            (true, format!("couldn't open temporary file {}: {why}", place.display()))
        })?;
        keep_mode(file, &made);
        let output = Output::new(made, &temporary.to_string_lossy()).ending(settings.end);
        Ok(Edit { output, target, temporary })
    }

    /// Puts the new file into the place of the old one.
    pub fn finish(self, settings: &Settings) -> Result<(), CannotWrite> {
        self.output.close()?;
        let failed = |what: &str, error: &io::Error| {
            CannotWrite(format!("cannot rename {what}: {}", pagebox_gnu::message::text(error)))
        };
        if let Some(suffix) = settings.in_place.as_deref().filter(|suffix| !suffix.is_empty()) {
            let backup = backup_name(&self.target, suffix);
            fs::rename(&self.target, &backup).map_err(|error| failed(&self.target.to_string_lossy(), &error))?;
        }
        fs::rename(&self.temporary, &self.target).map_err(|error| failed(&self.temporary.to_string_lossy(), &error))
    }
}

fn create(folder: &Path) -> Result<(PathBuf, File), (PathBuf, io::Error)> {
    let mut seed = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(1, |passed| passed.subsec_nanos() ^ passed.as_secs() as u32);
    for attempt in 0.. {
        let letters: String = (0..6)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                char::from_digit(seed >> 16 & 31, 32).unwrap_or('0')
            })
            .collect();
        let place = folder.join(format!("sed{letters}"));
        match OpenOptions::new().write(true).create_new(true).open(&place) {
            Ok(file) => return Ok((place, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < ATTEMPTS => {}
            Err(error) => return Err((folder.join("sedXXXXXX"), error)),
        }
    }
    Err((folder.into(), io::ErrorKind::AlreadyExists.into()))
}

fn keep_mode(from: &File, to: &File) {
    use std::os::fd::AsRawFd;
    let mut status = std::mem::MaybeUninit::<libc::stat>::uninit();
    // SAFETY: `status` is read only if the call has written it.
    unsafe {
        if libc::fstat(from.as_raw_fd(), status.as_mut_ptr()) == 0 {
            fchmod(to.as_raw_fd(), status.assume_init().st_mode & 0o7777);
        }
    }
}

unsafe extern "C" {
    fn fchmod(fd: i32, mode: libc::mode_t) -> i32;
}

/// A suffix with `*` is a pattern for the name; with a `/` in it, a place elsewhere.
fn backup_name(target: &Path, suffix: &[u8]) -> PathBuf {
    let base = target.file_name().unwrap_or_default().as_encoded_bytes();
    let name = if suffix.contains(&b'*') {
        suffix.split(|&byte| byte == b'*').collect::<Vec<_>>().join(base)
    } else {
        [base, suffix].concat()
    };
    if name.contains(&b'/') { PathBuf::from(path(&name)) } else { target.with_file_name(path(&name)) }
}
