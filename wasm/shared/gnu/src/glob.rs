//! File name patterns as glibc's `fnmatch` reads them, in time linear in each.

use crate::regex::decode;

/// How names are compared.
#[derive(Clone, Copy, Default, Debug)]
pub struct Flags {
    /// Upper and lower case are alike.
    pub fold: bool,
    /// A `*`, `?` or set does not match `/`.
    pub pathname: bool,
    /// A period at the start is matched by a period alone.
    pub period: bool,
    /// What stands before a `/` may match alone.
    pub leading_dir: bool,
}

/// Whether `name` matches `pattern`.
pub fn matches(pattern: &[u8], name: &[u8], flags: Flags) -> bool {
    if flags.period && name.starts_with(b".") && !pattern.starts_with(b".") && !pattern.starts_with(b"\\.") {
        return false;
    }
    let (mut p, mut n) = (0, 0);
    let mut again: Option<(usize, usize)> = None;
    loop {
        if p == pattern.len() && (n == name.len() || flags.leading_dir && name[n] == b'/') {
            return true;
        }
        if p < pattern.len() && pattern[p] == b'*' {
            again = Some((p + 1, n));
            p += 1;
            continue;
        }
        if let Some((next_p, next_n)) = one(pattern, p, name, n, flags) {
            (p, n) = (next_p, next_n);
            continue;
        }
        // The last star takes one character more.
        match again {
            Some((after, start)) if start < name.len() && !(flags.pathname && name[start] == b'/') => {
                let next = start + decode(name, start).map_or(1, char::len_utf8);
                again = Some((after, next));
                (p, n) = (after, next);
            }
            _ => return false,
        }
    }
}

fn one(pattern: &[u8], p: usize, name: &[u8], n: usize, flags: Flags) -> Option<(usize, usize)> {
    let wanted = *pattern.get(p)?;
    if n >= name.len() {
        return None;
    }
    let length = decode(name, n).map_or(1, char::len_utf8);
    let is_slash = flags.pathname && name[n] == b'/';
    match wanted {
        b'?' => (!is_slash).then_some((p + 1, n + length)),
        b'[' => match set(pattern, p + 1, name, n, flags) {
            Some((is_in, after)) => (is_in && !is_slash).then_some((after, n + length)),
            None => (name[n] == b'[').then_some((p + 1, n + 1)),
        },
        b'\\' if p + 1 < pattern.len() => same(pattern, p + 1, name, n, flags.fold),
        b'\\' => None,
        _ => same(pattern, p, name, n, flags.fold),
    }
}

fn same(pattern: &[u8], p: usize, name: &[u8], n: usize, fold: bool) -> Option<(usize, usize)> {
    match (decode(pattern, p), decode(name, n)) {
        (Some(a), Some(b)) => {
            let is_same = a == b || fold && lower(a) == lower(b);
            is_same.then_some((p + a.len_utf8(), n + b.len_utf8()))
        }
        _ => (pattern[p] == name[n]).then_some((p + 1, n + 1)),
    }
}

fn lower(character: char) -> char {
    character.to_lowercase().next().unwrap_or(character)
}

/// Whether a set holds the character, and where the set ends; None if it never does.
fn set(pattern: &[u8], from: usize, name: &[u8], n: usize, flags: Flags) -> Option<(bool, usize)> {
    let found = decode(name, n);
    let mut at = from;
    let negated = matches!(pattern.get(at), Some(b'!' | b'^'));
    at += usize::from(negated);
    let mut is_in = false;
    let mut is_first = true;
    while is_first || *pattern.get(at)? != b']' {
        is_first = false;
        if pattern[at..].starts_with(b"[:") {
            let end = pattern[at..].windows(2).position(|window| window == b":]")?;
            let class = &pattern[at + 2..at + end];
            is_in |= found.is_some_and(|one| in_class(class, one, flags.fold));
            at += end + 2;
            continue;
        }
        let low = set_character(pattern, &mut at)?;
        let mut high = low;
        if pattern.get(at) == Some(&b'-') && *pattern.get(at + 1)? != b']' {
            at += 1;
            high = set_character(pattern, &mut at)?;
        }
        is_in |= found.is_some_and(|one| {
            let within = |c: char| low <= c && c <= high;
            within(one) || flags.fold && (within(lower(one)) || one.to_uppercase().any(within))
        });
    }
    Some((is_in != negated, at + 1))
}

fn set_character(pattern: &[u8], at: &mut usize) -> Option<char> {
    if pattern.get(*at) == Some(&b'\\') {
        *at += 1;
    }
    let found = decode(pattern, *at);
    let character = found.unwrap_or(*pattern.get(*at)? as char);
    *at += found.map_or(1, char::len_utf8);
    Some(character)
}

fn in_class(name: &[u8], character: char, fold: bool) -> bool {
    match name {
        b"alpha" => character.is_alphabetic(),
        b"alnum" => character.is_alphanumeric(),
        b"upper" => character.is_uppercase() || fold && character.is_lowercase(),
        b"lower" => character.is_lowercase() || fold && character.is_uppercase(),
        b"digit" => character.is_ascii_digit(),
        b"xdigit" => character.is_ascii_hexdigit(),
        b"space" => character.is_whitespace(),
        b"blank" => character == ' ' || character == '\t',
        b"cntrl" => character.is_control(),
        b"punct" => character.is_ascii_punctuation(),
        b"print" => !character.is_control(),
        b"graph" => !character.is_control() && !character.is_whitespace(),
        _ => false,
    }
}
