//! `--include`, `--exclude` and `--exclude-dir`: which names are looked at.

use pagebox_gnu::glob::{Flags, matches};

/// The patterns for names, in the order in which they were given.
#[derive(Default)]
pub struct Names {
    files: Vec<(Vec<u8>, bool)>,
    directories: Vec<Vec<u8>>,
}

impl Names {
    /// A pattern for files: to be looked at, or to be left out.
    pub fn files(&mut self, pattern: Vec<u8>, include: bool) {
        self.files.push((pattern, include));
    }

    /// A pattern for directories to be left out.
    pub fn directory(&mut self, mut pattern: Vec<u8>) {
        while pattern.len() > 1 && pattern.ends_with(b"/") {
            pattern.pop();
        }
        self.directories.push(pattern);
    }

    /// Whether a file is left out. The last pattern that matches decides, and if none does, the kind of the first.
    pub fn leaves_out_file(&self, name: &[u8], is_operand: bool) -> bool {
        let Some((_, first_includes)) = self.files.first() else {
            return false;
        };
        let decisive = self.files.iter().rev().find(|(pattern, _)| fits(pattern, name, is_operand));
        decisive.map_or(*first_includes, |(_, include)| !include)
    }

    /// Whether a directory is left out.
    pub fn leaves_out_directory(&self, name: &[u8], is_operand: bool) -> bool {
        self.directories.iter().any(|pattern| fits(pattern, name, is_operand))
    }
}

/// An operand may match from any of its parts on, what was found in a directory as a whole.
fn fits(pattern: &[u8], name: &[u8], is_operand: bool) -> bool {
    let flags = Flags::default();
    if matches(pattern, name, flags) {
        return true;
    }
    let starts = (1..name.len()).filter(|&at| name[at - 1] == b'/' && name[at] != b'/');
    is_operand && starts.into_iter().any(|at| matches(pattern, &name[at..], flags))
}
