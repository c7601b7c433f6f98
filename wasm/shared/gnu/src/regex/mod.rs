//! POSIX patterns with GNU's additions: the leftmost match, and of those the longest.
//!
//! Automata find the place where a match begins, in time linear in the text. Where the pattern is such that the match they
//! find may not be the longest, a second automaton finds its end. Back-references are tried (`backtrack`) where an
//! automaton that does without them has found something.

mod ast;
mod backtrack;
mod class;
mod hir;
mod parse;

use regex_automata::meta::{self, Regex};
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::look::LookMatcher;
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input, MatchKind};

pub use ast::{Node, Place};
pub use backtrack::{decode, decode_before};
pub use class::is_word;
pub use hir::Anchors;
pub use parse::{BadPattern, Parsed, Syntax, literal, parse};

const PROGRAM_BYTES: usize = 200 << 20;
const CACHE_BYTES: usize = 16 << 20;
const TOO_BIG: BadPattern = BadPattern("Regular expression too big");

/// What a pattern is compiled for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Purpose {
    pub anchors: Anchors,
    /// What ends a line where `anchors.lines` holds; a newline by default.
    pub terminator: Option<u8>,
    /// Case is ignored. (The parser has to know too.)
    pub fold: bool,
    /// Where groups have matched will be asked for.
    pub groups: bool,
}

/// A compiled pattern.
pub struct Pattern {
    first: Regex,
    cache: meta::Cache,
    longest: Option<(PikeVM, pikevm::Cache)>,
    trial: Option<backtrack::Program>,
    groups: usize,
    slots: Vec<Option<NonMaxUsize>>,
}

impl Pattern {
    /// Compiles what `parse` has read.
    pub fn new(node: &Node, groups: usize, purpose: Purpose) -> Result<Pattern, BadPattern> {
        let has_reference = node.has_reference();
        let node_for_automata = if has_reference { hir::widened(node, node, 0) } else { node.clone() };
        let translated = hir::translate(&node_for_automata, purpose.anchors);
        let first = leftmost(&translated, purpose)?;
        let ambiguous = !has_reference && node.may_stop_short();
        let longest = if ambiguous { Some(longest(&translated, purpose)?) } else { None };
        let trial = match has_reference {
            true => Some(backtrack::Program::new(node, groups, purpose.fold, purpose.anchors).ok_or(TOO_BIG)?),
            false => None,
        };
        let slots = vec![None; (groups + 1) * 2];
        Ok(Pattern { cache: first.create_cache(), first, longest, trial, groups, slots })
    }

    /// The number of groups.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Whether back-references make a match uncertain until `find` has confirmed it.
    pub fn is_uncertain(&self) -> bool {
        self.trial.is_some()
    }

    /// The end of some match at or after `from`: enough to know which line it is on. With references in the pattern, only
    /// a candidate.
    pub fn somewhere(&mut self, text: &[u8], from: usize) -> Option<usize> {
        let input = Input::new(text).span(from..text.len()).earliest(true);
        self.first.search_half_with(&mut self.cache, &input).map(|half| half.offset())
    }

    /// The leftmost-longest match at or after `from`.
    pub fn find(&mut self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        if self.trial.is_some() {
            let slots = self.try_from(text, from)?;
            return Some((slots[0]?, slots[1]?));
        }
        let input = Input::new(text).span(from..text.len());
        let found = self.first.search_with(&mut self.cache, &input)?;
        let Some((machine, cache)) = &mut self.longest else {
            return Some((found.start(), found.end()));
        };
        let input = Input::new(text).span(found.start()..text.len()).anchored(Anchored::Yes);
        let end = machine.longest_end(cache, &input).unwrap_or(found.end());
        Some((found.start(), end))
    }

    /// As `find`, and where the groups have matched: starts and ends, the whole match first.
    pub fn groups_at(&mut self, text: &[u8], from: usize, out: &mut Vec<Option<usize>>) -> bool {
        out.clear();
        if self.trial.is_some() {
            if let Some(slots) = self.try_from(text, from) {
                out.extend(slots);
            }
            return !out.is_empty();
        }
        let input = Input::new(text).span(from..text.len());
        if self.groups == 0 && self.longest.is_none() {
            let Some(found) = self.first.search_with(&mut self.cache, &input) else {
                return false;
            };
            out.extend([Some(found.start()), Some(found.end())]);
            return true;
        }
        if self.longest.is_none() {
            if self.first.search_slots_with(&mut self.cache, &input, &mut self.slots).is_none() {
                return false;
            }
        } else {
            let Some(found) = self.first.search_with(&mut self.cache, &input) else {
                return false;
            };
            let Some((machine, cache)) = &mut self.longest else {
                return false;
            };
            let input = Input::new(text).span(found.start()..text.len()).anchored(Anchored::Yes);
            if machine.search_slots(cache, &input, &mut self.slots).is_none() {
                return false;
            }
        }
        if self.slots[0].is_none() {
            return false;
        }
        out.extend(self.slots.iter().map(|slot| slot.map(NonMaxUsize::get)));
        true
    }

    fn try_from(&mut self, text: &[u8], from: usize) -> Option<Vec<Option<usize>>> {
        let input = Input::new(text).span(from..text.len());
        let mut start = self.first.search_with(&mut self.cache, &input)?.start();
        let program = self.trial.as_ref()?;
        loop {
            if let Some(slots) = program.match_at(text, start) {
                return Some(slots);
            }
            start += decode(text, start).map_or(1, char::len_utf8);
            if start > text.len() {
                return None;
            }
        }
    }
}

fn leftmost(hir: &regex_syntax::hir::Hir, purpose: Purpose) -> Result<Regex, BadPattern> {
    let captures = if purpose.groups { WhichCaptures::All } else { WhichCaptures::Implicit };
    let config = Regex::config()
        .utf8_empty(false)
        .nfa_size_limit(Some(PROGRAM_BYTES))
        .hybrid_cache_capacity(CACHE_BYTES)
        .line_terminator(purpose.terminator.unwrap_or(b'\n'))
        .which_captures(captures);
    Regex::builder().configure(config).build_from_hir(hir).map_err(|_| TOO_BIG)
}

fn longest(hir: &regex_syntax::hir::Hir, purpose: Purpose) -> Result<(PikeVM, pikevm::Cache), BadPattern> {
    let mut places = LookMatcher::new();
    places.set_line_terminator(purpose.terminator.unwrap_or(b'\n'));
    let config = thompson::Config::new()
        .utf8(false)
        .nfa_size_limit(Some(PROGRAM_BYTES))
        .look_matcher(places)
        .which_captures(if purpose.groups { WhichCaptures::All } else { WhichCaptures::Implicit });
    let nfa = thompson::Compiler::new().configure(config).build_from_hir(hir).map_err(|_| TOO_BIG)?;
    let config = PikeVM::config().match_kind(MatchKind::All);
    let machine = PikeVM::builder().configure(config).build_from_nfa(nfa).map_err(|_| TOO_BIG)?;
    let cache = machine.create_cache();
    Ok((machine, cache))
}

/// The end of the match of an automaton that reports the longest.
trait LongestEnd {
    fn longest_end(&self, cache: &mut pikevm::Cache, input: &Input<'_>) -> Option<usize>;
}

impl LongestEnd for PikeVM {
    fn longest_end(&self, cache: &mut pikevm::Cache, input: &Input<'_>) -> Option<usize> {
        let mut slots = [None, None];
        self.search_slots(cache, input, &mut slots);
        slots[1].map(NonMaxUsize::get)
    }
}
