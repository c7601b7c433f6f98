//! Walks the trees and applies the expression to every file.

use std::cell::OnceCell;
use std::io;

use pagebox_gnu::glob::{self, Flags};
use pagebox_gnu::message::{self, quote};
use pagebox_gnu::process::{Call, run};

use crate::accounts::file_system;
use crate::entry::{Entry, Facts, facts, letter, path};
use crate::expression::{Age, Collected, Command, Follow, Mode, Node, Stamp, Subject};
use crate::parse::Asked;
use crate::printf;

const LONGEST_COMMAND: usize = 128 << 10;
const MOST_NAMES: usize = 10_000;
const DEEPEST: usize = 1000;

pub struct Walk<'a> {
    asked: &'a Asked,
    status: i32,
    has_ended: bool,
    prunes: bool,
    /// Devices and inodes of the folders above, where links are followed.
    above: Vec<(u64, u64)>,
    line: Vec<u8>,
}

impl<'a> Walk<'a> {
    pub fn new(asked: &'a Asked) -> Self {
        Walk { asked, status: 0, has_ended: false, prunes: false, above: Vec::new(), line: Vec::new() }
    }

    /// Walks below all operands; gives the status.
    pub fn run(mut self) -> i32 {
        for start in &self.asked.settings.paths {
            if self.has_ended {
                break;
            }
            self.start(start);
        }
        self.finish(&self.asked.node);
        for sink in &self.asked.sinks {
            if let Some(text) = sink.failure() {
                eprintln!("find: {text}");
                self.status = 1;
            }
        }
        self.status
    }

    fn say(&mut self, name: &[u8], why: &str) {
        self.flush();
        eprintln!("find: {}: {why}", quote(name));
        self.status = 1;
    }

    fn flush(&self) {
        self.asked.sinks.iter().for_each(|sink| sink.flush());
    }

    fn start(&mut self, start: &[u8]) {
        let follows = self.asked.settings.follow != Follow::Never;
        let found = facts(start, follows).or_else(|error| if follows { facts(start, false) } else { Err(error) });
        match found {
            Ok(facts) => {
                let mut path = start.to_vec();
                self.visit(&mut path, start, 0, Some(letter(facts.mode)), Some(facts), facts.device);
            }
            Err(error) => self.say(start, &message::text(&error)),
        }
    }

    fn visit(&mut self, path: &mut Vec<u8>, start: &[u8], depth: usize, hint: Option<u8>, known: Option<Facts>, device: u64) {
        let settings = &self.asked.settings;
        let follows = settings.follow == Follow::Always || settings.follow == Follow::Operands && depth == 0;
        let found = known.map_or_else(OnceCell::new, |facts| OnceCell::from(Some(facts)));
        let entry = Entry { path, start, depth, follows, hint, found };
        let is_folder = entry.kind() == b'd';
        let shows = depth >= settings.least_depth;
        self.prunes = false;
        if shows && !settings.depth_first {
            self.evaluate(&self.asked.node, &entry);
        }
        if self.has_ended {
            return;
        }
        let enters = is_folder && depth < settings.most_depth && !(self.prunes && !settings.depth_first);
        if enters && self.may_enter(&entry, device) {
            let facts = if follows { entry.facts() } else { None };
            let mut inner = std::mem::take(path);
            self.below(&mut inner, start, depth, device, facts);
            *path = inner;
        }
        if shows && settings.depth_first && !self.has_ended {
            let entry = Entry { path, start, depth, follows, hint, found: known.map_or_else(OnceCell::new, |facts| OnceCell::from(Some(facts))) };
            self.evaluate(&self.asked.node, &entry);
        }
    }

    fn may_enter(&mut self, entry: &Entry<'_>, device: u64) -> bool {
        if self.asked.settings.one_file_system && entry.facts().is_some_and(|facts| facts.device != device) {
            return false;
        }
        if !entry.follows {
            return true;
        }
        let Some(facts) = entry.facts() else {
            return true;
        };
        let loops = self.above.contains(&(facts.device, facts.inode));
        if loops {
            let (path, start) = (quote(entry.path), quote(entry.folder()));
            self.flush();
            eprintln!("find: File system loop detected; {path} is part of the same file system loop as {start}.");
            self.status = 1;
        }
        !loops
    }

