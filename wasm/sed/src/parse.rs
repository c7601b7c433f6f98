//! Reads scripts, with GNU's messages and its count of characters in them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use pagebox_gnu::regex::{Anchors, Pattern, Purpose, Syntax, parse};

use crate::escapes::{self, Place};
use crate::script::{Action, Address, Case, Command, Piece, Range, Regex, Script, Substitution, Translation, Until};

/// How scripts are read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dialect {
    pub extended: bool,
    pub posix: bool,
    pub sandbox: bool,
    pub bytes: bool,
    pub null_data: bool,
}

/// A script cannot be read: the message without the program's name, and the status.
#[derive(Debug)]
pub struct BadScript(pub String, pub i32);

type Done<T> = Result<T, BadScript>;

const PANIC: i32 = 4;
const VERSION: [u32; 3] = [4, 9, 0];
const MISSING_FILE: &str = "missing filename in r/R/w/W commands";
const JUNK: &str = "extra characters after command";
const SANDBOX: &str = "e/r/w commands disabled in sandbox mode";
const EXPECTED_BACKSLASH: &str = "expected \\ after `a', `c' or `i'";

/// Where a piece of script came from.
enum Source {
    Expression(usize),
    File(String, u64),
}

/// Builds a script out of `-e` and `-f` pieces.
pub struct Parser {
    dialect: Dialect,
    script: Script,
    blocks: Vec<usize>,
    labels: HashMap<Vec<u8>, usize>,
    jumps: Vec<(usize, Vec<u8>)>,
    expressions: usize,
    pieces: usize,
    text: Vec<u8>,
    at: usize,
    source: Source,
    /// A text of `a`, `i` or `c` that goes on in the next piece, and its command.
    pending: Option<(u8, Command, Vec<u8>)>,
    /// Whether a text can go on in the next piece; it cannot behind the newline that ends a file.
    goes_on: bool,
}

impl Parser {
    pub fn new(dialect: Dialect) -> Parser {
        Parser {
            dialect,
            script: Script::default(),
            blocks: Vec::new(),
            labels: HashMap::new(),
            jumps: Vec::new(),
            expressions: 0,
            pieces: 0,
            text: Vec::new(),
            at: 0,
            source: Source::Expression(0),
            pending: None,
            goes_on: true,
        }
    }

    /// Adds what `-e` gave.
    pub fn expression(&mut self, text: &[u8]) -> Done<()> {
        self.expressions += 1;
        self.source = Source::Expression(self.expressions);
        self.goes_on = true;
        self.piece(text)
    }

    /// Adds a script file.
    pub fn file(&mut self, name: &[u8], text: &[u8]) -> Done<()> {
        self.source = Source::File(String::from_utf8_lossy(name).into_owned(), 1);
        self.goes_on = !text.ends_with(b"\n");
        // The newline that ends a file is of no account, unless a backslash makes it part of a text.
        let ends = text.ends_with(b"\n") && !text.ends_with(b"\\\n");
        self.piece(&text[..text.len() - usize::from(ends)])
    }

    fn piece(&mut self, text: &[u8]) -> Done<()> {
        self.pieces += 1;
        self.text = text.to_vec();
        self.at = 0;
        if let Some((letter, command, begun)) = self.pending.take() {
            self.text_lines(letter, command, begun);
        }
        while self.command()? {}
        Ok(())
    }

    /// The script; its jumps and blocks must be complete.
    pub fn finish(mut self) -> Done<Script> {
        if !self.blocks.is_empty() {
            let place = match &self.source {
                Source::File(..) | Source::Expression(_) => "-e expression #1, char 0",
            };
            return Err(BadScript(format!("{place}: unmatched `{{'"), 1));
        }
        if let Some((letter, command, begun)) = self.pending.take() {
            let text = if begun.is_empty() { begun } else { self.text(begun[..begun.len() - 1].to_vec()) };
            self.add(Command { action: text_action(letter, text), ..command });
        }
        for (place, label) in std::mem::take(&mut self.jumps) {
            let Some(&target) = self.labels.get(&label) else {
                let label = String::from_utf8_lossy(&label);
                return Err(BadScript(format!("can't find label for jump to `{label}'"), PANIC));
            };
            let action = &mut self.script.commands[place].action;
            match action {
                Action::Branch(to) | Action::BranchIfReplaced(to) | Action::BranchUnlessReplaced(to) => *to = Some(target),
                _ => {}
            }
        }
        Ok(self.script)
    }

