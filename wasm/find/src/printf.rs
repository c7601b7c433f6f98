//! `-printf`: formats read once, and written for each file; `-ls`.

use crate::accounts::{Accounts, file_system};
use crate::clock;
use crate::entry::{Entry, Facts, facts, letter};
use crate::mode;

/// A part of a format.
#[derive(Clone, Debug)]
pub enum Part {
    Text(Vec<u8>),
    /// The directive, a letter of time for `A B C T`, flags and width and precision.
    Field(u8, u8, Layout),
    /// `\c`: write out what there is, and leave the rest.
    Flush,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Layout {
    left: bool,
    zero: bool,
    plus: bool,
    alternate: bool,
    space: bool,
    width: usize,
    precision: Option<usize>,
}

/// Reads a format; gives it and what find warns of.
pub fn parse(format: &[u8]) -> (Vec<Part>, Vec<String>) {
    let mut reader = Reader { format, at: 0, parts: Vec::new(), text: Vec::new(), warnings: Vec::new() };
    while reader.at < format.len() {
        match format[reader.at] {
            b'\\' if reader.at + 1 < format.len() => {
                if reader.escape() {
                    break;
                }
            }
            b'%' => reader.field(),
            byte => {
                reader.text.push(byte);
                reader.at += 1;
            }
        }
    }
    reader.end_text();
    (reader.parts, reader.warnings)
}

struct Reader<'a> {
    format: &'a [u8],
    at: usize,
    parts: Vec<Part>,
    text: Vec<u8>,
    warnings: Vec<String>,
}

impl Reader<'_> {
    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(Part::Text(std::mem::take(&mut self.text)));
        }
    }

    /// An escape; true for `\c`.
    fn escape(&mut self) -> bool {
        let letter = self.format[self.at + 1];
        self.at += 2;
        let byte = match letter {
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            b'\\' => b'\\',
            b'c' => {
                self.end_text();
                self.parts.push(Part::Flush);
                return true;
            }
            b'0'..=b'7' => {
                let start = self.at - 1;
                let digits = self.format[start..].iter().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
                let number = self.format[start..start + digits].iter().fold(0_u32, |sum, byte| sum * 8 + u32::from(byte - b'0'));
                self.at = start + digits;
                (number & 0xFF) as u8
            }
            other => {
                let shown = String::from_utf8_lossy(&[other]).into_owned();
                self.warnings.push(format!("unrecognized escape `\\{shown}'"));
                self.text.push(b'\\');
                other
            }
        };
        self.text.push(byte);
        false
    }

    fn field(&mut self) {
        let start = self.at;
        self.at += 1;
        let mut layout = Layout::default();
        while let Some(flag) = self.format.get(self.at) {
            match flag {
                b'-' => layout.left = true,
                b'0' => layout.zero = true,
                b'+' => layout.plus = true,
                b'#' => layout.alternate = true,
                b' ' => layout.space = true,
                _ => break,
            }
            self.at += 1;
        }
        layout.width = self.number();
        if self.format.get(self.at) == Some(&b'.') {
            self.at += 1;
            layout.precision = Some(self.number());
        }
        let Some(&letter) = self.format.get(self.at) else {
            self.warnings.push("format string ends in `%'".into());
            self.text.extend_from_slice(&self.format[start..]);
            return;
        };
        self.at += 1;
        if letter == b'%' {
            self.text.push(b'%');
            return;
        }
        let time = if matches!(letter, b'A' | b'B' | b'C' | b'T') { self.format.get(self.at).copied() } else { None };
        let is_known = b"abcdDfFgGhHiklmMnpPsStuUyYZABCT".contains(&letter);
        if !is_known || matches!(letter, b'A' | b'B' | b'C' | b'T') && time.is_none() {
            let shown = String::from_utf8_lossy(&[letter]).into_owned();
            self.warnings.push(format!("unrecognized format directive `%{shown}'"));
            self.text.extend_from_slice(&self.format[start..self.at]);
            return;
        }
        self.at += usize::from(time.is_some());
        self.end_text();
        self.parts.push(Part::Field(letter, time.unwrap_or(0), layout));
    }

    fn number(&mut self) -> usize {
        let mut value: usize = 0;
        while let Some(digit @ b'0'..=b'9') = self.format.get(self.at) {
            value = (value * 10 + usize::from(digit - b'0')).min(1 << 16);
            self.at += 1;
        }
        value
    }
}

/// Names that are looked up once.
pub struct Names {
    pub users: Accounts,
    pub groups: Accounts,
}

/// A file written by a format.
pub fn write(parts: &[Part], entry: &Entry<'_>, names: &Names, out: &mut Vec<u8>) {
    for part in parts {
        match part {
            Part::Text(text) => out.extend_from_slice(text),
            Part::Flush => {}
            Part::Field(letter, time, layout) => lay_out(value(*letter, *time, *layout, entry, names), *letter, *layout, out),
        }
    }
}

