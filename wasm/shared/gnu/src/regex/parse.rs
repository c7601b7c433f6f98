//! Reads POSIX patterns with GNU's additions, as glibc's compiler does, errors included.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::ast::{Node, Place};
use super::class;

const MOST_REPEATS: u32 = 32767;
const DEEPEST: usize = 200;

/// How a pattern is written.
#[derive(Clone, Copy, Debug)]
pub struct Syntax {
    /// `( ) { } | + ?` are special without a backslash.
    pub extended: bool,
    /// A repetition of nothing is an error.
    pub strict_repeats: bool,
    /// An interval that is none stands for itself.
    pub lax_intervals: bool,
    /// A `)` without its partner stands for itself.
    pub lax_closing: bool,
    /// `\{` is no interval (Emacs).
    pub no_intervals: bool,
    /// `+` and `?` are special in a basic pattern, `\+` and `\?` are not (Emacs).
    pub plain_plus: bool,
    /// Only what POSIX has: no `\+`, `\|`, `\w` and the like.
    pub no_additions: bool,
    pub ignore_case: bool,
    /// A character that neither `.` nor a negated set matches.
    pub excluded: Option<char>,
    /// Every byte is a character, those above 127 none that has a name.
    pub bytes: bool,
}

impl Syntax {
    /// grep's basic patterns.
    pub const GREP: Syntax = Syntax {
        extended: false,
        strict_repeats: false,
        lax_intervals: false,
        lax_closing: false,
        no_intervals: false,
        plain_plus: false,
        no_additions: false,
        ignore_case: false,
        excluded: Some('\n'),
        bytes: false,
    };
    /// grep's extended patterns.
    pub const EGREP: Syntax = Syntax { extended: true, lax_intervals: true, lax_closing: true, ..Syntax::GREP };
    /// POSIX's basic patterns, which sed has.
    pub const BASIC: Syntax = Syntax { strict_repeats: true, excluded: None, ..Syntax::GREP };
    /// POSIX's extended patterns.
    pub const EXTENDED: Syntax = Syntax { extended: true, ..Syntax::BASIC };
}

/// A pattern cannot be read; the text is glibc's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadPattern(pub &'static str);

const BAD_REPEAT: BadPattern = BadPattern("Invalid preceding regular expression");
const BAD_INTERVAL: BadPattern = BadPattern("Invalid content of \\{\\}");
const OPEN_INTERVAL: BadPattern = BadPattern("Unmatched \\{");
const OPEN_GROUP: BadPattern = BadPattern("Unmatched ( or \\(");
const CLOSED_GROUP: BadPattern = BadPattern("Unmatched ) or \\)");
const OPEN_BRACKET: BadPattern = BadPattern("Unmatched [, [^, [:, [., or [=");
const BAD_REFERENCE: BadPattern = BadPattern("Invalid back reference");
const TRAILING: BadPattern = BadPattern("Trailing backslash");
const TOO_BIG: BadPattern = BadPattern("Regular expression too big");
const BAD_CLASS: BadPattern = BadPattern("Invalid character class name");
const BAD_COLLATION: BadPattern = BadPattern("Invalid collation character");
const BAD_RANGE: BadPattern = BadPattern("Invalid range end");
const BAD_PATTERN: BadPattern = BadPattern("Invalid regular expression");

/// A pattern that has been read.
#[derive(Debug)]
pub struct Parsed {
    pub node: Node,
    /// How many groups it has.
    pub groups: usize,
    /// What grep warns of.
    pub warnings: Vec<&'static str>,
}

/// Reads a pattern.
pub fn parse(pattern: &[u8], syntax: Syntax) -> Result<Parsed, BadPattern> {
    let (closed, warnings) = (Vec::new(), Vec::new());
    let mut parser = Parser { text: pattern, at: 0, syntax, groups: 0, closed, depth: 0, warnings };
    let node = parser.alternatives()?;
    if parser.at < pattern.len() {
        return Err(CLOSED_GROUP);
    }
    Ok(Parsed { node, groups: parser.groups, warnings: parser.warnings })
}

