//! Sets of characters: the named classes of POSIX as glibc fills them, and case folding.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

/// A set of single ranges.
pub fn ranges(pairs: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(pairs.iter().map(|&(low, high)| ClassUnicodeRange::new(low, high)))
}

/// What Perl's notation (`\p{...}` and the like) means.
fn perl(notation: &str) -> ClassUnicode {
    let hir = regex_syntax::Parser::new().parse(notation);
    match hir.map(regex_syntax::hir::Hir::into_kind) {
        Ok(HirKind::Class(Class::Unicode(class))) => class,
        _ => ClassUnicode::empty(),
    }
}

/// The class `[:name:]`, or None if there is no such class. Folded, upper and lower case are one.
pub fn named(name: &[u8], fold: bool) -> Option<ClassUnicode> {
    Some(match name {
        b"upper" | b"lower" if fold => perl(r"[\p{Uppercase}\p{Lowercase}\p{Lt}]"),
        b"alpha" => perl(r"[\p{Alphabetic}[\p{Nd}--0-9]]"),
        b"alnum" => perl(r"[\p{Alphabetic}\p{Nd}]"),
        b"upper" => perl(r"[\p{Uppercase}\p{Lt}]"),
        b"lower" => perl(r"[\p{Lowercase}\p{Lt}]"),
        b"digit" => ranges(&[('0', '9')]),
        b"xdigit" => ranges(&[('0', '9'), ('a', 'f'), ('A', 'F')]),
        b"space" => perl(r"[\s--\u{85}\u{A0}\u{2007}\u{202F}]"),
        b"blank" => perl(r"[\t[\p{Zs}--\u{A0}\u{2007}\u{202F}]]"),
        b"cntrl" => perl(r"[\p{Cc}\u{2028}\u{2029}]"),
        b"print" => perl(r"[^\p{Cc}\p{Cn}\p{Cs}\u{2028}\u{2029}]"),
        b"graph" => perl(r"[^\p{Cc}\p{Cn}\p{Cs}\p{Z}]"),
        b"punct" => perl(r"[^\p{Cc}\p{Cn}\p{Cs}\p{Z}\p{Alphabetic}\p{Nd}]"),
        _ => return None,
    })
}

/// The characters of words: letters, digits and `_`.
pub fn word() -> ClassUnicode {
    perl(r"[\p{Alphabetic}\p{Nd}_]")
}

/// Whether a character is one of a word.
pub fn is_word(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

/// A set with both cases of each of its letters.
pub fn folded(mut class: ClassUnicode) -> ClassUnicode {
    class.case_fold_simple();
    class
}
