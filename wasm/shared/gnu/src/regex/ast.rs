//! A pattern as it was read: what every engine is built from.

use regex_syntax::hir::ClassUnicode;

/// An assertion about a place between two characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    WordEdge,
    NoWordEdge,
    WordStart,
    WordEnd,
    /// No character of a word stands before.
    NoWordBefore,
    /// No character of a word follows.
    NoWordAfter,
}

/// One part of a pattern. Case folding and what `.` leaves out have been settled by the parser.
#[derive(Clone, Debug)]
pub enum Node {
    Empty,
    Bytes(Vec<u8>),
    Class(ClassUnicode),
    Place(Place),
    Group(usize, Box<Node>),
    Concat(Vec<Node>),
    Either(Vec<Node>),
    Repeat(Box<Node>, u32, Option<u32>),
    Same(usize),
}

impl Node {
    /// The pattern between two places.
    pub fn between(self, start: Place, end: Place) -> Node {
        Node::Concat(vec![Node::Place(start), self, Node::Place(end)])
    }

    /// Whether it refers to what a group has matched.
    pub fn has_reference(&self) -> bool {
        match self {
            Node::Same(_) => true,
            Node::Group(_, inner) | Node::Repeat(inner, ..) => inner.has_reference(),
            Node::Concat(parts) | Node::Either(parts) => parts.iter().any(Node::has_reference),
            _ => false,
        }
    }

    /// Whether the first match an engine of Perl's kind finds may be shorter than another from the same place.
    ///
    /// Only a choice between parts of several characters can make it so.
    pub fn may_stop_short(&self) -> bool {
        match self {
            Node::Either(_) => true,
            Node::Repeat(inner, ..) => !inner.is_one_character(),
            Node::Group(_, inner) => inner.may_stop_short(),
            Node::Concat(parts) => parts.iter().any(Node::may_stop_short),
            _ => false,
        }
    }

    fn is_one_character(&self) -> bool {
        match self {
            Node::Class(_) => true,
            Node::Bytes(bytes) => bytes.len() == 1 || std::str::from_utf8(bytes).is_ok_and(|s| s.chars().count() == 1),
            Node::Group(_, inner) => inner.is_one_character(),
            _ => false,
        }
    }

    /// Renumbers groups, for a pattern that becomes one of several.
    pub fn shift_groups(&mut self, by: usize) {
        match self {
            Node::Group(number, inner) => {
                *number += by;
                inner.shift_groups(by);
            }
            Node::Same(number) => *number += by,
            Node::Repeat(inner, ..) => inner.shift_groups(by),
            Node::Concat(parts) | Node::Either(parts) => parts.iter_mut().for_each(|part| part.shift_groups(by)),
            _ => {}
        }
    }

    /// The group called `number`.
    pub fn group(&self, number: usize) -> Option<&Node> {
        match self {
            Node::Group(own, inner) if *own == number => Some(inner),
            Node::Group(_, inner) | Node::Repeat(inner, ..) => inner.group(number),
            Node::Concat(parts) | Node::Either(parts) => parts.iter().find_map(|part| part.group(number)),
            _ => None,
        }
    }
}
