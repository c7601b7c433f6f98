//! Files and directories compared, and what is said about them.

use std::collections::BTreeSet;
use std::fs::Metadata;
use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use pagebox_gnu::glob::{self, Flags};
use pagebox_gnu::message;

use crate::compare::{Change, changes};
use crate::options::{Settings, Style};
use crate::page::{Page, Pair};
use crate::text::{Lines, is_binary, is_empty_line, numbered, path, read};

const TROUBLE: i32 = 2;
const DEEPEST: usize = 400;

/// A comparison of two operands.
pub struct Comparison {
    pub settings: Settings,
    depth: usize,
}

fn print(bytes: &[u8]) -> bool {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => true,
        Err(error) => {
            eprintln!("diff: write failed: {}", message::text(&error));
            std::process::exit(TROUBLE);
        }
    }
}

fn say(text: &str) {
    print(format!("{text}\n").as_bytes());
}

fn shown(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

fn complain(name: &[u8], error: &io::Error) -> i32 {
    eprintln!("diff: {}: {}", shown(name), message::text(error));
    TROUBLE
}

fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let slash: &[u8] = if folder.ends_with(b"/") { b"" } else { b"/" };
    [folder, slash, name].concat()
}

fn last_part(name: &[u8]) -> &[u8] {
    let name = name.strip_suffix(b"/").unwrap_or(name);
    name.rsplit(|&byte| byte == b'/').next().unwrap_or(name)
}

impl Comparison {
    pub fn new(settings: Settings) -> Comparison {
        Comparison { settings, depth: 0 }
    }

    fn facts(&self, name: &[u8]) -> io::Result<Option<Metadata>> {
        if name == b"-" {
            return Ok(None);
        }
        let found = if self.settings.no_dereference { std::fs::symlink_metadata(path(name)) } else { std::fs::metadata(path(name)) };
        found.map(Some)
    }

    /// Compares two operands; gives the status.
    pub fn operands(&mut self, left: &[u8], right: &[u8]) -> i32 {
        let is_folder = |name: &[u8]| name != b"-" && std::fs::metadata(path(name)).is_ok_and(|facts| facts.is_dir());
        match (is_folder(left), is_folder(right)) {
            (true, false) if right != b"-" && std::fs::metadata(path(right)).is_ok() => {
                self.entries(&join(left, last_part(right)), right)
            }
            (false, true) if left != b"-" && std::fs::metadata(path(left)).is_ok() => {
                self.entries(left, &join(right, last_part(left)))
            }
            _ => self.entries(left, right),
        }
    }

    fn entries(&mut self, left: &[u8], right: &[u8]) -> i32 {
        let (left_facts, right_facts) = (self.facts(left), self.facts(right));
        let is_missing = |found: &io::Result<_>| matches!(found, Err(error) if error.kind() == io::ErrorKind::NotFound);
        let may_miss = |own: bool, other: bool| own && !other && (self.settings.new_file || self.settings.old_file);
        let left_missing = is_missing(&left_facts);
        let right_missing = is_missing(&right_facts);
        if let Err(error) = left_facts.as_ref()
            && !may_miss(left_missing, right_missing)
        {
            let status = complain(left, error);
            return right_facts.as_ref().err().map_or(status, |error| complain(right, error));
        }
        if let Err(error) = right_facts.as_ref()
            && !may_miss(right_missing && self.settings.new_file, left_missing)
        {
            return complain(right, error);
        }
        let (left_facts, right_facts) = (left_facts.ok().flatten(), right_facts.ok().flatten());
        let is_folder = |facts: &Option<Metadata>| facts.as_ref().is_some_and(Metadata::is_dir);
        match (is_folder(&left_facts), is_folder(&right_facts)) {
            (true, true) => return self.folders(left, right, false),
            (true, false) if right_missing => return self.folders(left, right, true),
            (false, true) if left_missing => return self.folders(left, right, true),
            (false, false) => {}
            (left_is, _) => {
                let kind = |is_folder: bool, facts: &Option<Metadata>| kind_of(is_folder, facts.as_ref());
                let (a, b) = (kind(left_is, &left_facts), kind(!left_is, &right_facts));
                say(&format!("File {} is a {a} while file {} is a {b}", shown(left), shown(right)));
                return 1;
            }
        }
        if let (Some(a), Some(b)) = (&left_facts, &right_facts)
            && (a.is_symlink() || b.is_symlink())
        {
            return links(left, right, a, b);
        }
        self.files(left, right, [left_missing, right_missing], [left_facts, right_facts])
    }

