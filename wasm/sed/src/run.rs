//! Runs a script over its input.

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::rc::Rc;

use pagebox_gnu::regex::Pattern;

use crate::input::{Lines, Names, path};
use crate::inplace::Edit;
use crate::list::listed;
use crate::output::{CannotWrite, Output};
use crate::replace::{Room, replace};
use crate::script::{Action, Address, Range, Regex, Script, Substitution, Translation, Until};
use crate::settings::Settings;

const PANIC: i32 = 4;
const BAD_INPUT: i32 = 2;

/// The run ends: the status, after a message if there is one.
pub struct End(pub i32, pub Option<String>);

impl From<CannotWrite> for End {
    fn from(problem: CannotWrite) -> End {
        End(PANIC, Some(problem.0))
    }
}

type Done<T> = Result<T, End>;

enum Later {
    Text(Rc<[u8]>),
    File(Vec<u8>),
    Line(Vec<u8>),
}

/// What happens after a command.
enum Flow {
    On,
    Jump(usize),
    /// The cycle is over, with or without printing the pattern space.
    Cycle { print: bool },
    /// `D` with a line left: start again without reading.
    Again,
    Stop { status: i32, print: bool },
}

pub struct Run<'a> {
    settings: &'a Settings,
    script: Script,
    names: Names,
    lines: Option<Lines>,
    name: Vec<u8>,
    number: u64,
    space: Vec<u8>,
    has_end: bool,
    hold: Vec<u8>,
    hold_has_end: bool,
    has_replaced: bool,
    later: Vec<Later>,
    output: Output,
    edit: Option<Edit>,
    writers: Vec<Writer>,
    readers: Vec<Option<Lines>>,
    last_regex: Option<Rc<RefCell<Pattern>>>,
    room: Room,
    status: i32,
}

enum Writer {
    Standard,
    Error(Output),
    File(Output),
}