    fn bad<T>(&self, message: &str) -> Done<T> {
        let place = match &self.source {
            Source::Expression(number) => format!("-e expression #{number}, char {}", self.at),
            Source::File(name, line) => format!("file {name} line {}", line + self.lines_read()),
        };
        Err(BadScript(format!("{place}: {message}"), 1))
    }

    fn lines_read(&self) -> u64 {
        self.text[..self.at].iter().filter(|&&byte| byte == b'\n').count() as u64
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        byte
    }

    fn back(&mut self, byte: Option<u8>) {
        self.at -= usize::from(byte.is_some());
    }

    fn next_nonblank(&mut self) -> Option<u8> {
        loop {
            match self.next() {
                Some(b' ' | b'\t') => {}
                other => return other,
            }
        }
    }

    fn add(&mut self, command: Command) {
        self.script.commands.push(command);
    }

    /// Reads one command; false at the end of the piece.
    fn command(&mut self) -> Done<bool> {
        let first = loop {
            match self.next() {
                None => return Ok(false),
                Some(b';' | b' ' | b'\t' | b'\n' | b'\r' | 11 | 12) => {}
                Some(byte) => break byte,
            }
        };
        let mut command = Command { from: None, until: None, range: Range::Outside, negated: false, action: Action::Label };
        let mut letter = Some(first);
        match self.address(letter, true)? {
            Some(Found::From(address)) => {
                letter = self.next_nonblank();
                if letter == Some(b',') {
                    let second = self.next_nonblank();
                    command.until = match self.address(second, false)? {
                        Some(found) => Some(until(found)),
                        None => return self.bad("unexpected `,'"),
                    };
                    letter = self.next_nonblank();
                }
                self.check_zero(&address, command.until.as_ref())?;
                if matches!((&address, &command.until), (Address::Line(0), Some(_))) {
                    command.range = Range::Inside(None);
                }
                command.from = Some(address);
            }
            Some(Found::Until(_)) => return self.bad("invalid usage of +N or ~N as first address"),
            None => {}
        }
        if letter == Some(b'!') {
            command.negated = true;
            letter = self.next_nonblank();
            if letter == Some(b'!') {
                return self.bad("multiple `!'s");
            }
        }
        let Some(letter) = letter else {
            return self.bad("missing command");
        };
        self.action(letter, command)?;
        Ok(true)
    }

    fn check_zero(&self, from: &Address, until: Option<&Until>) -> Done<()> {
        let is_zero = matches!(from, Address::Line(0));
        if is_zero && (self.dialect.posix || !matches!(until, Some(Until::Match(_)))) {
            return self.bad("invalid usage of line address 0");
        }
        Ok(())
    }

    fn address(&mut self, first: Option<u8>, is_first: bool) -> Done<Option<Found>> {
        Ok(Some(match first {
            Some(byte @ (b'/' | b'\\')) => {
                let delimiter = if byte == b'\\' { self.next() } else { Some(byte) };
                let Some(text) = delimiter.and_then(|delimiter| self.delimited(delimiter, true)) else {
                    return self.bad("unterminated address regex");
                };
                Found::From(Address::Match(self.address_regex(&text)?))
            }
            Some(digit @ b'0'..=b'9') => {
                let number = self.number(digit);
                let next = self.next_nonblank();
                if next == Some(b'~') && !self.dialect.posix {
                    let digit = self.next_nonblank();
                    let step = self.optional_number(digit).unwrap_or(0);
                    Found::From(Address::Step(number, step))
                } else {
                    self.back(next);
                    Found::From(Address::Line(number))
                }
            }
            Some(sign @ (b'+' | b'~')) if !self.dialect.posix => {
                let digit = self.next_nonblank();
                let Some(number) = self.optional_number(digit) else {
                    return if is_first { self.bad("unknown command: `+'") } else { self.bad("expected newer version of sed") };
                };
                Found::Until(if sign == b'+' { Until::Lines(number) } else { Until::Multiple(number) })
            }
            Some(b'$') => Found::From(Address::Last),
            _ => return Ok(None),
        }))
    }