    fn below(&mut self, folder: &mut Vec<u8>, start: &[u8], depth: usize, device: u64, facts: Option<Facts>) {
        if depth == DEEPEST {
            return self.say(folder, "File name too long");
        }
        let entries = match std::fs::read_dir(path(folder)) {
            Ok(entries) => entries,
            Err(error) => return self.failed(folder, &error),
        };
        self.above.extend(facts.map(|facts| (facts.device, facts.inode)));
        let length = folder.len();
        if !folder.ends_with(b"/") {
            folder.push(b'/');
        }
        let base = folder.len();
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    folder.truncate(length);
                    self.failed(folder, &error);
                    break;
                }
            };
            let hint = entry.file_type().ok().and_then(|kind| match () {
                () if kind.is_dir() => Some(b'd'),
                () if kind.is_file() => Some(b'f'),
                () if kind.is_symlink() => Some(b'l'),
                () => None,
            });
            folder.extend_from_slice(entry.file_name().as_encoded_bytes());
            self.visit(folder, start, depth + 1, hint, None, device);
            folder.truncate(base);
            if self.has_ended {
                break;
            }
        }
        folder.truncate(length);
        if facts.is_some() {
            self.above.pop();
        }
    }

    fn failed(&mut self, name: &[u8], error: &io::Error) {
        if !(self.asked.settings.ignores_races && error.kind() == io::ErrorKind::NotFound) {
            self.say(name, &message::text(error));
        }
    }

    fn evaluate(&mut self, node: &Node, entry: &Entry<'_>) -> bool {
        match node {
            Node::True => true,
            Node::False => false,
            Node::Not(inner) => !self.evaluate(inner, entry),
            Node::And(left, right) => self.evaluate(left, entry) && !self.has_ended && self.evaluate(right, entry),
            Node::Or(left, right) => self.evaluate(left, entry) || !self.has_ended && self.evaluate(right, entry),
            Node::Then(left, right) => {
                self.evaluate(left, entry);
                !self.has_ended && self.evaluate(right, entry)
            }
            Node::Glob(pattern, fold, subject) => glob_fits(pattern, *fold, *subject, entry),
            Node::Regex(pattern) => pattern.borrow_mut().find(entry.path, 0).is_some(),
            Node::Type(letters, false) => letters.contains(&entry.kind()),
            Node::Type(letters, true) => {
                let other = if entry.follows { facts(entry.path, false) } else { facts(entry.path, true).or_else(|_| facts(entry.path, false)) };
                other.is_ok_and(|facts| letters.contains(&letter(facts.mode)))
            }
            Node::Print(sink, end) => {
                sink.write(entry.path);
                sink.write(&[*end]);
                true
            }
            Node::Printf(sink, parts) => {
                self.line.clear();
                printf::write(parts, entry, &self.asked.names, &mut self.line);
                sink.write(&self.line);
                if parts.iter().any(|part| matches!(part, printf::Part::Flush)) {
                    sink.flush();
                }
                true
            }
            Node::List(sink) => {
                sink.write(&printf::listing(entry, &self.asked.names, self.asked.settings.now.0));
                true
            }
            Node::Delete => self.delete(entry),
            Node::Prune => {
                self.prunes = true;
                true
            }
            Node::Quit => {
                self.has_ended = true;
                false
            }
            Node::Run(command) => self.execute(command, entry),
            Node::FileSystem(kind) => file_system(entry.path).as_bytes() == kind,
            Node::Empty => self.is_empty(entry),
            Node::Access(wanted) => access(entry.path, *wanted),
            other => match entry.facts() {
                Some(facts) => self.fits(other, &facts),
                None => {
                    self.say(entry.path, "No such file or directory");
                    false
                }
            },
        }
    }

    /// Tests that ask the system about the file.
    fn fits(&self, node: &Node, facts: &Facts) -> bool {
        match node {
            Node::Size(count, unit) => count.fits(facts.size.div_ceil(*unit)),
            Node::Links(count) => count.fits(facts.links),
            Node::Inode(count) => count.fits(facts.inode),
            Node::User(count) => count.fits(u64::from(facts.user)),
            Node::Group(count) => count.fits(u64::from(facts.group)),
            Node::NoUser => self.asked.names.users.name(facts.user).is_none(),
            Node::NoGroup => self.asked.names.groups.name(facts.group).is_none(),
            Node::Permission(mode) => match mode {
                Mode::Exactly(bits) => facts.mode & 0o7777 == *bits,
                Mode::All(bits) => facts.mode & bits == *bits,
                Mode::Any(bits) => *bits == 0 || facts.mode & bits != 0,
            },
            Node::Age(age) => self.is_of_age(age, facts),
            Node::Used(count) => {
                let days = (facts.accessed.0 - facts.changed.0).div_euclid(86_400);
                u64::try_from(days).is_ok_and(|days| count.fits(days))
            }
            Node::Newer(stamp, time) => time_of(*stamp, facts) > *time,
            Node::Same(device, inode) => (facts.device, facts.inode) == (*device, *inode),
            _ => false,
        }
    }

    fn is_of_age(&self, age: &Age, facts: &Facts) -> bool {
        let (seconds, nanoseconds) = time_of(age.stamp, facts);
        let now = self.asked.settings.now;
        let passed = (now.0 - seconds) as f64 + (now.1 - nanoseconds) as f64 / 1e9;
        let units = passed / age.unit;
        if age.unit > 60.0 {
            return match age.sign {
                b'+' => units >= age.amount + 1.0,
                b'-' => units < age.amount,
                _ => units >= age.amount && units < age.amount + 1.0,
            };
        }
        match age.sign {
            b'+' => units > age.amount,
            b'-' => units < age.amount,
            _ => units > age.amount - 1.0 && units <= age.amount,
        }
    }

    fn is_empty(&mut self, entry: &Entry<'_>) -> bool {
        match entry.kind() {
            b'd' => match std::fs::read_dir(path(entry.path)) {
                Ok(mut entries) => entries.next().is_none(),
                Err(error) => {
                    self.failed(entry.path, &error);
                    false
                }
            },
            b'f' => entry.facts().is_some_and(|facts| facts.size == 0),
            _ => false,
        }
    }

    fn delete(&mut self, entry: &Entry<'_>) -> bool {
        if entry.path == b"." || entry.path.ends_with(b"/.") {
            return true;
        }
        let name = path(entry.path);
        let is_folder = facts(entry.path, false).is_ok_and(|facts| letter(facts.mode) == b'd');
        let done = if is_folder { std::fs::remove_dir(name) } else { std::fs::remove_file(name) };
        match done {
            Ok(()) => true,
            Err(error) => {
                self.flush();
                eprintln!("find: cannot delete {}: {}", quote(entry.path), message::text(&error));
                self.status = 1;
                false
            }
        }
    }

    fn execute(&mut self, command: &Command, entry: &Entry<'_>) -> bool {
        let (folder, name) = if command.in_folder {
            let name = entry.name();
            let name = if name.starts_with(b"/") { name.to_vec() } else { [b"./", name].concat() };
            let folder = if entry.folder().is_empty() { b"/" } else { entry.folder() };
            (folder.to_vec(), name)
        } else {
            (Vec::new(), entry.path.to_vec())
        };
        if let Some(collected) = &command.collects {
            let mut waiting = collected.borrow_mut();
            let is_full = waiting.bytes + name.len() > LONGEST_COMMAND || waiting.names.len() >= MOST_NAMES;
            if !waiting.names.is_empty() && (is_full || waiting.folder != folder) {
                let full = std::mem::take(&mut *waiting);
                self.run_collected(command, full);
            }
            waiting.folder = folder;
            waiting.bytes += name.len() + 1;
            waiting.names.push(name);
            return true;
        }
        let words: Vec<Vec<u8>> = command.words.iter().map(|word| filled(word, &name)).collect();
        if command.asks && !self.agrees(&words, entry) {
            return false;
        }
        self.call(&words, &folder) == Some(0)
    }

    fn agrees(&mut self, words: &[Vec<u8>], entry: &Entry<'_>) -> bool {
        self.flush();
        let program = String::from_utf8_lossy(&words[0]).into_owned();
        eprint!("< {program} ... {} > ? ", String::from_utf8_lossy(entry.path));
        let mut answer = String::new();
        let _ = io::stdin().read_line(&mut answer);
        answer.starts_with(['y', 'Y'])
    }

    fn run_collected(&mut self, command: &Command, collected: Collected) {
        let words: Vec<Vec<u8>> = command.words.iter().cloned().chain(collected.names).collect();
        if self.call(&words, &collected.folder) != Some(0) {
            self.status = 1;
        }
    }

    fn call(&mut self, words: &[Vec<u8>], folder: &[u8]) -> Option<i32> {
        self.flush();
        let folder = (!folder.is_empty()).then(|| std::fs::canonicalize(path(folder)).unwrap_or_default());
        let folder = folder.map(|folder| folder.into_os_string().into_encoded_bytes());
        match run(&Call { arguments: words, folder: folder.as_deref() }) {
            Ok(status) => status,
            Err(error) => {
                eprintln!("find: {}: {}", quote(&words[0]), message::text(&error));
                None
            }
        }
    }

    /// Runs what has been collected.
    fn finish(&mut self, node: &Node) {
        match node {
            Node::Not(inner) => self.finish(inner),
            Node::And(left, right) | Node::Or(left, right) | Node::Then(left, right) => {
                self.finish(left);
                self.finish(right);
            }
            Node::Run(command) => {
                let Some(collected) = &command.collects else {
                    return;
                };
                let rest = collected.take();
                if !rest.names.is_empty() {
                    self.run_collected(command, rest);
                }
            }
            _ => {}
        }
    }
}