fn lay_out(mut value: Vec<u8>, letter: u8, layout: Layout, out: &mut Vec<u8>) {
    let is_number = letter == b'd' || letter == b'm';
    if let Some(precision) = layout.precision {
        if is_number {
            while value.len() < precision {
                value.insert(0, b'0');
            }
        } else {
            value.truncate(precision);
        }
    }
    if layout.plus && letter == b'd' {
        value.insert(0, b'+');
    }
    let fill = layout.width.saturating_sub(value.len());
    let zero = layout.zero && is_number && !layout.left;
    if !layout.left {
        out.extend(std::iter::repeat_n(if zero { b'0' } else { b' ' }, fill));
    }
    out.extend_from_slice(&value);
    if layout.left {
        out.extend(std::iter::repeat_n(b' ', fill));
    }
}

fn value(letter: u8, time: u8, layout: Layout, entry: &Entry<'_>, names: &Names) -> Vec<u8> {
    match letter {
        b'p' => entry.path.to_vec(),
        b'f' => entry.name().to_vec(),
        b'h' => entry.folder().to_vec(),
        b'P' => {
            let rest = &entry.path[entry.start.len().min(entry.path.len())..];
            rest.strip_prefix(b"/").unwrap_or(rest).to_vec()
        }
        b'H' => entry.start.to_vec(),
        b'd' => entry.depth.to_string().into_bytes(),
        b'l' => if entry.kind() == b'l' { entry.target().unwrap_or_default() } else { Vec::new() },
        b'y' => vec![entry.kind()],
        b'Y' => vec![followed_kind(entry)],
        b'F' => file_system(entry.path).into_bytes(),
        b'Z' => Vec::new(),
        _ => match entry.facts() {
            Some(facts) => fact(letter, time, layout, &facts, names).into_bytes(),
            None => Vec::new(),
        },
    }
}

/// The type of what a link leads to: `N` nothing, `L` itself.
fn followed_kind(entry: &Entry<'_>) -> u8 {
    if entry.kind() != b'l' {
        return entry.kind();
    }
    match facts(entry.path, true) {
        Ok(facts) => letter(facts.mode),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => b'N',
        Err(error) if pagebox_gnu::message::text(&error).contains("symbolic link") => b'L',
        Err(_) => b'?',
    }
}

fn fact(directive: u8, time: u8, layout: Layout, facts: &Facts, names: &Names) -> String {
    let named = |name: Option<&str>, number: u32| name.map_or_else(|| number.to_string(), str::to_string);
    match directive {
        b'a' => clock::plain(facts.accessed),
        b'c' => clock::plain(facts.changed),
        b't' => clock::plain(facts.modified),
        b'A' => clock::directive(time, facts.accessed).unwrap_or_default(),
        b'C' | b'B' => clock::directive(time, facts.changed).unwrap_or_default(),
        b'T' => clock::directive(time, facts.modified).unwrap_or_default(),
        b'b' => facts.blocks.to_string(),
        b'k' => facts.blocks.div_ceil(2).to_string(),
        b'D' => facts.device.to_string(),
        b'g' => named(names.groups.name(facts.group), facts.group),
        b'G' => facts.group.to_string(),
        b'i' => facts.inode.to_string(),
        b'm' if layout.alternate => format!("{:#06o}", facts.mode & 0o7777).replace("0o", "0"),
        b'm' => format!("{:o}", facts.mode & 0o7777),
        b'M' => mode::text(letter(facts.mode), facts.mode),
        b'n' => facts.links.to_string(),
        b's' => facts.size.to_string(),
        b'S' => match facts.size {
            0 => "1".into(),
            size => general(facts.blocks as f64 * 512.0 / size as f64),
        },
        b'u' => named(names.users.name(facts.user), facts.user),
        b'U' => facts.user.to_string(),
        _ => String::new(),
    }
}

/// As C's `%g` writes a number.
fn general(value: f64) -> String {
    let digits = 6_i32 - 1 - value.abs().log10().floor() as i32;
    let text = format!("{value:.*}", usize::try_from(digits.max(0)).unwrap_or(0));
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

/// The line `-ls` writes.
pub fn listing(entry: &Entry<'_>, names: &Names, now: i64) -> Vec<u8> {
    let Some(facts) = entry.facts() else {
        return Vec::new();
    };
    let user = names.users.name(facts.user).map_or_else(|| facts.user.to_string(), str::to_string);
    let group = names.groups.name(facts.group).map_or_else(|| facts.group.to_string(), str::to_string);
    let head = format!(
        "{:>9} {:>6} {} {:>3} {user:<8} {group:<8} {:>8} {} ",
        facts.inode,
        facts.blocks.div_ceil(2),
        mode::text(letter(facts.mode), facts.mode),
        facts.links,
        facts.size,
        clock::listed(facts.modified.0, now),
    );
    let mut out = head.into_bytes();
    escaped(entry.path, &mut out);
    if letter(facts.mode) == b'l' {
        out.extend_from_slice(b" -> ");
        escaped(&entry.target().unwrap_or_default(), &mut out);
    }
    out.push(b'\n');
    out
}

fn escaped(name: &[u8], out: &mut Vec<u8>) {
    for &byte in name {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b' ' => out.extend_from_slice(b"\\ "),
            b'"' => out.extend_from_slice(b"\\\""),
            byte if byte < 32 || byte == 127 => out.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
            other => out.push(other),
        }
    }
}
