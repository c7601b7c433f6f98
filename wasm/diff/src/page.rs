//! Differences written out: normal, context, unified, ed scripts, RCS scripts.

use pagebox_gnu::regex::Pattern;

use crate::compare::Change;
use crate::options::{Settings, Style};
use crate::text::Lines;

/// Two files that differ, and how they are to be called.
pub struct Pair<'a> {
    pub left: Lines<'a>,
    pub right: Lines<'a>,
    pub names: [Vec<u8>; 2],
    /// Times of modification; empty where a label stands for the name.
    pub times: [String; 2],
}

/// Everything that is printed about a pair.
pub struct Page<'a> {
    pub settings: &'a mut Settings,
    pub out: Vec<u8>,
}

const RESET: &[u8] = b"\x1b[0m";
const HEADER: &[u8] = b"\x1b[1m";
const PLACE: &[u8] = b"\x1b[36m";
const ADDED: &[u8] = b"\x1b[32m";
const DELETED: &[u8] = b"\x1b[31m";

impl Page<'_> {
    /// Writes changes in the style that was asked for.
    pub fn write(&mut self, pair: &Pair<'_>, changes: &[Change]) {
        match self.settings.style.unwrap_or(Style::Normal) {
            Style::Normal => changes.iter().for_each(|change| self.normal(pair, *change)),
            Style::Ed => changes.iter().rev().for_each(|change| self.ed(pair, *change)),
            Style::Rcs => changes.iter().for_each(|change| self.rcs(pair, *change)),
            Style::Unified | Style::Context => self.hunks(pair, changes),
            Style::Formats => crate::formats::write(pair, changes, self.settings, &mut self.out),
            Style::Sides => crate::sides::write(pair, changes, self.settings, &mut self.out),
        }
    }

    fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn coloured(&mut self, colour: &[u8], text: &str) {
        self.start(colour);
        self.text(text);
        self.stop();
    }

    fn start(&mut self, colour: &[u8]) {
        if self.settings.colour {
            self.out.extend_from_slice(colour);
        }
    }

    fn stop(&mut self) {
        if self.settings.colour {
            self.out.extend_from_slice(RESET);
        }
    }

    /// A line after its mark; tells if its end is missing.
    fn line(&mut self, mark: &str, lines: &Lines<'_>, number: usize, colour: &[u8]) {
        let line = lines.lines[number];
        if !colour.is_empty() {
            self.start(colour);
        }
        if line.is_empty() && self.settings.suppress_empty {
            self.text(mark.trim_end_matches(' '));
        } else if self.settings.initial_tab && !mark.is_empty() {
            self.text(mark.trim_end_matches(' '));
            self.out.push(b'\t');
        } else {
            self.text(mark);
        }
        if self.settings.expand_tabs {
            let expanded = expanded(line, self.settings.tab_size);
            self.out.extend_from_slice(&expanded);
        } else {
            self.out.extend_from_slice(line);
        }
        if !colour.is_empty() {
            self.stop();
        }
        self.out.push(b'\n');
        if lines.is_open(number) {
            self.text("\\ No newline at end of file\n");
        }
    }

    fn normal(&mut self, pair: &Pair<'_>, change: Change) {
        let letter = letter(change);
        self.coloured(PLACE, &format!("{}{letter}{}", range(change.left), range(change.right)));
        self.out.push(b'\n');
        (change.left.0..change.left.1).for_each(|number| self.line("< ", &pair.left, number, DELETED));
        if letter == 'c' {
            self.text("---\n");
        }
        (change.right.0..change.right.1).for_each(|number| self.line("> ", &pair.right, number, ADDED));
    }

    fn ed(&mut self, pair: &Pair<'_>, change: Change) {
        self.text(&format!("{}{}\n", range(change.left), letter(change)));
        if change.right.0 == change.right.1 {
            return;
        }
        let mut is_open = true;
        for number in change.right.0..change.right.1 {
            if !is_open {
                self.text("a\n");
                is_open = true;
            }
            let line = pair.right.lines[number];
            if line == b"." {
                self.text("..\n.\ns/.//\n");
                is_open = false;
            } else {
                self.out.extend_from_slice(line);
                self.out.push(b'\n');
            }
        }
        if is_open {
            self.text(".\n");
        }
    }

    fn rcs(&mut self, pair: &Pair<'_>, change: Change) {
        let (deleted, added) = (change.left.1 - change.left.0, change.right.1 - change.right.0);
        if deleted > 0 {
            self.text(&format!("d{} {deleted}\n", change.left.0 + 1));
        }
        if added > 0 {
            self.text(&format!("a{} {added}\n", change.left.1));
            for number in change.right.0..change.right.1 {
                self.out.extend_from_slice(pair.right.lines[number]);
                if !pair.right.is_open(number) {
                    self.out.push(b'\n');
                }
            }
        }
    }

    fn hunks(&mut self, pair: &Pair<'_>, changes: &[Change]) {
        let is_unified = self.settings.style == Some(Style::Unified);
        let marks = if is_unified { ["---", "+++"] } else { ["***", "---"] };
        for ((mark, name), time) in marks.iter().zip(&pair.names).zip(&pair.times) {
            self.start(HEADER);
            self.text(&format!("{mark} "));
            self.out.extend_from_slice(name);
            if !time.is_empty() {
                self.text(&format!("\t{time}"));
            }
            self.stop();
            self.out.push(b'\n');
        }
        let mut from = 0;
        let mut function = Function::default();
        while from < changes.len() {
            let mut to = from + 1;
            while to < changes.len() && changes[to].left.0 - changes[to - 1].left.1 <= 2 * self.settings.context {
                to += 1;
            }
            let hunk = Hunk::new(pair, &changes[from..to], self.settings.context);
            let heading = self.settings.function.as_mut().map(|pattern| function.before(pattern, &pair.left, hunk.left.0));
            if is_unified { self.unified(pair, &hunk, heading.flatten()) } else { self.context(pair, &hunk, heading.flatten()) }
            from = to;
        }
    }

    fn unified(&mut self, pair: &Pair<'_>, hunk: &Hunk<'_>, heading: Option<Vec<u8>>) {
        self.coloured(PLACE, &format!("@@ -{} +{} @@", counted(hunk.left), counted(hunk.right)));
        if let Some(heading) = heading {
            self.out.push(b' ');
            self.out.extend_from_slice(&heading);
        }
        self.out.push(b'\n');
        let mut left = hunk.left.0;
        for change in hunk.changes {
            (left..change.left.0).for_each(|number| self.line(" ", &pair.left, number, b""));
            (change.left.0..change.left.1).for_each(|number| self.line("-", &pair.left, number, DELETED));
            (change.right.0..change.right.1).for_each(|number| self.line("+", &pair.right, number, ADDED));
            left = change.left.1;
        }
        (left..hunk.left.1).for_each(|number| self.line(" ", &pair.left, number, b""));
    }

    fn context(&mut self, pair: &Pair<'_>, hunk: &Hunk<'_>, heading: Option<Vec<u8>>) {
        self.text("***************");
        if let Some(heading) = heading {
            self.out.push(b' ');
            self.out.extend_from_slice(&heading);
        }
        self.out.push(b'\n');
        self.coloured(PLACE, &format!("*** {} ****", spanned(hunk.left)));
        self.out.push(b'\n');
        if hunk.changes.iter().any(|change| change.left.0 < change.left.1) {
            self.side(&pair.left, hunk, hunk.left, |change| (change.left, change.right), "- ", DELETED);
        }
        self.coloured(PLACE, &format!("--- {} ----", spanned(hunk.right)));
        self.out.push(b'\n');
        if hunk.changes.iter().any(|change| change.right.0 < change.right.1) {
            self.side(&pair.right, hunk, hunk.right, |change| (change.right, change.left), "+ ", ADDED);
        }
    }

    fn side(
        &mut self,
        lines: &Lines<'_>,
        hunk: &Hunk<'_>,
        whole: (usize, usize),
        sides: fn(&Change) -> ((usize, usize), (usize, usize)),
        mark: &str,
        colour: &[u8],
    ) {
        let mut at = whole.0;
        for change in hunk.changes {
            let (own, other) = sides(change);
            (at..own.0).for_each(|number| self.line("  ", lines, number, colour));
            let mark = if other.0 < other.1 { "! " } else { mark };
            (own.0..own.1).for_each(|number| self.line(mark, lines, number, colour));
            at = own.1;
        }
        (at..whole.1).for_each(|number| self.line("  ", lines, number, colour));
    }
}

