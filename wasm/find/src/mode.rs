//! Modes: as numbers, as `u+x,go=r`, and as `ls` writes them.

/// A mode as `-perm` takes it, or None.
pub fn parse(text: &[u8]) -> Option<u32> {
    if !text.is_empty() && text.iter().all(|byte| (b'0'..=b'7').contains(byte)) {
        return text.iter().try_fold(0_u32, |sum, byte| {
            let sum = sum * 8 + u32::from(byte - b'0');
            (sum <= 0o7777).then_some(sum)
        });
    }
    let mut mode = 0;
    for clause in text.split(|&byte| byte == b',') {
        mode = apply(clause, mode)?;
    }
    Some(mode)
}

fn apply(clause: &[u8], mut mode: u32) -> Option<u32> {
    let end = clause.iter().position(|byte| b"+-=".contains(byte))?;
    let mut who = 0;
    for letter in &clause[..end] {
        who |= match letter {
            b'u' => 0o4700,
            b'g' => 0o2070,
            b'o' => 0o1007,
            b'a' => 0o7777,
            _ => return None,
        };
    }
    let who = if who == 0 { 0o7777 } else { who };
    let mut rest = &clause[end..];
    while let Some((&operator, after)) = rest.split_first() {
        let length = after.iter().position(|byte| b"+-=".contains(byte)).unwrap_or(after.len());
        let bits = bits(&after[..length], mode)? & who;
        mode = match operator {
            b'+' => mode | bits,
            b'-' => mode & !bits,
            b'=' => mode & !(who & 0o7777) | bits,
            _ => return None,
        };
        rest = &after[length..];
    }
    Some(mode)
}

fn bits(letters: &[u8], mode: u32) -> Option<u32> {
    let copied = |shift: u32| (mode >> shift & 7) * 0o111;
    letters.iter().try_fold(0, |sum, letter| {
        Some(sum | match letter {
            b'r' => 0o444,
            b'w' => 0o222,
            b'x' => 0o111,
            b'X' if mode & 0o111 != 0 => 0o111,
            b'X' => 0,
            b's' => 0o6000,
            b't' => 0o1000,
            b'u' => copied(6),
            b'g' => copied(3),
            b'o' => copied(0),
            _ => return None,
        })
    })
}

/// A type and a mode as `ls -l` writes them.
pub fn text(letter: u8, mode: u32) -> String {
    let mut out = String::from(if letter == b'f' { '-' } else { letter as char });
    for (shift, special, mark) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift & 7;
        out.push(if bits & 4 != 0 { 'r' } else { '-' });
        out.push(if bits & 2 != 0 { 'w' } else { '-' });
        out.push(match (mode & special != 0, bits & 1 != 0) {
            (true, true) => mark,
            (true, false) => mark.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    out
}