/// The pattern that matches `text` itself.
pub fn literal(text: &[u8], fold: bool, bytes: bool) -> Node {
    let mut parts = Vec::new();
    if bytes {
        text.iter().for_each(|&byte| push(&mut parts, one_byte(byte, fold)));
        return concat(parts);
    }
    for chunk in text.utf8_chunks() {
        chunk.valid().chars().for_each(|character| push(&mut parts, one_character(character, fold)));
        if !chunk.invalid().is_empty() {
            push(&mut parts, Node::Bytes(chunk.invalid().to_vec()));
        }
    }
    concat(parts)
}

fn one_byte(byte: u8, fold: bool) -> Node {
    let (low, high) = (byte.to_ascii_lowercase() as char, byte.to_ascii_uppercase() as char);
    if fold && low != high {
        return Node::Class(class::ranges(&[(low, low), (high, high)]));
    }
    Node::Bytes(vec![byte])
}

fn one_character(character: char, fold: bool) -> Node {
    if fold {
        let class = class::folded(class::ranges(&[(character, character)]));
        if class.ranges().len() > 1 || class.ranges()[0].len() > 1 {
            return Node::Class(class);
        }
    }
    Node::Bytes(character.to_string().into_bytes())
}

/// Adds a part; neighbouring bytes become one.
fn push(parts: &mut Vec<Node>, part: Node) {
    match (parts.last_mut(), part) {
        (Some(Node::Bytes(before)), Node::Bytes(more)) => before.extend(more),
        (_, Node::Empty) => {}
        (_, part) => parts.push(part),
    }
}

