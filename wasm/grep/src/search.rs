//! Searches one file and prints what is found.

use std::io;

use crate::input::Input;
use crate::matcher::Matcher;
use crate::options::{Binary, List, Settings};
use crate::output::{Colours, Output};

const SELECTED: u8 = b':';
const REJECTED: u8 = b'-';

/// Why a file was not searched to its end.
pub enum Trouble {
    Read(io::Error),
    Match(String),
}

/// What is the same for all files.
pub struct Job<'a> {
    pub settings: &'a Settings,
    pub matcher: &'a mut Matcher,
    pub output: &'a mut Output,
    pub with_name: bool,
    /// Whether any line has been printed, of any file.
    pub has_printed: bool,
}

/// The search of one file.
pub struct Search<'a, 'b> {
    job: &'a mut Job<'b>,
    name: &'a [u8],
    input: Input,
    /// The offset in the file of the start of the buffer.
    base: u64,
    /// Up to where the buffer has been printed, if any of the file has.
    printed: Option<usize>,
    /// Up to where newlines have been counted, and how many lines there were before.
    counted: usize,
    line_number: u64,
    /// Context lines still to come.
    pending: usize,
    left: u64,
    /// The offset in the file of the end of the last selected line.
    after_selected: u64,
    selected: u64,
    is_quiet: bool,
    stops_early: bool,
    has_bad_text: bool,
    nulls_since: Option<u64>,
    /// Numbers are as wide as the size of the file, where columns are wanted.
    width: usize,
}

impl<'a, 'b> Search<'a, 'b> {
    pub fn new(job: &'a mut Job<'b>, name: &'a [u8], input: Input) -> Self {
        let settings = job.settings;
        let shows_lines = !settings.count && settings.list == List::No && !settings.quiet;
        let width = if settings.tabs { input.size().to_string().len() } else { 0 };
        Search {
            name,
            input,
            width,
            base: 0,
            printed: None,
            after_selected: 0,
            counted: 0,
            line_number: 1,
            pending: 0,
            left: settings.most.unwrap_or(u64::MAX),
            selected: 0,
            is_quiet: !shows_lines,
            stops_early: settings.quiet || settings.list != List::No,
            has_bad_text: false,
            nulls_since: None,
            job,
        }
    }

    /// Searches and prints; gives the number of selected lines.
    pub fn run(&mut self) -> (u64, Option<Trouble>) {
        let was_quiet = self.is_quiet;
        let trouble = self.pieces().err();
        let has_nulls = self.nulls_since.is_some_and(|before| before < self.selected);
        let settings = self.job.settings;
        if settings.binary == Binary::Say && !was_quiet && (self.has_bad_text || has_nulls) {
            let text = [self.name, b": binary file matches"].concat();
            self.job.output.complain(&text);
        }
        (self.selected, trouble)
    }

    /// Puts a standard input that was not read to its end behind the last line that was used.
    pub fn leave_input(&mut self) {
        if self.left == 0 {
            self.input.seek(self.after_selected);
        }
    }

    fn pieces(&mut self) -> Result<(), Trouble> {
        let end = self.job.settings.end;
        if self.left == 0 && self.job.settings.list == List::No {
            return Ok(());
        }
        let mut from = 0;
        loop {
            let kept = if self.is_quiet { from } else { self.kept_from(from) };
            self.count_to(kept);
            self.counted = 0;
            self.base += kept as u64;
            let unread = self.input.text.len() - kept;
            self.input.advance(kept).map_err(Trouble::Read)?;
            from -= kept;
            self.printed = self.printed.map(|place| place.saturating_sub(kept));
            if self.input.is_over {
                if self.input.text.len() > from {
                    self.input.text.push(end);
                    self.piece(from, self.input.text.len())?;
                }
                return Ok(());
            }
            if self.meets_nulls(unread) && self.job.settings.binary == Binary::Skip {
                return Ok(());
            }
            let Some(last) = memchr::memrchr(end, &self.input.text[unread..]) else {
                continue;
            };
            let limit = unread + last + 1;
            if self.piece(from, limit)? {
                return Ok(());
            }
            from = limit;
        }
    }