    fn folders(&mut self, left: &[u8], right: &[u8], is_half: bool) -> i32 {
        if self.depth == DEEPEST {
            return complain(left, &io::Error::other("Too many levels of directories"));
        }
        if self.depth > 0 && !self.settings.recursive && !is_half {
            say(&format!("Common subdirectories: {} and {}", shown(left), shown(right)));
            return 0;
        }
        let mut names = BTreeSet::new();
        let mut status = 0;
        for (folder, may_miss) in [(left, is_half), (right, is_half)] {
            match std::fs::read_dir(path(folder)) {
                Ok(entries) => names.extend(entries.flatten().map(|entry| entry.file_name().into_encoded_bytes())),
                Err(error) if may_miss && error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => status = complain(folder, &error),
            }
        }
        if let Some(start) = self.settings.starting.take() {
            names.retain(|name| *name >= start);
        }
        self.depth += 1;
        for name in names {
            if self.settings.excluded.iter().any(|pattern| glob::matches(pattern, &name, Flags::default())) {
                continue;
            }
            status = status.max(self.entry(left, right, &name));
        }
        self.depth -= 1;
        status
    }

    fn entry(&mut self, left: &[u8], right: &[u8], name: &[u8]) -> i32 {
        let (a, b) = (join(left, name), join(right, name));
        let exists = |name: &[u8]| std::fs::symlink_metadata(path(name)).is_ok();
        let (has_left, has_right) = (exists(&a), exists(&b));
        let takes_missing = match (has_left, has_right) {
            (true, false) => self.settings.new_file,
            (false, true) => self.settings.new_file || self.settings.old_file,
            _ => true,
        };
        if !takes_missing {
            let folder = if has_left { left } else { right };
            say(&format!("Only in {}: {}", shown(folder), shown(name)));
            return 1;
        }
        self.entries(&a, &b)
    }

    fn files(&mut self, left: &[u8], right: &[u8], missing: [bool; 2], facts: [Option<Metadata>; 2]) -> i32 {
        let contents = [(left, missing[0]), (right, missing[1])].map(|(name, is_missing)| {
            if is_missing { Ok(Vec::new()) } else { read(name).map_err(|error| complain(name, &error)) }
        });
        let [Ok(left_text), Ok(mut right_text)] = contents else {
            return TROUBLE;
        };
        // Standard input is the same on both sides, and can be read only once.
        if left == b"-" && right == b"-" {
            right_text.clone_from(&left_text);
        }
        let names = [self.label(0, left), self.label(1, right)];
        let status = self.texts(left, right, &left_text, &right_text, names, facts);
        if status == 0 && self.settings.tells_same {
            say(&format!("Files {} and {} are identical", shown(left), shown(right)));
        }
        status
    }

    fn label(&self, number: usize, name: &[u8]) -> Vec<u8> {
        self.settings.labels.get(number).cloned().unwrap_or_else(|| name.to_vec())
    }