fn time_of(stamp: Stamp, facts: &Facts) -> (i64, i64) {
    match stamp {
        Stamp::Access => facts.accessed,
        Stamp::Change => facts.changed,
        Stamp::Modification => facts.modified,
    }
}

fn glob_fits(pattern: &[u8], fold: bool, subject: Subject, entry: &Entry<'_>) -> bool {
    let flags = Flags { fold, ..Flags::default() };
    match subject {
        Subject::Name => glob::matches(pattern, entry.name(), flags),
        Subject::Path => glob::matches(pattern, entry.path, flags),
        Subject::LinkTarget => {
            entry.kind() == b'l' && entry.target().is_some_and(|target| glob::matches(pattern, &target, flags))
        }
    }
}

/// A word with every `{}` replaced.
fn filled(word: &[u8], name: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < word.len() {
        if word[at..].starts_with(b"{}") {
            out.extend_from_slice(name);
            at += 2;
        } else {
            out.push(word[at]);
            at += 1;
        }
    }
    out
}

fn access(name: &[u8], wanted: u8) -> bool {
    let Ok(name) = std::ffi::CString::new(name) else {
        return false;
    };
    // SAFETY: `name` ends in NUL.
    unsafe { libc::access(name.as_ptr(), i32::from(wanted)) == 0 }
}
