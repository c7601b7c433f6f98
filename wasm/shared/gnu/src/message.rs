//! Error messages as glibc words them.

use std::io;

/// The system's text for an error, without Rust's `(os error N)`.
pub fn text(error: &io::Error) -> String {
    let whole = error.to_string();
    match whole.rfind(" (os error ") {
        Some(end) => whole[..end].to_string(),
        None => whole,
    }
}

/// A name in the quotation marks of gnulib's `quote` in a UTF-8 locale.
pub fn quote(name: &[u8]) -> String {
    format!("\u{2018}{}\u{2019}", escape(name))
}

fn escape(name: &[u8]) -> String {
    let mut out = String::new();
    for chunk in name.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                '\r' => out.push_str("\\r"),
                '\\' => out.push_str("\\\\"),
                '\u{2019}' => out.push_str("\\\u{2019}"),
                other if other.is_control() => out.push_str(&format!("\\{:03o}", other as u32)),
                other => out.push(other),
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\{byte:03o}"));
        }
    }
    out
}
