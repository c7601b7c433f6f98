//! `-P`: patterns of Perl's kind, by PCRE2.

use std::ptr::{null, null_mut};

use pcre2_sys as pcre;

use crate::matcher::Wanted;

/// A compiled pattern and room for its matches.
pub struct Perl {
    code: *mut pcre::pcre2_code_8,
    data: *mut pcre::pcre2_match_data_8,
}

const MESSAGE: usize = 256;

fn message(code: i32) -> String {
    let mut text = [0_u8; MESSAGE];
    // SAFETY: the buffer is as long as it says.
    let length = unsafe { pcre::pcre2_get_error_message_8(code, text.as_mut_ptr(), MESSAGE) };
    String::from_utf8_lossy(&text[..usize::try_from(length).unwrap_or(0)]).into_owned()
}

/// Patterns with UTF-8 may be matched against text that is none.
const MATCH_INVALID_UTF: u32 = 0x0400_0000;

impl Perl {
    /// Compiles a pattern. The error is PCRE2's text.
    pub fn new(pattern: &[u8], wanted: Wanted) -> Result<Perl, String> {
        let Wanted { fold, words, lines, .. } = wanted;
        let mut whole = Vec::new();
        whole.extend_from_slice(if lines { b"^(?:" } else if words { b"(?<!\\w)(?:" } else { b"" });
        whole.extend_from_slice(pattern);
        whole.extend_from_slice(if lines { b")$" } else if words { b")(?!\\w)" } else { b"" });
        let fold = if fold { pcre::PCRE2_CASELESS } else { 0 };
        let unicode = if wanted.bytes { 0 } else { pcre::PCRE2_UTF | MATCH_INVALID_UTF };
        let options = pcre::PCRE2_DOLLAR_ENDONLY | unicode | fold;
        let (mut error, mut place) = (0, 0);
        // SAFETY: pointers and lengths are those of `whole`; the results are checked.
        let code = unsafe {
            pcre::pcre2_compile_8(whole.as_ptr(), whole.len(), options, &raw mut error, &raw mut place, null_mut())
        };
        if code.is_null() {
            return Err(message(error));
        }
        // SAFETY: `code` is a compiled pattern.
        let data = unsafe { pcre::pcre2_match_data_create_from_pattern_8(code, null_mut()) };
        Ok(Perl { code, data })
    }

    /// The first match in a line at or after `from`. The error is what grep says after the file's name.
    pub fn find(&self, line: &[u8], from: usize) -> Result<Option<(usize, usize)>, String> {
        let mut from = from;
        loop {
            // SAFETY: the text is as long as it says, and both others were made by `new`.
            let found = unsafe {
                pcre::pcre2_match_8(self.code, line.as_ptr(), line.len(), from, 0, self.data, null_mut())
            };
            match found {
                pcre::PCRE2_ERROR_NOMATCH => return Ok(None),
                pcre::PCRE2_ERROR_MATCHLIMIT => return Err("exceeded PCRE's backtracking limit".into()),
                pcre::PCRE2_ERROR_DEPTHLIMIT => return Err("exceeded PCRE's nested backtracking limit".into()),
                pcre::PCRE2_ERROR_HEAPLIMIT => return Err("exceeded PCRE's heap limit".into()),
                pcre::PCRE2_ERROR_NOMEMORY => return Err("memory exhausted".into()),
                pcre::PCRE2_ERROR_BADUTFOFFSET if from < line.len() => from += 1,
                code if code < 0 => return Err(format!("internal PCRE error: {code}")),
                _ => return Ok(Some(self.span())),
            }
        }
    }

    fn span(&self) -> (usize, usize) {
        // SAFETY: a match has been found, so the vector holds at least one pair.
        let pair = unsafe { std::slice::from_raw_parts(pcre::pcre2_get_ovector_pointer_8(self.data), 2) };
        (pair[0].min(pair[1]), pair[1])
    }
}

impl Drop for Perl {
    fn drop(&mut self) {
        debug_assert!(self.code.cast_const() != null());
        // SAFETY: made by `new` and not used again.
        unsafe {
            pcre::pcre2_match_data_free_8(self.data);
            pcre::pcre2_code_free_8(self.code);
        }
    }
}