    fn optional_number(&mut self, digit: Option<u8>) -> Option<u64> {
        match digit {
            Some(digit @ b'0'..=b'9') => Some(self.number(digit)),
            other => {
                self.back(other);
                None
            }
        }
    }

    fn number(&mut self, first: u8) -> u64 {
        let mut value = u64::from(first - b'0');
        while let Some(&digit @ b'0'..=b'9') = self.text.get(self.at) {
            value = value.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        value
    }

    fn address_regex(&mut self, text: &[u8]) -> Done<Regex> {
        let (mut fold, mut lines) = (false, false);
        loop {
            match self.next_nonblank() {
                Some(b'I') if !self.dialect.posix => fold = true,
                Some(b'M') if !self.dialect.posix => lines = true,
                other => {
                    self.back(other);
                    return self.regex(text, fold, lines).map(|(regex, _)| regex);
                }
            }
        }
    }

    /// Compiles a pattern; gives the number of its groups as well.
    fn regex(&mut self, text: &[u8], fold: bool, lines: bool) -> Done<(Regex, usize)> {
        if text.is_empty() {
            if fold || lines {
                return self.bad("cannot specify modifiers on empty regexp");
            }
            return Ok((None, usize::MAX));
        }
        let extended = self.dialect.extended;
        let text = match escapes::replaced(text, Place::Pattern) {
            Ok(text) => text,
            Err(message) => return self.bad(message),
        };
        let base = if extended { Syntax::EXTENDED } else { Syntax::BASIC };
        let syntax = Syntax { ignore_case: fold, bytes: self.dialect.bytes, no_additions: self.dialect.posix, ..base };
        let parsed = match parse(&text, syntax) {
            Ok(parsed) => parsed,
            Err(bad) => return self.bad(bad.0),
        };
        let anchors = Anchors { lines, texts: false, bytes: self.dialect.bytes };
        let purpose = Purpose { anchors, terminator: self.dialect.null_data.then_some(0), fold, groups: true };
        match Pattern::new(&parsed.node, parsed.groups, purpose) {
            Ok(pattern) => Ok((Some(Rc::new(RefCell::new(pattern))), parsed.groups)),
            Err(bad) => self.bad(bad.0),
        }
    }

    /// The text up to a delimiter, which is not escaped in it any more; None if there is none.
    fn delimited(&mut self, delimiter: u8, is_regex: bool) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        loop {
            match self.next()? {
                byte if byte == delimiter => return Some(out),
                b'\n' if is_regex => {
                    self.at -= 1;
                    return None;
                }
                b'[' if is_regex => {
                    out.push(b'[');
                    self.set(&mut out)?;
                }
                b'\\' => {
                    let byte = self.next()?;
                    if byte == b'n' && is_regex && delimiter != b'n' {
                        out.push(b'\n');
                        continue;
                    }
                    if byte == delimiter {
                        // In a pattern it means what it means without the backslash.
                        if !is_regex && byte == b'&' {
                            out.push(b'\\');
                        }
                    } else if byte != b'\n' || !is_regex {
                        out.push(b'\\');
                    }
                    out.push(byte);
                }
                byte => out.push(byte),
            }
        }
    }

    /// The rest of a set in a pattern, in which the delimiter is nothing special; None if it has no end.
    fn set(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let mut is_first = true;
        loop {
            let byte = self.next()?;
            let following = self.text.get(self.at).copied();
            match (byte, following) {
                (b'\n', _) => {
                    self.at -= 1;
                    return None;
                }
                (b']', _) if !is_first => {
                    out.push(byte);
                    return Some(());
                }
                (b'^', _) if is_first && out.last() == Some(&b'[') => {
                    out.push(byte);
                    continue;
                }
                (b'\\', Some(b'n')) => {
                    self.at += 1;
                    out.push(b'\n');
                }
                (b'[', Some(kind @ (b':' | b'.' | b'='))) => {
                    let rest = &self.text[self.at + 1..];
                    let length = rest.windows(2).position(|window| window == [kind, b']'])? + 3;
                    out.push(byte);
                    out.extend_from_slice(&self.text[self.at..self.at + length]);
                    self.at += length;
                }
                _ => out.push(byte),
            }
            is_first = false;
        }
    }

