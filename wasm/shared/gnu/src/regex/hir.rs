//! Patterns in the form the automata are built from.

use regex_syntax::hir::{Capture, Class, ClassBytes, ClassBytesRange, ClassUnicode, Hir, Look, Repetition};

use super::ast::{Node, Place};

/// What anchors mean.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anchors {
    /// `^` and `$` hold at every line of the text.
    pub lines: bool,
    /// `` \` `` and `\'` do so too, because each line is a text of its own.
    pub texts: bool,
    /// Characters are bytes, and words are ASCII's.
    pub bytes: bool,
}

/// The pattern with its groups. References must have been replaced.
pub fn translate(node: &Node, anchors: Anchors) -> Hir {
    match node {
        Node::Empty | Node::Same(_) => Hir::empty(),
        Node::Bytes(bytes) => Hir::literal(bytes.clone().into_boxed_slice()),
        Node::Class(class) if anchors.bytes => Hir::class(Class::Bytes(bytes(class))),
        Node::Class(class) => Hir::class(Class::Unicode(class.clone())),
        Node::Place(place) => Hir::look(look(*place, anchors)),
        Node::Group(number, inner) => Hir::capture(Capture {
            index: u32::try_from(*number).unwrap_or(u32::MAX),
            name: None,
            sub: Box::new(translate(inner, anchors)),
        }),
        Node::Concat(parts) => Hir::concat(parts.iter().map(|part| translate(part, anchors)).collect()),
        Node::Either(parts) => Hir::alternation(parts.iter().map(|part| translate(part, anchors)).collect()),
        Node::Repeat(inner, least, most) => Hir::repetition(Repetition {
            min: *least,
            max: *most,
            greedy: true,
            sub: Box::new(translate(inner, anchors)),
        }),
    }
}

fn bytes(class: &ClassUnicode) -> ClassBytes {
    let clip = |character: char| u8::try_from(u32::from(character)).unwrap_or(u8::MAX);
    let ranges = class.ranges().iter().filter(|range| u32::from(range.start()) <= 0xFF);
    ClassBytes::new(ranges.map(|range| ClassBytesRange::new(clip(range.start()), clip(range.end()))))
}

fn look(place: Place, anchors: Anchors) -> Look {
    match place {
        Place::LineStart if anchors.lines => Look::StartLF,
        Place::LineEnd if anchors.lines => Look::EndLF,
        Place::TextStart if anchors.texts => Look::StartLF,
        Place::TextEnd if anchors.texts => Look::EndLF,
        Place::LineStart | Place::TextStart => Look::Start,
        Place::LineEnd | Place::TextEnd => Look::End,
        Place::WordEdge if anchors.bytes => Look::WordAscii,
        Place::NoWordEdge if anchors.bytes => Look::WordAsciiNegate,
        Place::WordStart if anchors.bytes => Look::WordStartAscii,
        Place::WordEnd if anchors.bytes => Look::WordEndAscii,
        Place::NoWordBefore if anchors.bytes => Look::WordStartHalfAscii,
        Place::NoWordAfter if anchors.bytes => Look::WordEndHalfAscii,
        Place::WordEdge => Look::WordUnicode,
        Place::NoWordEdge => Look::WordUnicodeNegate,
        Place::WordStart => Look::WordStartUnicode,
        Place::WordEnd => Look::WordEndUnicode,
        Place::NoWordBefore => Look::WordStartHalfUnicode,
        Place::NoWordAfter => Look::WordEndHalfUnicode,
    }
}

/// A pattern without references and groups that matches whatever `node` does, and perhaps more.
pub fn widened(node: &Node, whole: &Node, depth: usize) -> Node {
    match node {
        Node::Same(number) => match whole.group(*number) {
            Some(group) if depth < 4 => without_places(&widened(group, whole, depth + 1)),
            _ => anything(),
        },
        Node::Group(_, inner) => widened(inner, whole, depth),
        Node::Repeat(inner, least, most) => Node::Repeat(Box::new(widened(inner, whole, depth)), *least, *most),
        Node::Concat(parts) => Node::Concat(parts.iter().map(|part| widened(part, whole, depth)).collect()),
        Node::Either(parts) => Node::Either(parts.iter().map(|part| widened(part, whole, depth)).collect()),
        other => other.clone(),
    }
}

fn anything() -> Node {
    let class = super::class::ranges(&[('\0', char::MAX)]);
    Node::Repeat(Box::new(Node::Class(class)), 0, None)
}

fn without_places(node: &Node) -> Node {
    match node {
        Node::Place(_) => Node::Empty,
        Node::Repeat(inner, least, most) => Node::Repeat(Box::new(without_places(inner)), *least, *most),
        Node::Concat(parts) => Node::Concat(parts.iter().map(without_places).collect()),
        Node::Either(parts) => Node::Either(parts.iter().map(without_places).collect()),
        other => other.clone(),
    }
}