struct Hunk<'a> {
    changes: &'a [Change],
    left: (usize, usize),
    right: (usize, usize),
}

impl<'a> Hunk<'a> {
    fn new(pair: &Pair<'_>, changes: &'a [Change], context: usize) -> Hunk<'a> {
        let (first, last) = (changes[0], changes[changes.len() - 1]);
        let before = context.min(first.left.0).min(first.right.0);
        let after = context.min(pair.left.len() - last.left.1);
        Hunk {
            changes,
            left: (first.left.0 - before, last.left.1 + after),
            right: (first.right.0 - before, (last.right.1 + after).min(pair.right.len())),
        }
    }
}

/// The last line before a hunk that matches `-p` or `-F`.
#[derive(Default)]
struct Function {
    searched: usize,
    found: Option<usize>,
}

impl Function {
    fn before(&mut self, pattern: &mut Pattern, lines: &Lines<'_>, end: usize) -> Option<Vec<u8>> {
        let fresh = (self.searched..end).rev().find(|&number| pattern.find(lines.lines[number], 0).is_some());
        self.found = fresh.or(self.found);
        self.searched = end.max(self.searched);
        let line = lines.lines[self.found?];
        let line = &line[..line.len().min(40)];
        Some(line.trim_ascii_end().to_vec())
    }
}

fn letter(change: Change) -> char {
    match (change.left.0 < change.left.1, change.right.0 < change.right.1) {
        (true, true) => 'c',
        (true, false) => 'd',
        _ => 'a',
    }
}

/// First and last line, or the one line; the line before if there is none.
fn range((start, end): (usize, usize)) -> String {
    match end - start {
        0 => start.to_string(),
        1 => end.to_string(),
        _ => format!("{},{end}", start + 1),
    }
}

fn spanned(lines: (usize, usize)) -> String {
    range(lines)
}

/// First line and number of lines.
fn counted((start, end): (usize, usize)) -> String {
    match end - start {
        0 => format!("{start},0"),
        1 => end.to_string(),
        count => format!("{},{count}", start + 1),
    }
}

fn expanded(line: &[u8], size: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for &byte in line {
        if byte == b'\t' {
            out.resize((out.len() / size + 1) * size, b' ');
        } else {
            out.push(byte);
        }
    }
    out
}