    fn end_of_command(&mut self) -> Done<()> {
        match self.next_nonblank() {
            end @ Some(b'}' | b'#') => {
                self.back(end);
                Ok(())
            }
            None | Some(b'\n' | b';') => Ok(()),
            Some(b'\r') if matches!(self.text.get(self.at), None | Some(b'\n')) => Ok(()),
            Some(_) => self.bad(JUNK),
        }
    }

    fn action(&mut self, letter: u8, command: Command) -> Done<()> {
        match letter {
            b'#' => self.comment(&command),
            b'{' => {
                self.blocks.push(self.script.commands.len());
                self.add(Command { action: Action::Open(0), ..command });
                Ok(())
            }
            b'}' => self.close(&command),
            b':' => self.label(&command),
            b'a' | b'i' | b'c' => self.text_command(letter, command),
            b'b' | b't' | b'T' => self.jump(letter, command),
            b'e' => self.evaluate(command),
            b'q' | b'Q' | b'l' | b'L' => self.with_number(letter, command),
            b'r' | b'R' | b'w' | b'W' => self.with_file(letter, command),
            b's' => self.substitute(command),
            b'y' => self.translate(command),
            b'v' => self.version(),
            _ => {
                let Some(action) = simple(letter) else {
                    let shown = String::from_utf8_lossy(&[letter]).into_owned();
                    return self.bad(&format!("unknown command: `{shown}'"));
                };
                self.end_of_command()?;
                self.add(Command { action, ..command });
                Ok(())
            }
        }
    }

    fn comment(&mut self, command: &Command) -> Done<()> {
        if command.from.is_some() {
            return self.bad("comments don't accept any addresses");
        }
        let is_start = self.pieces == 1 && self.at == 1;
        let line = self.rest_of_line();
        self.script.is_quiet |= is_start && line.starts_with(b"n");
        Ok(())
    }

    fn rest_of_line(&mut self) -> Vec<u8> {
        let rest = &self.text[self.at..];
        let length = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        let line = rest[..length].to_vec();
        self.at += length;
        self.next();
        line
    }

    fn close(&mut self, command: &Command) -> Done<()> {
        let Some(open) = self.blocks.pop() else {
            return self.bad("unexpected `}'");
        };
        if command.from.is_some() {
            return self.bad("} doesn't want any addresses");
        }
        self.end_of_command()?;
        let end = self.script.commands.len();
        self.script.commands[open].action = Action::Open(end);
        self.add(Command { from: None, until: None, range: Range::Outside, negated: false, action: Action::Close });
        Ok(())
    }

    fn word(&mut self, stops_at_semicolon: bool) -> Vec<u8> {
        let mut byte = self.next_nonblank();
        let mut out = Vec::new();
        while let Some(found) = byte {
            if found.is_ascii_whitespace() || found == b';' && stops_at_semicolon {
                break;
            }
            out.push(found);
            byte = self.next();
        }
        self.back(byte);
        out
    }

    fn label(&mut self, command: &Command) -> Done<()> {
        if command.from.is_some() {
            return self.bad(": doesn't want any addresses");
        }
        let label = self.word(true);
        if label.is_empty() {
            return self.bad("\":\" lacks a label");
        }
        self.labels.insert(label, self.script.commands.len());
        Ok(())
    }

    fn jump(&mut self, letter: u8, command: Command) -> Done<()> {
        let mut label = self.word(true);
        if let Some(brace) = label.iter().position(|&byte| byte == b'}') {
            self.at -= label.len() - brace;
            label.truncate(brace);
        }
        self.end_of_command()?;
        if !label.is_empty() {
            self.jumps.push((self.script.commands.len(), label));
        }
        let action = match letter {
            b'b' => Action::Branch(None),
            b't' => Action::BranchIfReplaced(None),
            _ => Action::BranchUnlessReplaced(None),
        };
        self.add(Command { action, ..command });
        Ok(())
    }

    fn evaluate(&mut self, command: Command) -> Done<()> {
        if self.dialect.sandbox {
            return self.bad(SANDBOX);
        }
        let first = self.next_nonblank();
        self.back(first);
        let text = self.rest_of_line();
        self.add(Command { action: Action::Evaluate(text), ..command });
        Ok(())
    }

