//! `l`: a pattern space shown unambiguously.

/// The lines `l` prints, folded to `width` (0: not at all).
pub fn listed(text: &[u8], width: usize, end: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 2);
    let mut column = 0;
    let mut shown = Vec::new();
    for &byte in text {
        shown.clear();
        show(byte, &mut shown);
        if width > 0 && column + shown.len() > width - 1 {
            out.extend_from_slice(&[b'\\', end]);
            column = 0;
        }
        out.extend_from_slice(&shown);
        column += shown.len();
    }
    out.extend_from_slice(&[b'$', end]);
    out
}

fn show(byte: u8, out: &mut Vec<u8>) {
    let letter = match byte {
        b'\\' => b'\\',
        7 => b'a',
        8 => b'b',
        12 => b'f',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        11 => b'v',
        b' '..=b'~' => {
            out.push(byte);
            return;
        }
        _ => {
            out.extend_from_slice(format!("\\{byte:03o}").as_bytes());
            return;
        }
    };
    out.extend_from_slice(&[b'\\', letter]);
}