impl<'a> Run<'a> {
    pub fn new(settings: &'a Settings, script: Script, names: Names) -> Done<Run<'a>> {
        let mut output = Output::standard(1, "stdout").ending(settings.end);
        // SAFETY: asks about a descriptor.
        output.by_line = settings.unbuffered || unsafe { libc::isatty(1) } == 1;
        let writers = script.outputs.iter().map(|name| open_writer(name, settings.end)).collect::<Done<_>>()?;
        let readers = script.inputs.iter().map(|name| open_reader(name)).collect();
        Ok(Run {
            settings,
            script,
            names,
            lines: None,
            name: b"-".to_vec(),
            number: 0,
            space: Vec::new(),
            has_end: true,
            hold: Vec::new(),
            hold_has_end: true,
            has_replaced: false,
            later: Vec::new(),
            output,
            edit: None,
            writers,
            readers,
            last_regex: None,
            room: Room::default(),
            status: 0,
        })
    }

    /// Runs the script to its end; gives the status.
    pub fn run(mut self) -> End {
        let end = self.cycles();
        let (mut status, mut message) = match end {
            Ok(status) => (status, None),
            Err(End(status, message)) => (status, message),
        };
        if let Err(CannotWrite(text)) = self.finish() {
            (status, message) = (PANIC, Some(text));
        }
        End(if status == 0 { self.status } else { status }, message)
    }

    fn finish(&mut self) -> Result<(), CannotWrite> {
        if let Some(edit) = self.edit.take() {
            edit.finish(self.settings)?;
        }
        if let Some(lines) = &mut self.lines {
            lines.give_back();
        }
        for writer in &mut self.writers {
            match writer {
                Writer::Error(output) | Writer::File(output) => output.flush()?,
                Writer::Standard => {}
            }
        }
        self.output.flush()
    }

    fn cycles(&mut self) -> Done<i32> {
        let mut reads = true;
        loop {
            if reads {
                self.space.clear();
                if !self.read_line()? {
                    return Ok(0);
                }
            }
            reads = true;
            match self.commands()? {
                Flow::Stop { status, print } => {
                    if print {
                        self.print_space_unless_quiet()?;
                    }
                    self.flush_later()?;
                    return Ok(status);
                }
                Flow::Again => {
                    self.flush_later()?;
                    reads = false;
                }
                Flow::Cycle { print } => {
                    if print {
                        self.print_space_unless_quiet()?;
                    }
                    self.flush_later()?;
                }
                Flow::On | Flow::Jump(_) => {}
            }
        }
    }

    fn print_space_unless_quiet(&mut self) -> Done<()> {
        if self.settings.quiet || self.script.is_quiet { Ok(()) } else { self.print_space() }
    }

    fn end(&self) -> Option<u8> {
        self.has_end.then_some(self.settings.end)
    }

    fn print_space(&mut self) -> Done<()> {
        let end = self.end();
        let output = target(&mut self.edit, &mut self.output);
        Ok(output.line(&self.space, end)?)
    }

    fn say(&mut self, text: &str) {
        let _ = self.output.flush();
        eprintln!("sed: {text}");
    }

    /// Appends the next line of the input to the pattern space; false if there is none.
    fn read_line(&mut self) -> Done<bool> {
        loop {
            if self.lines.is_none() && !self.open_next()? {
                return Ok(false);
            }
            let Some(lines) = &mut self.lines else {
                return Ok(false);
            };
            match lines.read(self.settings.end, &mut self.space) {
                Ok(Some(has_end)) => {
                    self.has_end = has_end;
                    self.number += 1;
                    self.has_replaced = false;
                    return Ok(true);
                }
                Ok(None) => self.close()?,
                Err(error) => return Err(self.read_error(&error)),
            }
        }
    }

    fn read_error(&self, error: &io::Error) -> End {
        let name = String::from_utf8_lossy(&self.name);
        End(PANIC, Some(format!("read error on {name}: {}", pagebox_gnu::message::text(error))))
    }

    fn close(&mut self) -> Done<()> {
        self.lines = None;
        if let Some(edit) = self.edit.take() {
            edit.finish(self.settings)?;
        }
        Ok(())
    }

    /// Opens the next file that can be; false if there is none.
    fn open_next(&mut self) -> Done<bool> {
        while let Some(name) = self.names.pop_front() {
            if self.open(name)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn open(&mut self, name: Vec<u8>) -> Done<bool> {
        if name == b"-" && self.settings.in_place.is_none() {
            self.start_anew();
            self.lines = Some(Lines::standard_input());
            self.name = name;
            return Ok(true);
        }
        let shown = String::from_utf8_lossy(&name).into_owned();
        let file = match File::open(path(&name)) {
            Ok(file) => file,
            Err(error) => {
                self.say(&format!("can't read {shown}: {}", pagebox_gnu::message::text(&error)));
                self.status = BAD_INPUT;
                return Ok(false);
            }
        };
        if self.settings.in_place.is_some() {
            match Edit::new(&name, &file, self.settings) {
                Ok(edit) => self.edit = Some(edit),
                Err((true, text)) => return Err(End(PANIC, Some(text))),
                Err((false, text)) => {
                    self.say(&text);
                    self.status = PANIC;
                    return Ok(false);
                }
            }
        }
        self.start_anew();
        self.lines = Some(Lines::new(file));
        self.name = name;
        Ok(true)
    }

    /// Counts lines from 1 if the file that comes is an input of its own.
    fn start_anew(&mut self) {
        if self.settings.separate {
            self.number = 0;
            self.script.commands.iter_mut().for_each(|command| {
                let starts_inside = matches!((&command.from, &command.until), (Some(Address::Line(0)), Some(_)));
                command.range = if starts_inside { Range::Inside(None) } else { Range::Outside };
            });
        }
    }

    /// Whether the line in the pattern space is the last.
    fn is_last(&mut self) -> Done<bool> {
        loop {
            let Some(lines) = &mut self.lines else {
                if self.settings.separate || self.names.is_empty() {
                    return Ok(true);
                }
                if !self.open_next()? {
                    return Ok(true);
                }
                continue;
            };
            match lines.is_at_end() {
                Ok(false) => return Ok(false),
                Ok(true) if self.settings.separate || self.names.is_empty() => return Ok(true),
                // Another file may have nothing in it, and then this line is the last all the same.
                Ok(true) => self.close()?,
                Err(error) => return Err(self.read_error(&error)),
            }
        }
    }

    fn commands(&mut self) -> Done<Flow> {
        let mut at = 0;
        while at < self.script.commands.len() {
            if self.applies(at)? {
                match self.act(at)? {
                    Flow::On => at += 1,
                    Flow::Jump(to) => at = to,
                    other => return Ok(other),
                }
            } else if let Action::Open(end) = self.script.commands[at].action {
                at = end + 1;
            } else {
                at += 1;
            }
        }
        Ok(Flow::Cycle { print: true })
    }

    fn applies(&mut self, at: usize) -> Done<bool> {
        let command = &self.script.commands[at];
        if command.from.is_none() {
            return Ok(!command.negated);
        }
        let negated = command.negated;
        let holds = if command.until.is_some() { self.in_range(at)? } else { self.is_from(at)? };
        Ok(holds != negated)
    }

    fn is_from(&mut self, at: usize) -> Done<bool> {
        let regex = match &self.script.commands[at].from {
            Some(Address::Line(number)) => return Ok(self.number == *number),
            Some(Address::Step(first, 0)) => return Ok(self.number == *first),
            Some(Address::Step(first, step)) => {
                return Ok(self.number >= *first && (self.number - first).is_multiple_of(*step));
            }
            Some(Address::Last) => return self.is_last(),
            Some(Address::Match(regex)) => regex.clone(),
            None => return Ok(true),
        };
        self.matches(&regex)
    }

    fn regex(&mut self, regex: &Regex) -> Done<Rc<RefCell<Pattern>>> {
        match regex.as_ref().or(self.last_regex.as_ref()) {
            Some(found) => {
                let found = Rc::clone(found);
                if regex.is_some() {
                    self.last_regex = Some(Rc::clone(&found));
                }
                Ok(found)
            }
            None => Err(End(1, Some("-e expression #1, char 0: no previous regular expression".into()))),
        }
    }

    fn matches(&mut self, regex: &Regex) -> Done<bool> {
        let pattern = self.regex(regex)?;
        let mut pattern = pattern.borrow_mut();
        Ok(match pattern.is_uncertain() {
            true => pattern.find(&self.space, 0).is_some(),
            false => pattern.somewhere(&self.space, 0).is_some(),
        })
    }

    fn in_range(&mut self, at: usize) -> Done<bool> {
        match self.script.commands[at].range {
            Range::Outside | Range::Closed => {
                if self.script.commands[at].range == Range::Closed && self.starts_at_line(at) || !self.is_from(at)? {
                    return Ok(false);
                }
                self.enter(at);
                Ok(true)
            }
            Range::Inside(Some(last)) => {
                if self.number >= last {
                    self.script.commands[at].range = Range::Closed;
                }
                Ok(self.number <= last)
            }
            Range::Inside(None) => {
                let is_end = match &self.script.commands[at].until {
                    Some(Until::Last) => self.is_last()?,
                    Some(Until::Match(regex)) => {
                        let regex = regex.clone();
                        self.matches(&regex)?
                    }
                    _ => true,
                };
                if is_end {
                    self.script.commands[at].range = Range::Closed;
                }
                Ok(true)
            }
        }
    }

    fn starts_at_line(&self, at: usize) -> bool {
        matches!(self.script.commands[at].from, Some(Address::Line(_)))
    }

    /// The first line of a range, which may be the only one.
    fn enter(&mut self, at: usize) {
        let command = &mut self.script.commands[at];
        let last = match &command.until {
            Some(Until::Line(number)) => Some(*number),
            Some(Until::Lines(count)) => Some(self.number.saturating_add(*count)),
            Some(Until::Multiple(0)) => Some(self.number),
            Some(Until::Multiple(step)) => Some((self.number / step + 1).saturating_mul(*step)),
            _ => None,
        };
        command.range = match last {
            Some(last) if last <= self.number => Range::Closed,
            other => Range::Inside(other),
        };
    }

    fn act(&mut self, at: usize) -> Done<Flow> {
        let command = &self.script.commands[at];
        match &command.action {
            Action::Open(_) | Action::Close | Action::Label => {}
            Action::LineNumber => {
                let text = self.number.to_string();
                target(&mut self.edit, &mut self.output).line(text.as_bytes(), Some(self.settings.end))?;
            }
            Action::Append(text) => self.later.push(Later::Text(Rc::from(text.as_slice()))),
            Action::Insert(text) => put(text, self.settings.end, target(&mut self.edit, &mut self.output))?,
            Action::Change(text) => {
                let is_inside = matches!(command.range, Range::Inside(_)) && command.until.is_some();
                if !is_inside || command.negated {
                    put(text, self.settings.end, target(&mut self.edit, &mut self.output))?;
                }
                return Ok(Flow::Cycle { print: false });
            }
            Action::Branch(to) => return Ok(Flow::Jump(to.unwrap_or(usize::MAX))),
            Action::BranchIfReplaced(to) => {
                let to = to.unwrap_or(usize::MAX);
                return Ok(if std::mem::take(&mut self.has_replaced) { Flow::Jump(to) } else { Flow::On });
            }
            Action::BranchUnlessReplaced(to) => {
                let to = to.unwrap_or(usize::MAX);
                return Ok(if std::mem::take(&mut self.has_replaced) { Flow::On } else { Flow::Jump(to) });
            }
            Action::Delete => return Ok(Flow::Cycle { print: false }),
            Action::DeleteLine => return Ok(self.delete_line()),
            Action::Get => {
                self.space.clone_from(&self.hold);
                self.has_end = self.hold_has_end;
            }
            Action::GetAppend => {
                self.space.push(self.settings.end);
                self.space.extend_from_slice(&self.hold);
                self.has_end = self.hold_has_end;
            }
            Action::Hold => {
                self.hold.clone_from(&self.space);
                self.hold_has_end = self.has_end;
            }
            Action::HoldAppend => {
                self.hold.push(self.settings.end);
                self.hold.extend_from_slice(&self.space);
                self.hold_has_end = self.has_end;
            }
            Action::Exchange => {
                std::mem::swap(&mut self.space, &mut self.hold);
                std::mem::swap(&mut self.has_end, &mut self.hold_has_end);
            }
            Action::Zap => self.space.clear(),
            Action::Quit(status) => return Ok(Flow::Stop { status: *status, print: true }),
            Action::QuitSilently(status) => return Ok(Flow::Stop { status: *status, print: false }),
            Action::ReadFile(name) => self.later.push(Later::File(name.clone())),
            _ => return self.act_more(at),
        }
        Ok(Flow::On)
    }

    fn act_more(&mut self, at: usize) -> Done<Flow> {
        match &self.script.commands[at].action {
            Action::FileName => {
                target(&mut self.edit, &mut self.output).line(&self.name, Some(self.settings.end))?;
            }
            Action::List(width) => {
                let text = listed(&self.space, width.unwrap_or(self.settings.width), self.settings.end);
                target(&mut self.edit, &mut self.output).text(&text)?;
            }
            Action::Next => return self.next(),
            Action::NextAppend => return self.next_append(),
            Action::Print => self.print_space()?,
            Action::PrintLine => {
                let (length, end) = self.first_line();
                target(&mut self.edit, &mut self.output).line(&self.space[..length], end)?;
            }
            Action::ReadLine(number) => self.read_later(*number)?,
            Action::WriteFile(number) => self.write(*number, self.space.len(), self.end())?,
            Action::WriteLine(number) => {
                let (number, (length, end)) = (*number, self.first_line());
                self.write(number, length, end)?;
            }
            Action::Translate(table) => translate(table, &mut self.space),
            Action::Evaluate(text) => {
                let text = text.clone();
                self.evaluate(&text)?;
            }
            Action::Substitute(_) => self.substitute(at)?,
            _ => {}
        }
        Ok(Flow::On)
    }

    /// How long the first line of the pattern space is, and its end, which the last line of the input may lack.
    fn first_line(&self) -> (usize, Option<u8>) {
        match memchr::memchr(self.settings.end, &self.space) {
            Some(length) => (length, Some(self.settings.end)),
            None => (self.space.len(), self.end()),
        }
    }

    fn delete_line(&mut self) -> Flow {
        match memchr::memchr(self.settings.end, &self.space) {
            None => Flow::Cycle { print: false },
            Some(end) => {
                self.space.drain(..=end);
                Flow::Again
            }
        }
    }

    fn next(&mut self) -> Done<Flow> {
        if self.is_last()? {
            return Ok(Flow::Cycle { print: !self.settings.posix });
        }
        self.print_space_unless_quiet()?;
        self.flush_later()?;
        self.space.clear();
        self.read_line()?;
        Ok(Flow::On)
    }

    fn next_append(&mut self) -> Done<Flow> {
        if self.is_last()? {
            return Ok(Flow::Cycle { print: !self.settings.posix });
        }
        self.flush_later()?;
        self.space.push(self.settings.end);
        self.read_line()?;
        Ok(Flow::On)
    }

    fn substitute(&mut self, at: usize) -> Done<()> {
        let Action::Substitute(wanted) = &self.script.commands[at].action else {
            return Ok(());
        };
        let regex = wanted.regex.clone();
        let highest = wanted.highest_group;
        let pattern = self.regex(&regex)?;
        let mut pattern = pattern.borrow_mut();
        if highest > pattern.groups() {
            let text = format!("-e expression #1, char 0: invalid reference \\{highest} on `s' command's RHS");
            return Err(End(1, Some(text)));
        }
        let Action::Substitute(wanted) = &self.script.commands[at].action else {
            return Ok(());
        };
        if !replace(wanted, &mut pattern, &self.space, &mut self.room) {
            return Ok(());
        }
        std::mem::swap(&mut self.space, &mut self.room.out);
        self.has_replaced = true;
        let Substitution { print_before, evaluate, print, write, .. } = **wanted;
        if print_before {
            self.print_space()?;
        }
        if evaluate {
            self.evaluate_space()?;
        }
        if print {
            self.print_space()?;
        }
        match write {
            Some(number) => self.write(number, self.space.len(), self.end()),
            None => Ok(()),
        }
    }

    fn command_output(&mut self, command: &[u8]) -> Done<Vec<u8>> {
        self.output.flush()?;
        pagebox_gnu::process::shell_output(command).map_err(|error| {
            End(PANIC, Some(format!("error running subprocess: {}", pagebox_gnu::message::text(&error))))
        })
    }

    fn evaluate_space(&mut self) -> Done<()> {
        let command = std::mem::take(&mut self.space);
        self.space = self.command_output(&command)?;
        if self.space.last() == Some(&self.settings.end) {
            self.space.pop();
        }
        Ok(())
    }

    fn evaluate(&mut self, command: &[u8]) -> Done<()> {
        if command.is_empty() {
            return self.evaluate_space();
        }
        let text = self.command_output(command)?;
        Ok(target(&mut self.edit, &mut self.output).text(&text)?)
    }

    fn write(&mut self, number: usize, length: usize, end: Option<u8>) -> Done<()> {
        let text = &self.space[..length];
        match &mut self.writers[number] {
            Writer::Standard => self.output.line(text, end)?,
            Writer::Error(output) | Writer::File(output) => {
                output.line(text, end)?;
                output.flush()?;
            }
        }
        Ok(())
    }

    fn read_later(&mut self, number: usize) -> Done<()> {
        let mut line = Vec::new();
        let Some(reader) = &mut self.readers[number] else {
            return Ok(());
        };
        if let Ok(Some(has_end)) = reader.read(self.settings.end, &mut line) {
            line.extend(has_end.then_some(self.settings.end));
            self.later.push(Later::Line(line));
        }
        Ok(())
    }

    /// What was to come after the line: texts and files.
    fn flush_later(&mut self) -> Done<()> {
        for item in std::mem::take(&mut self.later) {
            let output = target(&mut self.edit, &mut self.output);
            match item {
                Later::Text(text) => output.text(&text)?,
                Later::Line(text) => output.text(&text)?,
                Later::File(name) => copy_file(&name, output)?,
            }
        }
        Ok(())
    }
}

fn target<'a>(edit: &'a mut Option<Edit>, output: &'a mut Output) -> &'a mut Output {
    match edit {
        Some(edit) => &mut edit.output,
        None => output,
    }
}

/// A text of `i` or `c`, which ends like the lines of the input.
fn put(text: &[u8], end: u8, output: &mut Output) -> Result<(), CannotWrite> {
    match text.strip_suffix(b"\n") {
        Some(lines) => output.line(lines, Some(end)),
        None => output.text(text),
    }
}

fn copy_file(name: &[u8], output: &mut Output) -> Result<(), CannotWrite> {
    use std::io::Read;
    // Even a file that is empty or not there ends the line before it.
    output.text(b"")?;
    let mut text = vec![0; 64 << 10];
    let mut file: Box<dyn Read> = match name {
        b"/dev/stdin" => Box::new(io::stdin()),
        _ => match File::open(path(name)) {
            Ok(file) => Box::new(file),
            Err(_) => return Ok(()),
        },
    };
    while let Ok(count @ 1..) = file.read(&mut text) {
        output.text(&text[..count])?;
    }
    Ok(())
}

fn open_writer(name: &[u8], end: u8) -> Done<Writer> {
    match name {
        b"/dev/stdout" => Ok(Writer::Standard),
        b"/dev/stderr" => Ok(Writer::Error(Output::standard(2, "stderr").ending(end))),
        _ => {
            let shown = String::from_utf8_lossy(name).into_owned();
            let file = File::create(path(name)).map_err(|error| {
                let why = pagebox_gnu::message::text(&error);
                End(PANIC, Some(format!("couldn't open file {shown}: {why}")))
            })?;
            Ok(Writer::File(Output::new(file, &shown).ending(end)))
        }
    }
}

fn open_reader(name: &[u8]) -> Option<Lines> {
    match name {
        b"/dev/stdin" => Some(Lines::standard_input()),
        _ => File::open(path(name)).ok().map(Lines::new),
    }
}

fn translate(table: &Translation, space: &mut Vec<u8>) {
    if table.characters.is_empty() {
        space.iter_mut().for_each(|byte| *byte = table.bytes[usize::from(*byte)]);
        return;
    }
    let mut out = Vec::with_capacity(space.len());
    for chunk in space.utf8_chunks() {
        for character in chunk.valid().chars() {
            let changed = match table.characters.binary_search_by_key(&character, |pair| pair.0) {
                Ok(place) => table.characters[place].1,
                Err(_) if character.is_ascii() => table.bytes[character as usize] as char,
                Err(_) => character,
            };
            out.extend_from_slice(changed.encode_utf8(&mut [0; 4]).as_bytes());
        }
        out.extend_from_slice(chunk.invalid());
    }
    *space = out;
}