    fn with_number(&mut self, letter: u8, command: Command) -> Done<()> {
        if command.until.is_some() && matches!(letter, b'q' | b'Q') {
            return self.bad("command only uses one address");
        }
        let digit = self.next_nonblank();
        let number = self.optional_number(digit);
        self.end_of_command()?;
        let status = i32::try_from(number.unwrap_or(0)).unwrap_or(i32::MAX);
        let action = match letter {
            b'q' => Action::Quit(status),
            b'Q' => Action::QuitSilently(status),
            b'l' => Action::List(number.map(|number| usize::try_from(number).unwrap_or(usize::MAX))),
            _ => return self.bad("unknown command: `L'"),
        };
        self.add(Command { action, ..command });
        Ok(())
    }

    fn file_name(&mut self) -> Done<Vec<u8>> {
        if self.dialect.sandbox {
            return self.bad(SANDBOX);
        }
        let first = self.next_nonblank();
        self.back(first);
        let name = self.rest_of_line();
        if name.is_empty() { self.bad(MISSING_FILE) } else { Ok(name) }
    }

    fn with_file(&mut self, letter: u8, command: Command) -> Done<()> {
        let name = self.file_name()?;
        let action = match letter {
            b'r' => Action::ReadFile(name),
            b'R' => Action::ReadLine(place_of(&mut self.script.inputs, name)),
            b'w' => Action::WriteFile(place_of(&mut self.script.outputs, name)),
            _ => Action::WriteLine(place_of(&mut self.script.outputs, name)),
        };
        self.add(Command { action, ..command });
        Ok(())
    }

    fn text_command(&mut self, letter: u8, command: Command) -> Done<()> {
        let mut byte = self.next_nonblank();
        if byte.is_none() {
            return self.bad(EXPECTED_BACKSLASH);
        }
        if byte == Some(b'\\') {
            let start = self.at;
            byte = self.next_nonblank();
            match byte {
                None if self.goes_on => {
                    self.pending = Some((letter, command, Vec::new()));
                    return Ok(());
                }
                Some(b'\n') if self.goes_on && self.at == self.text.len() => {
                    self.pending = Some((letter, command, Vec::new()));
                    return Ok(());
                }
                None => {}
                Some(b'\n') => {}
                Some(_) => self.at = start,
            }
        } else {
            if self.dialect.posix {
                return self.bad(EXPECTED_BACKSLASH);
            }
            self.back(byte);
            // A backslash keeps the blanks that follow it.
            if self.text[self.at..].starts_with(b"\\") && self.text.get(self.at + 1).is_some_and(|next| *next != b'\n') {
                self.at += 1;
            }
        }
        self.text_lines(letter, command, Vec::new());
        Ok(())
    }

    /// The lines of a text after what has `begun`, up to the first whose newline no backslash precedes. A backslash at the
    /// end of the piece stands before a newline, too: the text goes on in the next one.
    fn text_lines(&mut self, letter: u8, command: Command, begun: Vec<u8>) {
        let mut raw = begun;
        while let Some(byte) = self.next() {
            match byte {
                b'\n' => break,
                b'\\' if self.at == self.text.len() && self.goes_on => {
                    raw.extend_from_slice(b"\\\n");
                    self.pending = Some((letter, command, raw));
                    return;
                }
                b'\\' => {
                    raw.push(b'\\');
                    raw.extend(self.next());
                }
                other => raw.push(other),
            }
        }
        let text = self.text(raw);
        self.add(Command { action: text_action(letter, text), ..command });
    }

    /// A text as it is printed.
    fn text(&self, raw: Vec<u8>) -> Vec<u8> {
        let replaced = if self.dialect.posix { raw } else { escapes::replaced(&raw, Place::Text).unwrap_or(raw) };
        let mut out = Vec::with_capacity(replaced.len() + 1);
        let mut bytes = replaced.into_iter();
        while let Some(byte) = bytes.next() {
            match byte {
                b'\\' => out.extend(bytes.next().map(|next| if next == b'n' { b'\n' } else { next })),
                other => out.push(other),
            }
        }
        out.push(b'\n');
        out
    }

    fn version(&mut self) -> Done<()> {
        let word = self.word(true);
        let text = String::from_utf8_lossy(&word).into_owned();
        let wanted: Vec<u32> = text.split('.').map(|part| part.parse().unwrap_or(0)).collect();
        if wanted.as_slice() > &VERSION[..] {
            return self.bad("expected newer version of sed");
        }
        self.end_of_command()
    }

