//! `-y`: two columns.

use crate::compare::Change;
use crate::options::Settings;
use crate::page::Pair;

const GUTTER: usize = 3;

struct Columns<'a> {
    half: usize,
    second: usize,
    tab: usize,
    expands: bool,
    out: &'a mut Vec<u8>,
}

/// Writes both files side by side.
pub fn write(pair: &Pair<'_>, changes: &[Change], settings: &Settings, out: &mut Vec<u8>) {
    let tab = if settings.expand_tabs { 1 } else { settings.tab_size };
    let width = settings.width;
    let offset = (width >> 1) + ((tab + GUTTER) >> 1) + (width & (tab + GUTTER) & 1);
    let offset = offset - offset % tab;
    let half = if offset <= GUTTER || width <= offset { 0 } else { (offset - GUTTER).min(width - offset) };
    let second = if half > 0 { offset } else { width };
    let mut columns = Columns { half, second, tab: settings.tab_size, expands: settings.expand_tabs, out };
    let (mut left, mut right) = (0, 0);
    for change in changes {
        columns.common(pair, (left, change.left.0), right, settings);
        (left, right) = (change.left.0, change.right.0);
        while left < change.left.1 && right < change.right.1 {
            columns.row(pair, Some(left), b'|', Some(right));
            (left, right) = (left + 1, right + 1);
        }
        (left..change.left.1).for_each(|number| columns.row(pair, Some(number), b'<', None));
        (right..change.right.1).for_each(|number| columns.row(pair, None, b'>', Some(number)));
        (left, right) = (change.left.1, change.right.1);
    }
    columns.common(pair, (left, pair.left.len()), right, settings);
}

impl Columns<'_> {
    fn common(&mut self, pair: &Pair<'_>, (start, end): (usize, usize), right: usize, settings: &Settings) {
        if settings.suppress_common {
            return;
        }
        for number in start..end {
            match settings.left_column {
                true => self.row(pair, Some(number), b'(', None),
                false => self.row(pair, Some(number), b' ', Some(right + number - start)),
            }
        }
    }

    fn row(&mut self, pair: &Pair<'_>, left: Option<usize>, mut mark: u8, right: Option<usize>) {
        let left_ends = left.is_some_and(|number| !pair.left.is_open(number));
        let right_ends = right.is_some_and(|number| !pair.right.is_open(number));
        let mut column = 0;
        if let Some(number) = left {
            column = self.half_line(pair.left.lines[number], 0);
        }
        if mark != b' ' {
            column = self.tab_to(column, (self.half + self.second - 1) / 2) + 1;
            if mark == b'|' && left_ends != right_ends {
                mark = if left_ends { b'/' } else { b'\\' };
            }
            self.out.push(mark);
        }
        if let Some(number) = right
            && (!pair.right.lines[number].is_empty() || !right_ends)
        {
            let column = self.tab_to(column, self.second);
            self.half_line(pair.right.lines[number], column);
        }
        if left_ends || right_ends {
            self.out.push(b'\n');
        }
    }

    fn tab_to(&mut self, mut from: usize, to: usize) -> usize {
        if !self.expands {
            let mut next = from + self.tab - from % self.tab;
            while next <= to {
                self.out.push(b'\t');
                from = next;
                next += self.tab;
            }
        }
        self.out.extend(std::iter::repeat_n(b' ', to.saturating_sub(from)));
        to
    }

    /// As much of a line as fits; gives the column reached.
    fn half_line(&mut self, line: &[u8], _column: usize) -> usize {
        let (mut seen, mut written) = (0, 0);
        for chunk in line.utf8_chunks() {
            for character in chunk.valid().chars() {
                if character == '\t' {
                    let spaces = self.tab - seen % self.tab;
                    if seen == written && written + spaces < self.half {
                        let blanks = if self.expands { spaces } else { 0 };
                        self.out.extend(std::iter::repeat_n(b' ', blanks));
                        if blanks == 0 {
                            self.out.push(b'\t');
                        }
                        written += spaces;
                    }
                    seen += spaces;
                    continue;
                }
                let width = usize::from(!character.is_control());
                seen += width;
                if seen <= self.half {
                    written = seen;
                    self.out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
            for &byte in chunk.invalid() {
                if seen <= self.half {
                    self.out.push(byte);
                }
            }
        }
        written
    }
}
