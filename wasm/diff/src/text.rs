//! Files as lines, and lines as numbers that are equal when the lines are.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{self, Read};

use crate::options::Overlook;

const PEEK: usize = 4096;

/// A name as the standard library wants it.
pub fn path(name: &[u8]) -> &OsStr {
    // SAFETY: on the systems this is built for any bytes are a valid encoding.
    unsafe { OsStr::from_encoded_bytes_unchecked(name) }
}

/// The whole of a file; `-` is standard input.
pub fn read(name: &[u8]) -> io::Result<Vec<u8>> {
    if name != b"-" {
        return std::fs::read(path(name));
    }
    let mut text = Vec::new();
    io::stdin().read_to_end(&mut text)?;
    Ok(text)
}

/// Whether it does not look like text.
pub fn is_binary(text: &[u8]) -> bool {
    text[..text.len().min(PEEK)].contains(&0)
}

/// The lines of a text, each without its end.
pub struct Lines<'a> {
    pub lines: Vec<&'a [u8]>,
    pub lacks_end: bool,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a [u8], strips: bool) -> Lines<'a> {
        let lacks_end = !text.is_empty() && !text.ends_with(b"\n");
        let body = text.strip_suffix(b"\n").unwrap_or(text);
        let mut lines: Vec<&[u8]> = if text.is_empty() { Vec::new() } else { body.split(|&byte| byte == b'\n').collect() };
        if strips {
            lines.iter_mut().for_each(|line| *line = line.strip_suffix(b"\r").unwrap_or(line));
        }
        Lines { lines, lacks_end }
    }

    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether the line is the last one and its end is missing.
    pub fn is_open(&self, number: usize) -> bool {
        self.lacks_end && number + 1 == self.lines.len()
    }
}

/// Gives equal lines equal numbers.
pub fn numbered(left: &Lines<'_>, right: &Lines<'_>, overlook: Overlook) -> (Vec<u32>, Vec<u32>) {
    let mut known: HashMap<Vec<u8>, u32> = HashMap::new();
    let mut number = |lines: &Lines<'_>| -> Vec<u32> {
        let numbers = lines.lines.iter().enumerate().map(|(place, line)| {
            let mut key = normal(line, overlook);
            // A line whose end is missing is another line, unless ends of lines are blanks that do not matter.
            let space_matters = !(overlook.all_space || overlook.space_change || overlook.trailing_space);
            if lines.is_open(place) && space_matters {
                key.push(b'\n');
            }
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            *known.entry(key).or_insert(next)
        });
        numbers.collect()
    };
    let left = number(left);
    (left, number(right))
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 11 | 12 | b'\r')
}

fn normal(line: &[u8], overlook: Overlook) -> Vec<u8> {
    if overlook.nothing() {
        return line.to_vec();
    }
    let mut out = Vec::with_capacity(line.len());
    let mut column = 0;
    for (place, &byte) in line.iter().enumerate() {
        let byte = if overlook.case { byte.to_ascii_lowercase() } else { byte };
        if overlook.all_space && is_blank(byte) {
            continue;
        }
        if overlook.space_change && is_blank(byte) {
            if place == 0 || !is_blank(line[place - 1]) {
                out.push(b' ');
            }
            continue;
        }
        if overlook.tabs && byte == b'\t' {
            let next = (column / 8 + 1) * 8;
            out.resize(out.len() + next - column, b' ');
            column = next;
            continue;
        }
        column += 1;
        out.push(byte);
    }
    if overlook.space_change || overlook.trailing_space {
        while out.last().is_some_and(|&byte| is_blank(byte)) {
            out.pop();
        }
    }
    out
}

/// Whether nothing but blanks is on a line.
pub fn is_empty_line(line: &[u8], overlook: Overlook) -> bool {
    let spaces_vanish = overlook.all_space || overlook.space_change || overlook.trailing_space;
    line.is_empty() || spaces_vanish && line.iter().all(|&byte| is_blank(byte))
}