    /// Looks for NULs in what was read last; the first ones make the file binary, and end lines from there on.
    fn meets_nulls(&mut self, unread: usize) -> bool {
        let settings = self.job.settings;
        if settings.end == 0 || settings.binary == Binary::Text {
            return false;
        }
        let fresh = &mut self.input.text[unread..];
        if self.nulls_since.is_none() {
            if memchr::memchr(0, fresh).is_none() {
                return false;
            }
            self.nulls_since = Some(self.selected);
            self.is_quiet = true;
            self.stops_early |= !settings.count;
        }
        fresh.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = settings.end);
        true
    }

    /// From where the buffer is still needed: lines that may become context.
    fn kept_from(&self, from: usize) -> usize {
        let mut start = from;
        for _ in 0..self.job.settings.before {
            if start <= self.printed.unwrap_or(0) {
                break;
            }
            start = self.line_before(start);
        }
        start
    }

    fn line_before(&self, start: usize) -> usize {
        memchr::memrchr(self.job.settings.end, &self.input.text[..start - 1]).map_or(0, |found| found + 1)
    }

    /// Searches whole lines; true if no more need be read.
    fn piece(&mut self, from: usize, limit: usize) -> Result<bool, Trouble> {
        let (end, invert) = (self.job.settings.end, self.job.settings.invert);
        let mut at = from;
        while at < limit {
            let found = self.job.matcher.line(&self.input.text[..limit], at, end).map_err(Trouble::Match)?;
            if !invert {
                let Some((start, stop)) = found else { break };
                if self.select(start, stop + 1)? {
                    return Ok(true);
                }
                at = stop + 1;
                continue;
            }
            let stop = found.map_or(limit, |(start, _)| start);
            while at < stop {
                let next = self.next_line(at, stop);
                if self.select(at, next)? {
                    return Ok(true);
                }
                at = next;
            }
            at = found.map_or(limit, |(_, stop)| stop + 1);
        }
        self.print_pending(limit)?;
        Ok(self.left == 0 && self.pending == 0)
    }

    fn next_line(&self, at: usize, limit: usize) -> usize {
        memchr::memchr(self.job.settings.end, &self.input.text[at..limit]).map_or(limit, |found| at + found + 1)
    }

    /// A selected line, its end included; true if the search is over.
    fn select(&mut self, start: usize, stop: usize) -> Result<bool, Trouble> {
        if self.left == 0 {
            self.print_pending(start)?;
            return Ok(self.pending == 0 || {
                self.print_pending(stop)?;
                self.pending == 0
            });
        }
        self.selected += 1;
        self.left -= 1;
        self.after_selected = self.base + stop as u64;
        if !self.is_quiet {
            self.print_selected(start, stop)?;
        }
        if self.stops_early {
            return Ok(true);
        }
        Ok(self.left == 0 && (self.is_quiet || self.pending == 0))
    }

    fn print_selected(&mut self, start: usize, stop: usize) -> Result<(), Trouble> {
        self.print_pending(start)?;
        let settings = self.job.settings;
        let printed = self.printed.unwrap_or(0);
        let mut context = start;
        for _ in 0..settings.before {
            if context <= printed {
                break;
            }
            context = self.line_before(context).max(printed);
        }
        let has_context = settings.before > 0 || settings.after > 0;
        if has_context && self.job.has_printed && self.printed.is_none_or(|printed| context > printed) {
            self.print_group();
        }
        while context < start {
            let next = self.next_line(context, start);
            self.print_line(context, next, REJECTED)?;
            context = next;
        }
        self.print_line(start, stop, SELECTED)?;
        self.pending = settings.after;
        Ok(())
    }

    fn print_group(&mut self) {
        let settings = self.job.settings;
        if let Some(group) = &settings.group {
            settings.colours.coloured(self.job.output, &settings.colours.separator, group);
            self.job.output.write(b"\n");
        }
    }

    /// Context after a selected line, as far as `limit`.
    fn print_pending(&mut self, limit: usize) -> Result<(), Trouble> {
        if self.is_quiet {
            self.pending = 0;
        }
        while self.pending > 0 {
            let printed = self.printed.unwrap_or(0);
            if printed >= limit {
                break;
            }
            let next = self.next_line(printed, limit);
            self.print_line(printed, next, REJECTED)?;
            self.pending -= 1;
        }
        Ok(())
    }

    fn print_line(&mut self, start: usize, stop: usize, separator: u8) -> Result<(), Trouble> {
        let settings = self.job.settings;
        let has_last_end = self.input.text[stop - 1] == settings.end;
        let content = stop - usize::from(has_last_end);
        let is_match = (separator == SELECTED) != settings.invert;
        let colours = &settings.colours;
        let flipped = settings.invert && colours.reversed;
        let line_colour = if (separator == SELECTED) != flipped { &colours.selected } else { &colours.context };
        let line_colour: &[u8] = if colours.on { line_colour } else { b"" };
        let match_colour = if separator == SELECTED { &colours.selected_match } else { &colours.context_match };
        let match_colour: &[u8] = if colours.on { match_colour } else { b"" };
        let by_parts = is_match && (settings.only || !match_colour.is_empty());
        let is_plain = !(settings.only && is_match) && !by_parts && line_colour.is_empty();
        if !settings.only && !self.print_head(start, content, separator) {
            self.printed = Some(stop);
            return Ok(());
        }
        if is_plain {
            if !settings.only {
                self.job.output.write(&self.input.text[start..content]);
            }
        } else {
            let rest = if by_parts { self.print_parts(start, content, line_colour, match_colour, separator)? } else { start };
            if !settings.only {
                colours.coloured_if(self.job.output, line_colour, &self.input.text[rest..content]);
            }
        }
        if !settings.only {
            self.job.output.write(&[settings.end]);
        }
        self.job.output.end_line();
        self.printed = Some(stop);
        self.job.has_printed = true;
        Ok(())
    }

    /// The matches of a line, and what stands before each; gives where the rest begins.
    fn print_parts(
        &mut self,
        start: usize,
        stop: usize,
        line_colour: &[u8],
        match_colour: &[u8],
        separator: u8,
    ) -> Result<usize, Trouble> {
        let settings = self.job.settings;
        let mut at = start;
        let mut skipped = None;
        while at < stop {
            let line = &self.input.text[start..stop];
            let found = self.job.matcher.find(line, at - start).map_err(Trouble::Match)?;
            let Some((from, to)) = found.map(|(from, to)| (from + start, to + start)) else {
                break;
            };
            if from == stop {
                break;
            }
            if from == to {
                skipped.get_or_insert(at);
                let length = pagebox_gnu::regex::decode(&self.input.text[..stop], from).map_or(1, char::len_utf8);
                at = from + length;
                continue;
            }
            if settings.only {
                if !self.print_head(from, to, separator) {
                    return Ok(stop);
                }
            } else {
                let before = skipped.take().unwrap_or(at);
                settings.colours.start(self.job.output, line_colour);
                self.job.output.write(&self.input.text[before..from]);
            }
            settings.colours.coloured_if(self.job.output, match_colour, &self.input.text[from..to]);
            if settings.only {
                self.job.output.write(&[settings.end]);
            }
            at = to;
        }
        Ok(skipped.unwrap_or(at))
    }

    /// Name, number and offset. False if the line is not text, and nothing more of the file is to be shown.
    fn print_head(&mut self, start: usize, stop: usize, separator: u8) -> bool {
        let settings = self.job.settings;
        if settings.binary != Binary::Text && !settings.bytes && std::str::from_utf8(&self.input.text[start..stop]).is_err() {
            self.has_bad_text = true;
            return false;
        }
        let colours = &settings.colours;
        let mut has_field = false;
        if self.job.with_name {
            colours.coloured(self.job.output, &colours.file, self.name);
            has_field = true;
            if settings.null_names {
                self.job.output.write(b"\0");
            } else {
                colours.coloured(self.job.output, &colours.separator, &[separator]);
            }
        }
        if settings.numbers {
            self.count_to(start);
            let width = self.width;
            let text = format!("{:>width$}", self.line_number);
            colours.coloured(self.job.output, &colours.line, text.as_bytes());
            colours.coloured(self.job.output, &colours.separator, &[separator]);
            has_field = true;
        }
        if settings.offsets {
            let width = self.width;
            let text = format!("{:>width$}", self.base + start as u64);
            colours.coloured(self.job.output, &colours.byte, text.as_bytes());
            colours.coloured(self.job.output, &colours.separator, &[separator]);
            has_field = true;
        }
        if settings.tabs && has_field && stop > start {
            self.job.output.write(b"\t");
        }
        true
    }

    fn count_to(&mut self, place: usize) {
        if self.job.settings.numbers && place > self.counted {
            let text = &self.input.text[self.counted..place];
            self.line_number += memchr::memchr_iter(self.job.settings.end, text).count() as u64;
            self.counted = place;
        }
    }
}

impl Colours {
    /// As `coloured`, but nothing at all for an empty text.
    fn coloured_if(&self, output: &mut Output, colour: &[u8], text: &[u8]) {
        if !text.is_empty() {
            self.coloured(output, colour, text);
        }
    }
}