fn concat(mut parts: Vec<Node>) -> Node {
    match parts.len() {
        0 => Node::Empty,
        1 => parts.remove(0),
        _ => Node::Concat(parts),
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Token {
    End,
    Character(char),
    Byte(u8),
    Any,
    Bracket,
    Open,
    Close,
    Or,
    Star,
    Plus,
    Question,
    OpenInterval,
    Place(Place),
    Same(usize),
    Word(bool),
    Space(bool),
    Trailing,
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    syntax: Syntax,
    groups: usize,
    closed: Vec<usize>,
    depth: usize,
    warnings: Vec<&'static str>,
}

impl Parser<'_> {
    fn alternatives(&mut self) -> Result<Node, BadPattern> {
        let mut branches = vec![self.branch()?];
        while self.peek(false).0 == Token::Or {
            self.at += self.peek(false).1;
            branches.push(self.branch()?);
        }
        Ok(if branches.len() == 1 { branches.remove(0) } else { Node::Either(branches) })
    }

    fn branch(&mut self) -> Result<Node, BadPattern> {
        let mut parts = Vec::new();
        let mut is_start = true;
        loop {
            let (token, length) = self.peek(is_start);
            match token {
                Token::End | Token::Or => break,
                Token::Close if self.depth > 0 => break,
                Token::Close if !self.syntax.lax_closing => return Err(CLOSED_GROUP),
                _ => {}
            }
            self.at += length;
            let atom = self.atom(token, is_start)?;
            is_start = matches!(token, Token::Place(_));
            let Some(atom) = atom else {
                is_start = true;
                continue;
            };
            let whole = if is_start { atom } else { self.repeated(atom)? };
            push_part(&mut parts, whole);
        }
        Ok(concat(parts))
    }

    /// What a token that has been taken stands for; None for a repetition of nothing that is left out.
    fn atom(&mut self, token: Token, is_start: bool) -> Result<Option<Node>, BadPattern> {
        let fold = self.syntax.ignore_case;
        Ok(Some(match token {
            Token::Character(character) if self.syntax.bytes => one_byte(character as u8, fold),
            Token::Character(character) => one_character(character, fold),
            Token::Byte(byte) => Node::Bytes(vec![byte]),
            Token::Any => Node::Class(self.without_excluded(self.every())),
            Token::Bracket => self.bracket()?,
            Token::Open => self.group()?,
            Token::Close => Node::Bytes(b")".to_vec()),
            Token::Place(place) => Node::Place(place),
            Token::Same(number) => self.reference(number)?,
            Token::Word(is_in) => Node::Class(self.maybe_negated(self.ascii_only(class::word()), !is_in)),
            Token::Space(is_in) => {
                let space = class::named(b"space", false).unwrap_or_else(ClassUnicode::empty);
                Node::Class(self.maybe_negated(self.ascii_only(space), !is_in))
            }
            Token::Trailing => return Err(TRAILING),
            Token::Star | Token::Plus | Token::Question | Token::OpenInterval => {
                debug_assert!(is_start);
                return self.misplaced_repeat(token);
            }
            Token::End | Token::Or => Node::Empty,
        }))
    }

    /// A repetition with nothing before it.
    fn misplaced_repeat(&mut self, token: Token) -> Result<Option<Node>, BadPattern> {
        let is_interval = token == Token::OpenInterval;
        if self.syntax.strict_repeats && (is_interval || self.syntax.extended) {
            return Err(BAD_REPEAT);
        }
        if self.syntax.extended {
            if is_interval {
                self.interval()?;
            }
            self.warnings.push(match token {
                Token::Star => "* at start of expression",
                Token::Plus => "+ at start of expression",
                Token::Question => "? at start of expression",
                _ => "{...} at start of expression",
            });
            return Ok(None);
        }
        let literal = match token {
            Token::Star => "*",
            Token::Plus => "+",
            Token::Question => "?",
            _ => "{",
        };
        Ok(Some(Node::Bytes(literal.as_bytes().to_vec())))
    }

    /// Only ASCII has names where bytes are characters.
    fn ascii_only(&self, mut class: ClassUnicode) -> ClassUnicode {
        if self.syntax.bytes {
            class.intersect(&class::ranges(&[('\0', '\u{7F}')]));
        }
        class
    }

    fn every(&self) -> ClassUnicode {
        class::ranges(&[('\0', if self.syntax.bytes { '\u{FF}' } else { char::MAX })])
    }

    fn maybe_negated(&self, mut class: ClassUnicode, negate: bool) -> ClassUnicode {
        if negate {
            class.negate();
            class.intersect(&self.every());
        }
        self.without_excluded(class)
    }

    fn without_excluded(&self, mut class: ClassUnicode) -> ClassUnicode {
        if let Some(character) = self.syntax.excluded {
            class.difference(&class::ranges(&[(character, character)]));
        }
        class
    }

    fn reference(&self, number: usize) -> Result<Node, BadPattern> {
        if self.closed.contains(&number) { Ok(Node::Same(number)) } else { Err(BAD_REFERENCE) }
    }

    fn group(&mut self) -> Result<Node, BadPattern> {
        if self.depth == DEEPEST {
            return Err(TOO_BIG);
        }
        self.groups += 1;
        self.depth += 1;
        let number = self.groups;
        let inner = self.alternatives()?;
        let (token, length) = self.peek(false);
        if token != Token::Close {
            return Err(OPEN_GROUP);
        }
        self.at += length;
        self.depth -= 1;
        self.closed.push(number);
        Ok(Node::Group(number, Box::new(inner)))
    }

    fn repeated(&mut self, mut atom: Node) -> Result<Node, BadPattern> {
        let mut times = 0;
        loop {
            let (token, length) = self.peek(false);
            let before = self.at;
            self.at += length;
            let (least, most) = match token {
                Token::Star => (0, None),
                Token::Plus => (1, None),
                Token::Question => (0, Some(1)),
                Token::OpenInterval => match self.interval()? {
                    Some(counts) => counts,
                    None => {
                        self.at = before;
                        return Ok(atom);
                    }
                },
                _ => {
                    self.at = before;
                    return Ok(atom);
                }
            };
            let basic = !self.syntax.extended;
            if times > 0 && basic && self.syntax.strict_repeats && matches!(token, Token::Star | Token::OpenInterval) {
                return Err(BAD_REPEAT);
            }
            times += 1;
            if times > DEEPEST {
                return Err(TOO_BIG);
            }
            atom = split_last(atom, least, most);
        }
    }

    /// The counts of an interval whose brace has been read; None if it is none and stands for itself.
    fn interval(&mut self) -> Result<Option<(u32, Option<u32>)>, BadPattern> {
        let least = self.count();
        let is_comma = self.text.get(self.at) == Some(&b',');
        let (least, most) = match (least, is_comma) {
            (Count::None, false) if self.at_interval_end().is_some() => return Err(BAD_INTERVAL),
            (Count::Bad, _) | (Count::None, false) => return self.no_interval(),
            (least, true) => {
                self.at += 1;
                let least = if let Count::Is(number) = least { number } else { 0 };
                match self.count() {
                    Count::Bad => return self.no_interval(),
                    Count::None => (least, None),
                    Count::Is(most) => (least, Some(most)),
                }
            }
            (Count::Is(number), false) => (number, Some(number)),
        };
        let Some(length) = self.at_interval_end() else {
            let is_over = self.at >= self.text.len();
            return if is_over { self.no_interval() } else { Err(BAD_INTERVAL) };
        };
        if most.is_some_and(|most| least > most) {
            return Err(BAD_INTERVAL);
        }
        if most.unwrap_or(least) > MOST_REPEATS {
            return Err(TOO_BIG);
        }
        self.at += length;
        Ok(Some((least, most)))
    }

    fn no_interval<T>(&self) -> Result<Option<T>, BadPattern> {
        if self.syntax.lax_intervals {
            return Ok(None);
        }
        Err(if self.has_interval_end() { BAD_INTERVAL } else { OPEN_INTERVAL })
    }

    fn has_interval_end(&self) -> bool {
        let end: &[u8] = if self.syntax.extended { b"}" } else { b"\\}" };
        self.text[self.at.min(self.text.len())..].windows(end.len()).any(|window| window == end)
    }

    fn at_interval_end(&self) -> Option<usize> {
        let end: &[u8] = if self.syntax.extended { b"}" } else { b"\\}" };
        self.text[self.at..].starts_with(end).then_some(end.len())
    }

    fn count(&mut self) -> Count {
        let start = self.at;
        let mut number: u32 = 0;
        let mut is_bad = false;
        while let Some(&byte) = self.text.get(self.at) {
            if byte == b',' || self.at_interval_end().is_some() {
                break;
            }
            is_bad |= !byte.is_ascii_digit();
            if !is_bad {
                number = (number * 10 + u32::from(byte - b'0')).min(MOST_REPEATS + 1);
            }
            self.at += 1;
        }
        if is_bad || self.at >= self.text.len() {
            Count::Bad
        } else if self.at == start {
            Count::None
        } else {
            Count::Is(number)
        }
    }

    /// The next token and its length. `is_start`: nothing stands before it that could be repeated.
    fn peek(&self, is_start: bool) -> (Token, usize) {
        let rest = &self.text[self.at..];
        let Some(&byte) = rest.first() else {
            return (Token::End, 0);
        };
        let extended = self.syntax.extended;
        let repeat = |token: Token| if is_start && !extended { Token::Character(byte as char) } else { token };
        let token = match byte {
            b'\\' => return self.escaped(rest, is_start),
            b'[' => Token::Bracket,
            b'.' => Token::Any,
            b'*' => repeat(Token::Star),
            b'+' if extended || self.syntax.plain_plus => repeat(Token::Plus),
            b'?' if extended || self.syntax.plain_plus => repeat(Token::Question),
            b'(' if extended => Token::Open,
            b')' if extended => Token::Close,
            b'|' if extended => Token::Or,
            b'{' if extended => self.brace(is_start),
            b'^' if self.is_caret_anchor(is_start) => Token::Place(Place::LineStart),
            b'$' if self.is_dollar_anchor(rest) => Token::Place(Place::LineEnd),
            _ => return self.character(rest),
        };
        (token, 1)
    }

    /// An extended pattern's brace, which may be no interval.
    fn brace(&self, _is_start: bool) -> Token {
        if !self.syntax.lax_intervals {
            return Token::OpenInterval;
        }
        let mut ahead = Parser { closed: Vec::new(), warnings: Vec::new(), at: self.at + 1, ..*self };
        match ahead.interval() {
            Ok(None) => Token::Character('{'),
            _ => Token::OpenInterval,
        }
    }

    fn is_caret_anchor(&self, is_start: bool) -> bool {
        if self.syntax.extended {
            return true;
        }
        let before = &self.text[..self.at];
        let opened: [&[u8]; 3] = [b"\\(", b"\\|", b"\n"];
        is_start && (before.is_empty() || opened.iter().any(|one| before.ends_with(one)))
    }

    fn is_dollar_anchor(&self, rest: &[u8]) -> bool {
        let closing: [&[u8]; 2] = [b"\\)", b"\\|"];
        self.syntax.extended || rest.len() == 1 || closing.iter().any(|one| rest[1..].starts_with(one))
    }

    fn escaped(&self, rest: &[u8], is_start: bool) -> (Token, usize) {
        let extended = self.syntax.extended;
        let Some(&byte) = rest.get(1) else {
            return (Token::Trailing, 1);
        };
        let gnu_plus = !extended && !self.syntax.plain_plus;
        let repeat = |token: Token| if is_start { Token::Character(byte as char) } else { token };
        let is_addition = !matches!(byte, b'(' | b')' | b'{' | b'1'..=b'9');
        let token = match byte {
            _ if is_addition && self.syntax.no_additions => {
                let (token, length) = self.character(&rest[1..]);
                return (token, length + 1);
            }
            b'(' if !extended => Token::Open,
            b')' if !extended => Token::Close,
            b'|' if !extended => Token::Or,
            b'{' if !extended && !self.syntax.no_intervals => Token::OpenInterval,
            b'+' if gnu_plus => repeat(Token::Plus),
            b'?' if gnu_plus => repeat(Token::Question),
            b'1'..=b'9' => Token::Same(usize::from(byte - b'0')),
            b'<' => Token::Place(Place::WordStart),
            b'>' => Token::Place(Place::WordEnd),
            b'b' => Token::Place(Place::WordEdge),
            b'B' => Token::Place(Place::NoWordEdge),
            b'`' => Token::Place(Place::TextStart),
            b'\'' => Token::Place(Place::TextEnd),
            b'w' => Token::Word(true),
            b'W' => Token::Word(false),
            b's' => Token::Space(true),
            b'S' => Token::Space(false),
            _ => {
                let (token, length) = self.character(&rest[1..]);
                return (token, length + 1);
            }
        };
        (token, 2)
    }

    fn character(&self, rest: &[u8]) -> (Token, usize) {
        match rest.first() {
            Some(&byte) if self.syntax.bytes && byte >= 0x80 => (Token::Byte(byte), 1),
            _ => character(rest),
        }
    }

    fn bracket(&mut self) -> Result<Node, BadPattern> {
        let is_negated = self.text.get(self.at) == Some(&b'^');
        self.at += usize::from(is_negated);
        if self.at >= self.text.len() {
            return Err(BAD_PATTERN);
        }
        let mut class = ClassUnicode::empty();
        let mut bytes: Vec<u8> = Vec::new();
        let mut is_first = true;
        while is_first || self.text.get(self.at) != Some(&b']') {
            is_first = false;
            self.bracket_item(&mut class, &mut bytes)?;
        }
        self.at += 1;
        if self.syntax.ignore_case && self.syntax.bytes {
            class = bytes_folded(&class);
        } else if self.syntax.ignore_case {
            class = class::folded(class);
        }
        let class = Node::Class(self.maybe_negated(class, is_negated));
        if bytes.is_empty() || is_negated {
            return Ok(class);
        }
        let mut choices: Vec<Node> = bytes.into_iter().map(|byte| Node::Bytes(vec![byte])).collect();
        choices.push(class);
        Ok(Node::Either(choices))
    }

    fn bracket_item(&mut self, class: &mut ClassUnicode, bytes: &mut Vec<u8>) -> Result<(), BadPattern> {
        let low = match self.element()? {
            Element::Class(named) => {
                class.union(&named);
                let is_range = self.text[self.at..].starts_with(b"-") && self.text.get(self.at + 1) != Some(&b']');
                return if is_range && self.at + 1 < self.text.len() { Err(BAD_RANGE) } else { Ok(()) };
            }
            Element::Byte(byte) => {
                bytes.push(byte);
                return Ok(());
            }
            Element::Character(low) => low,
        };
        let is_range = self.text[self.at..].starts_with(b"-") && self.text.get(self.at + 1) != Some(&b']');
        let high = if is_range {
            self.at += 1;
            match self.element()? {
                Element::Character(high) => high,
                _ => return Err(BAD_RANGE),
            }
        } else {
            low
        };
        if low > high {
            return Err(BAD_RANGE);
        }
        class.push(ClassUnicodeRange::new(low, high));
        Ok(())
    }

    fn element(&mut self) -> Result<Element, BadPattern> {
        let rest = &self.text[self.at..];
        if let [b'[', kind @ (b':' | b'.' | b'='), ..] = *rest {
            return self.named_element(kind);
        }
        let (token, length) = self.character(rest);
        self.at += length;
        match token {
            Token::Character(character) => Ok(Element::Character(character)),
            Token::Byte(byte) if self.syntax.bytes => Ok(Element::Character(byte as char)),
            Token::Byte(byte) => Ok(Element::Byte(byte)),
            _ => Err(OPEN_BRACKET),
        }
    }

    fn named_element(&mut self, kind: u8) -> Result<Element, BadPattern> {
        let rest = &self.text[self.at + 2..];
        let Some(length) = rest.windows(2).position(|window| window == [kind, b']']) else {
            return Err(OPEN_BRACKET);
        };
        let name = &rest[..length];
        self.at += length + 4;
        if kind == b':' {
            let class = class::named(name, self.syntax.ignore_case).ok_or(BAD_CLASS)?;
            return Ok(Element::Class(self.ascii_only(class)));
        }
        let mut characters = std::str::from_utf8(name).map_err(|_| BAD_COLLATION)?.chars();
        match (characters.next(), characters.next()) {
            (Some(only), None) if kind == b'=' => Ok(Element::Class(class::ranges(&[(only, only)]))),
            (Some(only), None) => Ok(Element::Character(only)),
            _ => Err(BAD_COLLATION),
        }
    }
}

enum Element {
    Character(char),
    Byte(u8),
    Class(ClassUnicode),
}

enum Count {
    None,
    Bad,
    Is(u32),
}

fn character(rest: &[u8]) -> (Token, usize) {
    let Some(&first) = rest.first() else {
        return (Token::End, 0);
    };
    if first < 0x80 {
        return (Token::Character(first as char), 1);
    }
    let window = &rest[..rest.len().min(4)];
    match window.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next()) {
        Some(character) => (Token::Character(character), character.len_utf8()),
        None => (Token::Byte(first), 1),
    }
}

fn push_part(parts: &mut Vec<Node>, part: Node) {
    match part {
        Node::Concat(inner) => inner.into_iter().for_each(|one| push(parts, one)),
        other => push(parts, other),
    }
}

fn split_last(atom: Node, least: u32, most: Option<u32>) -> Node {
    match (least, most) {
        (1, Some(1)) => atom,
        _ => Node::Repeat(Box::new(atom), least, most),
    }
}

fn bytes_folded(class: &ClassUnicode) -> ClassUnicode {
    let mut both = class.clone();
    for range in class.ranges() {
        for character in range.start()..=range.end() {
            let (low, high) = (character.to_ascii_lowercase(), character.to_ascii_uppercase());
            both.union(&class::ranges(&[(low, low), (high, high)]));
        }
    }
    both
}
