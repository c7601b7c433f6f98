//! What GNU's text tools have in common: how they read options, say what went wrong, quote names and match patterns.
//!
//! The behaviour is that of glibc and gnulib in the C.UTF-8 locale, which is the sandbox's.

pub mod getopt;
pub mod glob;
pub mod locale;
pub mod message;
pub mod process;
pub mod regex;
