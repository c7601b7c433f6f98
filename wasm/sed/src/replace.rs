//! What `s` makes of a pattern space.

use pagebox_gnu::regex::{Pattern, decode};

use crate::script::{Case, Piece, Substitution};

/// Room that is used again from one line to the next.
#[derive(Default)]
pub struct Room {
    pub out: Vec<u8>,
    groups: Vec<Option<usize>>,
}

/// Puts the text with its matches replaced into `room.out`; false if there was nothing to replace.
pub fn replace(wanted: &Substitution, pattern: &mut Pattern, text: &[u8], room: &mut Room) -> bool {
    room.out.clear();
    let (mut at, mut count, mut replaced) = (0, 0, false);
    let mut last_end = None;
    while at <= text.len() && pattern.groups_at(text, at, &mut room.groups) {
        let (Some(start), Some(end)) = (room.groups[0], room.groups[1]) else {
            break;
        };
        room.out.extend_from_slice(&text[at..start]);
        at = end;
        let is_empty = start == end;
        if !(is_empty && last_end == Some(start)) {
            count += 1;
            if count < wanted.number {
                room.out.extend_from_slice(&text[start..end]);
            } else {
                replaced = true;
                put(wanted, text, room);
                if !wanted.global {
                    break;
                }
            }
        }
        last_end = Some(end);
        if is_empty {
            let length = decode(text, end).map_or(1, char::len_utf8).min(text.len() - end);
            room.out.extend_from_slice(&text[end..end + length]);
            at = end + length.max(1);
        }
    }
    if replaced && at < text.len() {
        room.out.extend_from_slice(&text[at..]);
    }
    replaced
}

fn put(wanted: &Substitution, text: &[u8], room: &mut Room) {
    if wanted.changes_case {
        return put_in_case(wanted, text, room);
    }
    for piece in &wanted.replacement {
        match piece {
            Piece::Text(more) => room.out.extend_from_slice(more),
            Piece::Group(number) => room.out.extend_from_slice(group(text, &room.groups, *number)),
            Piece::Case(_) => {}
        }
    }
}

fn group<'a>(text: &'a [u8], groups: &[Option<usize>], number: usize) -> &'a [u8] {
    match (groups.get(number * 2), groups.get(number * 2 + 1)) {
        (Some(Some(start)), Some(Some(end))) => &text[*start..*end],
        _ => b"",
    }
}

fn put_in_case(wanted: &Substitution, text: &[u8], room: &mut Room) {
    let (mut lasting, mut once) = (Case::End, None);
    for piece in &wanted.replacement {
        let more = match piece {
            Piece::Text(more) => more,
            Piece::Group(number) => group(text, &room.groups, *number),
            Piece::Case(case @ (Case::NextUpper | Case::NextLower)) => {
                once = Some(*case);
                continue;
            }
            Piece::Case(case) => {
                (lasting, once) = (*case, None);
                continue;
            }
        };
        if !more.is_empty() {
            cased(more, lasting, once.take(), &mut room.out);
        }
    }
}

fn cased(text: &[u8], lasting: Case, mut once: Option<Case>, out: &mut Vec<u8>) {
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            let case = once.take().unwrap_or(lasting);
            let changed = match case {
                Case::Upper | Case::NextUpper => single(character, character.to_uppercase()),
                Case::Lower | Case::NextLower => single(character, character.to_lowercase()),
                Case::End => character,
            };
            out.extend_from_slice(changed.encode_utf8(&mut [0; 4]).as_bytes());
        }
        out.extend_from_slice(chunk.invalid());
    }
}

/// Case as glibc changes it: one character for one.
fn single(character: char, mut changed: impl Iterator<Item = char>) -> char {
    match (changed.next(), changed.next()) {
        (Some(only), None) => only,
        _ => character,
    }
}
