//! Matches patterns with back-references, which no automaton can, by trying.
//!
//! All ways are tried and the longest match is kept, as POSIX wants; when one has been found, the search for longer
//! ones is bounded.

use regex_syntax::hir::ClassUnicode;

use super::ast::{Node, Place};
use super::class::is_word;
use super::hir::Anchors;

const STEPS_FOR_LONGER: usize = 20_000;
const MOST_INSTRUCTIONS: usize = 400_000;

#[derive(Debug)]
enum Step {
    Bytes(Vec<u8>),
    Class(ClassUnicode),
    Place(Place),
    Save(usize),
    /// Go on at the first, and if that fails at the second.
    Split(usize, usize),
    Jump(usize),
    Same(usize),
    /// Remember where a turn of a loop began.
    Begin(usize),
    /// Fail if the turn has matched nothing.
    Moved(usize),
    Match,
}

/// A pattern ready to be tried.
#[derive(Debug)]
pub struct Program {
    steps: Vec<Step>,
    groups: usize,
    loops: usize,
    fold: bool,
    lines: bool,
    bytes: bool,
}

enum Saved {
    Slot(usize, Option<usize>),
    Loop(usize, usize),
    Try(usize, usize),
}

impl Program {
    /// None if the pattern is too large.
    pub fn new(node: &Node, groups: usize, fold: bool, anchors: Anchors) -> Option<Program> {
        let mut program = Program { steps: Vec::new(), groups, loops: 0, fold, lines: anchors.lines, bytes: anchors.bytes };
        program.compile(node)?;
        program.steps.push(Step::Match);
        Some(program)
    }

    fn compile(&mut self, node: &Node) -> Option<()> {
        if self.steps.len() > MOST_INSTRUCTIONS {
            return None;
        }
        match node {
            Node::Empty => {}
            Node::Bytes(bytes) => self.steps.push(Step::Bytes(bytes.clone())),
            Node::Class(class) => self.steps.push(Step::Class(class.clone())),
            Node::Place(place) => self.steps.push(Step::Place(*place)),
            Node::Same(number) => self.steps.push(Step::Same(*number)),
            Node::Group(number, inner) => {
                self.steps.push(Step::Save(number * 2));
                self.compile(inner)?;
                self.steps.push(Step::Save(number * 2 + 1));
            }
            Node::Concat(parts) => {
                for part in parts {
                    self.compile(part)?;
                }
            }
            Node::Either(parts) => self.compile_choice(parts)?,
            Node::Repeat(inner, least, most) => self.compile_repeat(inner, *least, *most)?,
        }
        Some(())
    }

    fn compile_choice(&mut self, parts: &[Node]) -> Option<()> {
        let mut ends = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let split = self.steps.len();
            let is_last = number + 1 == parts.len();
            if !is_last {
                self.steps.push(Step::Split(split + 1, 0));
            }
            self.compile(part)?;
            if !is_last {
                ends.push(self.steps.len());
                self.steps.push(Step::Jump(0));
                self.steps[split] = Step::Split(split + 1, self.steps.len());
            }
        }
        let after = self.steps.len();
        ends.into_iter().for_each(|end| self.steps[end] = Step::Jump(after));
        Some(())
    }

    fn compile_repeat(&mut self, inner: &Node, least: u32, most: Option<u32>) -> Option<()> {
        for _ in 0..least {
            self.compile(inner)?;
        }
        let Some(most) = most else {
            return self.compile_loop(inner);
        };
        let mut splits = Vec::new();
        for _ in least..most {
            splits.push(self.steps.len());
            self.steps.push(Step::Split(0, 0));
            self.compile(inner)?;
        }
        let after = self.steps.len();
        splits.into_iter().for_each(|split| self.steps[split] = Step::Split(split + 1, after));
        Some(())
    }

    fn compile_loop(&mut self, inner: &Node) -> Option<()> {
        let number = self.loops;
        self.loops += 1;
        let split = self.steps.len();
        self.steps.push(Step::Split(0, 0));
        self.steps.push(Step::Begin(number));
        self.compile(inner)?;
        self.steps.push(Step::Moved(number));
        self.steps.push(Step::Jump(split));
        self.steps[split] = Step::Split(split + 1, self.steps.len());
        Some(())
    }

    /// The longest match that starts at `start`, as slots: start and end of the whole and of each group.
    pub fn match_at(&self, text: &[u8], start: usize) -> Option<Vec<Option<usize>>> {
        Attempt::new(self, text).run(start)
    }
}

/// One match being tried.
struct Attempt<'a> {
    program: &'a Program,
    text: &'a [u8],
    slots: Vec<Option<usize>>,
    loops: Vec<usize>,
    trail: Vec<Saved>,
    best: Option<Vec<Option<usize>>>,
}

impl<'a> Attempt<'a> {
    fn new(program: &'a Program, text: &'a [u8]) -> Self {
        let slots = vec![None; (program.groups + 1) * 2];
        Attempt { program, text, slots, loops: vec![0; program.loops], trail: Vec::new(), best: None }
    }

