//! `--line-format` and its kin: every line of both files, each after a format of the guest's.

use crate::compare::Change;
use crate::options::Settings;
use crate::page::Pair;
use crate::text::Lines;

const WIDEST: usize = 4096;

/// Unchanged lines, old ones and new ones: how they are written, where that was said.
#[derive(Default)]
pub struct Formats(pub [Option<Vec<u8>>; 3]);

/// Writes both files.
pub fn write(pair: &Pair<'_>, changes: &[Change], settings: &Settings, out: &mut Vec<u8>) {
    let [same, old, new] = [0, 1, 2].map(|kind| settings.formats.0[kind].as_deref().unwrap_or(b"%l\n"));
    let mut left = 0;
    for change in changes {
        (left..change.left.0).for_each(|number| line(same, &pair.left, number, out));
        (change.left.0..change.left.1).for_each(|number| line(old, &pair.left, number, out));
        (change.right.0..change.right.1).for_each(|number| line(new, &pair.right, number, out));
        left = change.left.1;
    }
    (left..pair.left.len()).for_each(|number| line(same, &pair.left, number, out));
}

fn line(format: &[u8], lines: &Lines<'_>, number: usize, out: &mut Vec<u8>) {
    let mut at = 0;
    while at < format.len() {
        let rest = &format[at..];
        let length = match rest {
            [b'%', b'%', ..] => {
                out.push(b'%');
                2
            }
            [b'%', letter @ (b'l' | b'L'), ..] => {
                out.extend_from_slice(lines.lines[number]);
                out.extend((*letter == b'L' && !lines.is_open(number)).then_some(b'\n'));
                2
            }
            [b'%', b'c', b'\'', ..] => character(rest, out),
            [b'%', ..] => numbered(rest, number + 1, out),
            _ => 0,
        };
        if length == 0 {
            out.push(rest[0]);
        }
        at += length.max(1);
    }
}

/// `%c'C'` and `%c'\OOO'`; gives its length, 0 if it is neither.
fn character(text: &[u8], out: &mut Vec<u8>) -> usize {
    let Some(length) = text.get(4..).and_then(|rest| rest.iter().position(|&byte| byte == b'\'')) else {
        return 0;
    };
    let byte = match &text[3..4 + length] {
        [byte] if *byte != b'\\' => *byte,
        [b'\\', digits @ ..] if (1..=3).contains(&digits.len()) && digits.iter().all(|digit| (b'0'..=b'7').contains(digit)) => {
            digits.iter().fold(0, |sum: u8, digit| sum.wrapping_mul(8).wrapping_add(digit - b'0'))
        }
        _ => return 0,
    };
    out.push(byte);
    5 + length
}

/// `%[FLAGS][WIDTH][.DIGITS](d|o|x|X)n`, the number of the line; gives its length, 0 if it is something else.
fn numbered(text: &[u8], value: usize, out: &mut Vec<u8>) -> usize {
    let mut at = 1 + text[1..].iter().take_while(|byte| b"-'0".contains(byte)).count();
    let flags = &text[1..at];
    let width = digits(text, &mut at).unwrap_or(0);
    let mut precision = None;
    if text.get(at) == Some(&b'.') {
        at += 1;
        precision = Some(digits(text, &mut at).unwrap_or(0));
    }
    let shown = match text.get(at..at + 2) {
        Some(b"dn") => value.to_string(),
        Some(b"on") => format!("{value:o}"),
        Some(b"xn") => format!("{value:x}"),
        Some(b"Xn") => format!("{value:X}"),
        _ => return 0,
    };
    let is_left = flags.contains(&b'-');
    let fills = flags.contains(&b'0') && !is_left && precision.is_none();
    let least = precision.unwrap_or(if fills { width } else { 0 });
    let shown = format!("{shown:0>least$}");
    let padded = if is_left { format!("{shown:<width$}") } else { format!("{shown:>width$}") };
    out.extend_from_slice(padded.as_bytes());
    at + 2
}

fn digits(text: &[u8], at: &mut usize) -> Option<usize> {
    let count = text[*at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&text[*at..*at + count]).ok()?.parse::<usize>();
    *at += count;
    (count > 0).then(|| number.unwrap_or(WIDEST).min(WIDEST))
}
