//! The locale: characters of UTF-8, or bytes.

/// Whether the environment asks for the C locale, in which every byte is a character.
pub fn is_bytes() -> bool {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
    locale.is_none_or(|name| name == "C" || name == "POSIX")
}