    fn substitute(&mut self, command: Command) -> Done<()> {
        let delimiter = self.next();
        let usable = delimiter.filter(|&byte| byte != b'\n' && byte != b'\\');
        let pattern = usable.and_then(|delimiter| self.delimited(delimiter, true));
        let replacement = pattern.as_ref().and(usable).and_then(|delimiter| self.delimited(delimiter, false));
        let (Some(pattern), Some(replacement)) = (pattern, replacement) else {
            return self.bad("unterminated `s' command");
        };
        let mut flags = Flags::default();
        self.flags(&mut flags)?;
        let (regex, groups) = self.regex(&pattern, flags.fold, flags.lines)?;
        let replacement = match escapes::replaced(&replacement, Place::Replacement) {
            Ok(text) => pieces(&text, self.dialect.posix),
            Err(message) => return self.bad(message),
        };
        let highest_group = replacement.iter().map(|piece| if let Piece::Group(number) = piece { *number } else { 0 });
        let highest_group = highest_group.max().unwrap_or(0);
        if highest_group > groups {
            return self.bad(&format!("invalid reference \\{highest_group} on `s' command's RHS"));
        }
        let substitution = Substitution {
            regex,
            changes_case: replacement.iter().any(|piece| matches!(piece, Piece::Case(_))),
            replacement,
            global: flags.global,
            number: flags.number.unwrap_or(1),
            print_before: flags.print_before,
            print: flags.print,
            evaluate: flags.evaluate,
            write: flags.write.map(|name| place_of(&mut self.script.outputs, name)),
            highest_group,
        };
        self.add(Command { action: Action::Substitute(Box::new(substitution)), ..command });
        Ok(())
    }

    fn flags(&mut self, flags: &mut Flags) -> Done<()> {
        loop {
            match self.next() {
                Some(b'i' | b'I') if !self.dialect.posix => flags.fold = true,
                Some(b'm' | b'M') if !self.dialect.posix => flags.lines = true,
                Some(b'e') if !self.dialect.posix => {
                    if self.dialect.sandbox {
                        return self.bad(SANDBOX);
                    }
                    flags.print_before = std::mem::take(&mut flags.print);
                    flags.evaluate = true;
                }
                Some(b'p') if flags.print => return self.bad("multiple `p' options to `s' command"),
                Some(b'p') => flags.print = true,
                Some(b'g') if flags.global => return self.bad("multiple `g' options to `s' command"),
                Some(b'g') => flags.global = true,
                Some(b'w') => {
                    flags.write = Some(self.file_name()?);
                    return Ok(());
                }
                Some(digit @ b'0'..=b'9') => {
                    if flags.number.is_some() {
                        return self.bad("multiple number options to `s' command");
                    }
                    let number = self.number(digit);
                    if number == 0 {
                        return self.bad("number option to `s' command may not be zero");
                    }
                    flags.number = Some(number);
                }
                end @ Some(b'}' | b'#') => {
                    self.back(end);
                    return Ok(());
                }
                None | Some(b'\n' | b';') => return Ok(()),
                Some(b' ' | b'\t') => {}
                Some(b'\r') if matches!(self.text.get(self.at), None | Some(b'\n')) => {}
                Some(_) => return self.bad("unknown option to `s'"),
            }
        }
    }

    fn translate(&mut self, command: Command) -> Done<()> {
        let delimiter = self.next();
        let usable = delimiter.filter(|&byte| byte != b'\n' && byte != b'\\');
        let from = usable.and_then(|delimiter| self.delimited(delimiter, false));
        let to = from.as_ref().and(usable).and_then(|delimiter| self.delimited(delimiter, false));
        let (Some(from), Some(to)) = (from, to) else {
            return self.bad("unterminated `y' command");
        };
        let (from, to) = (self.y_characters(&from)?, self.y_characters(&to)?);
        if from.len() != to.len() {
            return self.bad("strings for `y' command are different lengths");
        }
        self.end_of_command()?;
        let mut table = Translation { bytes: std::array::from_fn(|byte| byte as u8), characters: Vec::new() };
        let mut seen = std::collections::HashSet::new();
        for (&old, &new) in from.iter().zip(&to) {
            if !seen.insert(old) {
                continue;
            }
            if old.is_ascii() && new.is_ascii() || self.dialect.bytes {
                table.bytes[old as usize & 0xFF] = new as u8;
            } else {
                table.characters.push((old, new));
            }
        }
        table.characters.sort_unstable();
        self.add(Command { action: Action::Translate(Box::new(table)), ..command });
        Ok(())
    }

