//! The patterns of a command line as one thing that finds lines and matches.

use pagebox_gnu::regex::{Anchors, Node, Pattern, Place, Purpose, Syntax, literal, parse};

use crate::perl::Perl;

/// How patterns are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Basic,
    Extended,
    Fixed,
    Perl,
}

/// What the options say about matching.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub kind: Kind,
    pub fold: bool,
    pub words: bool,
    pub lines: bool,
    /// What ends a line.
    pub end: u8,
    pub bytes: bool,
}

/// Finds matches.
pub enum Matcher {
    Nothing,
    Automaton(Box<Pattern>),
    Perl(Perl),
}

impl Matcher {
    /// `patterns` are separated by newlines. The error is grep's message.
    pub fn new(patterns: &[Vec<u8>], wanted: Wanted) -> Result<Matcher, String> {
        if wanted.kind == Kind::Perl {
            let [only] = patterns else {
                return Err(match patterns.len() {
                    0 => return Ok(Matcher::Nothing),
                    _ => "the -P option only supports a single pattern".into(),
                });
            };
            return Perl::new(only, wanted).map(Matcher::Perl);
        }
        if patterns.is_empty() {
            return Ok(Matcher::Nothing);
        }
        let (node, groups) = all(patterns, wanted)?;
        let node = match (wanted.lines, wanted.words) {
            (true, _) => node.between(Place::LineStart, Place::LineEnd),
            (_, true) => node.between(Place::NoWordBefore, Place::NoWordAfter),
            _ => node,
        };
        let purpose = Purpose {
            anchors: Anchors { lines: true, texts: true, bytes: wanted.bytes },
            terminator: Some(wanted.end),
            fold: wanted.fold,
            groups: false,
        };
        let pattern = Pattern::new(&node, groups, purpose).map_err(|bad| bad.0.to_string())?;
        Ok(Matcher::Automaton(Box::new(pattern)))
    }

    /// The first line of `text` at or after `from` that matches: its start, and its end without the terminator.
    pub fn line(&mut self, text: &[u8], from: usize, end: u8) -> Result<Option<(usize, usize)>, String> {
        let mut from = from;
        while from < text.len() {
            let (start, stop) = match self {
                Matcher::Nothing => return Ok(None),
                Matcher::Automaton(pattern) => match pattern.somewhere(text, from) {
                    Some(place) => line_at(text, from, place, end),
                    None => return Ok(None),
                },
                Matcher::Perl(_) => line_at(text, from, from, end),
            };
            if start >= text.len() {
                return Ok(None);
            }
            let is_certain = matches!(self, Matcher::Automaton(pattern) if !pattern.is_uncertain());
            if is_certain || self.find(&text[start..stop], 0)?.is_some() {
                return Ok(Some((start, stop)));
            }
            from = stop + 1;
        }
        Ok(None)
    }

    /// The first match in a line at or after `from`.
    pub fn find(&mut self, line: &[u8], from: usize) -> Result<Option<(usize, usize)>, String> {
        match self {
            Matcher::Nothing => Ok(None),
            Matcher::Automaton(pattern) => Ok(pattern.find(line, from)),
            Matcher::Perl(perl) => perl.find(line, from),
        }
    }
}

fn line_at(text: &[u8], from: usize, place: usize, end: u8) -> (usize, usize) {
    let start = memchr::memrchr(end, &text[from..place]).map_or(from, |found| from + found + 1);
    let stop = memchr::memchr(end, &text[place..]).map_or(text.len(), |found| place + found);
    (start, stop)
}

fn all(patterns: &[Vec<u8>], wanted: Wanted) -> Result<(Node, usize), String> {
    let base = if wanted.kind == Kind::Extended { Syntax::EGREP } else { Syntax::GREP };
    let syntax = Syntax { ignore_case: wanted.fold, excluded: Some(wanted.end as char), bytes: wanted.bytes, ..base };
    let mut nodes = Vec::new();
    let mut groups = 0;
    for pattern in patterns {
        if wanted.kind == Kind::Fixed {
            nodes.push(literal(pattern, wanted.fold, wanted.bytes));
            continue;
        }
        if is_bare_class(pattern) {
            return Err("character class syntax is [[:space:]], not [:space:]".into());
        }
        let mut parsed = parse(pattern, syntax).map_err(|bad| bad.0.to_string())?;
        parsed.warnings.iter().for_each(|text| eprintln!("grep: warning: {text}"));
        parsed.node.shift_groups(groups);
        groups += parsed.groups;
        nodes.push(parsed.node);
    }
    let node = if nodes.len() == 1 { nodes.remove(0) } else { Node::Either(nodes) };
    Ok((node, groups))
}

/// `[:alpha:]` outside of a set is a mistake that is told.
fn is_bare_class(pattern: &[u8]) -> bool {
    let mut at = 0;
    while let Some(&byte) = pattern.get(at) {
        match byte {
            b'\\' => at += 2,
            b'[' => {
                let rest = &pattern[at + 1..];
                let Some(end) = set_end(rest) else {
                    return false;
                };
                if end > 2 && rest[0] == b':' && rest[end - 1] == b':' {
                    return true;
                }
                at += end + 2;
            }
            _ => at += 1,
        }
    }
    false
}

fn set_end(rest: &[u8]) -> Option<usize> {
    let mut at = usize::from(rest.first() == Some(&b'^'));
    at += usize::from(rest.get(at) == Some(&b']'));
    while *rest.get(at)? != b']' {
        match (rest[at], rest.get(at + 1)) {
            (b'[', Some(&kind @ (b':' | b'.' | b'='))) => {
                at += 2 + rest[at + 2..].windows(2).position(|window| window == [kind, b']'])? + 2;
            }
            _ => at += 1,
        }
    }
    Some(at)
}
