//! Escapes of GNU's in patterns, replacements and texts: `\t`, `\x41`, `\d065`, `\o101`, `\cX`.

/// Where a text stands, which decides what must be kept from being special.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Pattern,
    Replacement,
    Text,
}

/// Replaces the escapes that stand for a character. The error is sed's message.
pub fn replaced(text: &[u8], place: Place) -> Result<Vec<u8>, &'static str> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'\\' || at + 1 == text.len() {
            out.push(text[at]);
            at += 1;
            continue;
        }
        let rest = &text[at + 1..];
        let Some((byte, length)) = meaning(rest, place)? else {
            out.extend_from_slice(&text[at..at + 2]);
            at += 2;
            continue;
        };
        if is_numeric(rest[0]) && is_special(byte, place) {
            out.push(b'\\');
        }
        if byte == b'\n' && is_numeric(rest[0]) && place == Place::Replacement {
            out.push(b'\\');
        }
        out.push(byte);
        at += 1 + length;
    }
    Ok(out)
}

fn is_numeric(letter: u8) -> bool {
    matches!(letter, b'x' | b'd' | b'o')
}

fn is_special(byte: u8, place: Place) -> bool {
    match place {
        Place::Pattern => byte == b'\\',
        Place::Replacement => b"&\\".contains(&byte),
        Place::Text => byte == b'\\',
    }
}

/// The byte an escape means, and how many bytes after the backslash it takes.
fn meaning(rest: &[u8], place: Place) -> Result<Option<(u8, usize)>, &'static str> {
    let plain = |byte| Ok(Some((byte, 1)));
    match rest[0] {
        b'a' => plain(7),
        b'f' => plain(12),
        b'n' if place == Place::Text => Ok(None),
        b'r' => plain(13),
        b't' => plain(9),
        b'v' => plain(11),
        b'c' => control(rest, place),
        b'd' => Ok(number(rest, 10, 3)),
        b'o' => Ok(number(rest, 8, 3)),
        b'x' => Ok(number(rest, 16, 2)),
        _ => Ok(None),
    }
}

fn control(rest: &[u8], _place: Place) -> Result<Option<(u8, usize)>, &'static str> {
    match rest.get(1) {
        None => Ok(None),
        Some(b'\\') if rest.get(2) == Some(&b'\\') => Ok(Some((b'\\' ^ 0x40, 3))),
        Some(b'\\') => Err("recursive escaping after \\c not allowed"),
        Some(byte) => Ok(Some((byte.to_ascii_uppercase() ^ 0x40, 2))),
    }
}

fn number(rest: &[u8], base: u32, most: usize) -> Option<(u8, usize)> {
    let digits = rest[1..].iter().take(most);
    let count = digits.take_while(|&&byte| (byte as char).is_digit(base)).count();
    if count == 0 {
        return None;
    }
    let value = rest[1..=count].iter().fold(0_u32, |sum, &byte| sum * base + (byte as char).to_digit(base).unwrap_or(0));
    Some(((value & 0xFF) as u8, count + 1))
}