    fn y_characters(&self, text: &[u8]) -> Done<Vec<char>> {
        let text = match escapes::replaced(text, Place::Text) {
            Ok(text) => text,
            Err(message) => return self.bad(message),
        };
        let characters: Vec<char> = if self.dialect.bytes {
            text.iter().map(|&byte| byte as char).collect()
        } else {
            String::from_utf8_lossy(&text).chars().collect()
        };
        let mut out = Vec::new();
        let mut left = characters.into_iter().peekable();
        while let Some(character) = left.next() {
            match (character, left.peek()) {
                ('\\', Some('n')) => out.extend(left.next().map(|_| '\n')),
                ('\\', Some('\\' | '\n')) => out.extend(left.next()),
                ('\\', Some(_)) => return self.bad("`y' command strings have different lengths"),
                (other, _) => out.push(other),
            }
        }
        Ok(out)
    }
}

#[derive(Default)]
struct Flags {
    fold: bool,
    lines: bool,
    global: bool,
    print_before: bool,
    print: bool,
    evaluate: bool,
    number: Option<u64>,
    write: Option<Vec<u8>>,
}

enum Found {
    From(Address),
    Until(Until),
}

fn until(found: Found) -> Until {
    match found {
        Found::Until(until) => until,
        Found::From(Address::Line(number)) => Until::Line(number),
        Found::From(Address::Step(number, _)) => Until::Line(number),
        Found::From(Address::Last) => Until::Last,
        Found::From(Address::Match(regex)) => Until::Match(regex),
    }
}

fn simple(letter: u8) -> Option<Action> {
    Some(match letter {
        b'=' => Action::LineNumber,
        b'd' => Action::Delete,
        b'D' => Action::DeleteLine,
        b'F' => Action::FileName,
        b'g' => Action::Get,
        b'G' => Action::GetAppend,
        b'h' => Action::Hold,
        b'H' => Action::HoldAppend,
        b'n' => Action::Next,
        b'N' => Action::NextAppend,
        b'p' => Action::Print,
        b'P' => Action::PrintLine,
        b'x' => Action::Exchange,
        b'z' => Action::Zap,
        _ => return None,
    })
}

fn text_action(letter: u8, text: Vec<u8>) -> Action {
    match letter {
        b'a' => Action::Append(text),
        b'i' => Action::Insert(text),
        _ => Action::Change(text),
    }
}

fn place_of(names: &mut Vec<Vec<u8>>, name: Vec<u8>) -> usize {
    names.iter().position(|known| *known == name).unwrap_or_else(|| {
        names.push(name);
        names.len() - 1
    })
}

/// The parts of what `s` puts in.
fn pieces(text: &[u8], posix: bool) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut plain = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (piece, length) = match (text[at], text.get(at + 1)) {
            (b'&', _) => (Some(Piece::Group(0)), 1),
            (b'\\', Some(digit @ b'0'..=b'9')) => (Some(Piece::Group(usize::from(digit - b'0'))), 2),
            (b'\\', Some(letter)) if !posix && case(*letter).is_some() => (case(*letter).map(Piece::Case), 2),
            (b'\\', Some(b'n')) => {
                plain.push(b'\n');
                (None, 2)
            }
            (b'\\', Some(other)) => {
                plain.push(*other);
                (None, 2)
            }
            (other, _) => {
                plain.push(other);
                (None, 1)
            }
        };
        at += length;
        if let Some(piece) = piece {
            if !plain.is_empty() {
                out.push(Piece::Text(std::mem::take(&mut plain)));
            }
            out.push(piece);
        }
    }
    if !plain.is_empty() {
        out.push(Piece::Text(plain));
    }
    out
}

fn case(letter: u8) -> Option<Case> {
    Some(match letter {
        b'U' => Case::Upper,
        b'L' => Case::Lower,
        b'u' => Case::NextUpper,
        b'l' => Case::NextLower,
        b'E' => Case::End,
        _ => return None,
    })
}