    fn texts(&mut self, left: &[u8], right: &[u8], a: &[u8], b: &[u8], names: [Vec<u8>; 2], facts: [Option<Metadata>; 2]) -> i32 {
        let shows_all = matches!(self.settings.style, Some(Style::Sides | Style::Formats));
        if a == b && !shows_all {
            return 0;
        }
        if !self.settings.text && (is_binary(a) || is_binary(b)) {
            if a == b {
                return 0;
            }
            let start = if self.settings.brief { "Files" } else { "Binary files" };
            say(&format!("{start} {} and {} differ", shown(&names[0]), shown(&names[1])));
            return 1;
        }
        let strips = self.settings.overlook.carriage_return;
        let pair = Pair {
            left: Lines::new(a, strips),
            right: Lines::new(b, strips),
            times: [0, 1].map(|side| if self.settings.labels.len() > side { String::new() } else { time(facts[side].as_ref(), &names[side]) }),
            names,
        };
        let (left_numbers, right_numbers) = numbered(&pair.left, &pair.right, self.settings.overlook);
        let found = self.counting(&pair, changes(&left_numbers, &right_numbers));
        if found.is_empty() && !shows_all {
            return 0;
        }
        if self.settings.brief {
            if found.is_empty() {
                return 0;
            }
            say(&format!("Files {} and {} differ", shown(&pair.names[0]), shown(&pair.names[1])));
            return 1;
        }
        self.print(left, right, &pair, &found);
        i32::from(!found.is_empty())
    }

    fn print(&mut self, left: &[u8], right: &[u8], pair: &Pair<'_>, found: &[Change]) {
        let mut page = Page { settings: &mut self.settings, out: Vec::new() };
        if self.depth > 0 {
            let mut words: Vec<Vec<u8>> = vec![b"diff".to_vec()];
            words.extend(page.settings.shown.iter().cloned());
            words.extend([left.to_vec(), right.to_vec()]);
            page.out.extend(words.join(&b' '));
            page.out.push(b'\n');
        }
        page.write(pair, found);
        print(&page.out);
    }

    /// The changes that count: not those of blank lines, or of lines that `-I` overlooks.
    fn counting(&mut self, pair: &Pair<'_>, mut found: Vec<Change>) -> Vec<Change> {
        let overlook = self.settings.overlook;
        if !overlook.blank_lines && self.settings.ignored_lines.is_empty() {
            return found;
        }
        let patterns = &mut self.settings.ignored_lines;
        found.retain(|change| {
            let left = &pair.left.lines[change.left.0..change.left.1];
            let right = &pair.right.lines[change.right.0..change.right.1];
            !left.iter().chain(right).all(|line| {
                overlook.blank_lines && is_empty_line(line, overlook)
                    || patterns.iter_mut().any(|pattern| pattern.find(line, 0).is_some())
            })
        });
        found
    }
}

fn kind_of(is_folder: bool, facts: Option<&Metadata>) -> &'static str {
    match facts {
        _ if is_folder => "directory",
        Some(facts) if facts.is_symlink() => "symbolic link",
        Some(facts) if facts.is_file() && facts.len() == 0 => "regular empty file",
        Some(facts) if facts.is_file() => "regular file",
        _ => "character special file",
    }
}

fn links(left: &[u8], right: &[u8], a: &Metadata, b: &Metadata) -> i32 {
    if !(a.is_symlink() && b.is_symlink()) {
        let (first, second) = (kind_of(a.is_dir(), Some(a)), kind_of(b.is_dir(), Some(b)));
        say(&format!("File {} is a {first} while file {} is a {second}", shown(left), shown(right)));
        return 1;
    }
    if std::fs::read_link(path(left)).ok() == std::fs::read_link(path(right)).ok() {
        return 0;
    }
    say(&format!("Symbolic links {} and {} differ", shown(left), shown(right)));
    1
}

/// The time of modification as a header tells it.
fn time(facts: Option<&Metadata>, name: &[u8]) -> String {
    let modified = match facts {
        Some(facts) => facts.modified().unwrap_or(UNIX_EPOCH),
        None if name == b"-" => SystemTime::now(),
        None => UNIX_EPOCH,
    };
    let passed = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, rest) = (passed.as_secs() / 86_400, passed.as_secs() % 86_400);
    let (year, month, day) = date(i64::try_from(days).unwrap_or(0));
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{:09} +0000", passed.subsec_nanos())
}

/// The date so many days after 1970 began.
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted_month + 2) / 5 + 1)
}