    fn run(mut self, start: usize) -> Option<Vec<Option<usize>>> {
        let (mut pc, mut at, mut left) = (0, start, STEPS_FOR_LONGER);
        loop {
            if self.best.is_some() {
                left -= 1;
                if left == 0 {
                    return self.best;
                }
            }
            let next = self.step(pc, at, start);
            if self.best.as_ref().is_some_and(|best| best[1] == Some(self.text.len())) {
                return self.best;
            }
            (pc, at) = match next {
                Some(next) => next,
                None => match self.retreat() {
                    Some(next) => next,
                    None => return self.best,
                },
            };
        }
    }

    fn retreat(&mut self) -> Option<(usize, usize)> {
        loop {
            match self.trail.pop()? {
                Saved::Slot(slot, value) => self.slots[slot] = value,
                Saved::Loop(number, value) => self.loops[number] = value,
                Saved::Try(pc, at) => return Some((pc, at)),
            }
        }
    }

    fn step(&mut self, pc: usize, at: usize, start: usize) -> Option<(usize, usize)> {
        let next = pc + 1;
        match &self.program.steps[pc] {
            Step::Bytes(bytes) => self.text[at..].starts_with(bytes).then_some((next, at + bytes.len())),
            Step::Class(class) => {
                if self.program.bytes {
                    let character = *self.text.get(at)? as char;
                    return contains(class, character).then_some((next, at + 1));
                }
                let character = decode(self.text, at)?;
                contains(class, character).then_some((next, at + character.len_utf8()))
            }
            Step::Place(place) => self.holds(*place, at).then_some((next, at)),
            Step::Save(slot) => {
                self.trail.push(Saved::Slot(*slot, self.slots[*slot]));
                self.slots[*slot] = Some(at);
                Some((next, at))
            }
            Step::Split(first, second) => {
                self.trail.push(Saved::Try(*second, at));
                Some((*first, at))
            }
            Step::Jump(target) => Some((*target, at)),
            Step::Same(group) => self.same(*group, at).map(|end| (next, end)),
            Step::Begin(number) => {
                self.trail.push(Saved::Loop(*number, self.loops[*number]));
                self.loops[*number] = at;
                Some((next, at))
            }
            Step::Moved(number) => (self.loops[*number] != at).then_some((next, at)),
            Step::Match => {
                self.keep(start, at);
                None
            }
        }
    }

    fn keep(&mut self, start: usize, end: usize) {
        if self.best.as_ref().is_none_or(|best| best[1] < Some(end)) {
            let mut slots = self.slots.clone();
            (slots[0], slots[1]) = (Some(start), Some(end));
            self.best = Some(slots);
        }
    }

    /// Where the text ends that repeats what a group has matched.
    fn same(&self, group: usize, at: usize) -> Option<usize> {
        let before = &self.text[self.slots[group * 2]?..self.slots[group * 2 + 1]?];
        if !self.program.fold {
            return self.text[at..].starts_with(before).then_some(at + before.len());
        }
        let mut end = at;
        for wanted in String::from_utf8_lossy(before).chars() {
            let found = decode(self.text, end)?;
            if !found.to_lowercase().eq(wanted.to_lowercase()) {
                return None;
            }
            end += found.len_utf8();
        }
        Some(end)
    }

    fn holds(&self, place: Place, at: usize) -> bool {
        let text = self.text;
        let before = || at > 0 && decode_before(text, at).is_some_and(is_word);
        let after = || decode(text, at).is_some_and(is_word);
        match place {
            Place::TextStart => at == 0,
            Place::TextEnd => at == text.len(),
            Place::LineStart => at == 0 || self.program.lines && text[at - 1] == b'\n',
            Place::LineEnd => at == text.len() || self.program.lines && text[at] == b'\n',
            Place::WordEdge => before() != after(),
            Place::NoWordEdge => before() == after(),
            Place::WordStart => !before() && after(),
            Place::WordEnd => before() && !after(),
            Place::NoWordBefore => !before(),
            Place::NoWordAfter => !after(),
        }
    }
}

fn contains(class: &ClassUnicode, character: char) -> bool {
    let ranges = class.ranges();
    let place = ranges.partition_point(|range| range.end() < character);
    ranges.get(place).is_some_and(|range| range.start() <= character)
}

/// The character at a place, if the bytes there are one.
pub fn decode(text: &[u8], at: usize) -> Option<char> {
    let first = *text.get(at)?;
    if first < 0x80 {
        return Some(first as char);
    }
    let window = &text[at..text.len().min(at + 4)];
    window.utf8_chunks().next()?.valid().chars().next()
}

/// The character that ends before a place.
pub fn decode_before(text: &[u8], at: usize) -> Option<char> {
    let start = (at.saturating_sub(4)..at).rev().find(|&place| text[place] & 0xC0 != 0x80)?;
    let character = decode(text, start)?;
    (start + character.len_utf8() == at).then_some(character)
}
