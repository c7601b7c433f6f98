//! What a script is made of.

use std::cell::RefCell;
use std::rc::Rc;

use pagebox_gnu::regex::Pattern;

/// A pattern; None is the one that was used last.
pub type Regex = Option<Rc<RefCell<Pattern>>>;

pub enum Address {
    Line(u64),
    /// `first~step`
    Step(u64, u64),
    Last,
    Match(Regex),
}

/// What ends a range.
pub enum Until {
    Line(u64),
    /// `addr,+N`
    Lines(u64),
    /// `addr,~N`
    Multiple(u64),
    Last,
    Match(Regex),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Range {
    Outside,
    /// Inside, until a line number if one is known.
    Inside(Option<u64>),
    Closed,
}

pub struct Command {
    pub from: Option<Address>,
    pub until: Option<Until>,
    pub range: Range,
    pub negated: bool,
    pub action: Action,
}

/// A part of what `s` puts in.
#[derive(Clone)]
pub enum Piece {
    Text(Vec<u8>),
    Group(usize),
    Case(Case),
}

/// Changes of case in what `s` puts in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Case {
    Upper,
    Lower,
    NextUpper,
    NextLower,
    End,
}

pub struct Substitution {
    pub regex: Regex,
    pub replacement: Vec<Piece>,
    pub changes_case: bool,
    pub global: bool,
    pub number: u64,
    /// How often `p` was given before and after `e`.
    pub print_before: bool,
    pub print: bool,
    pub evaluate: bool,
    pub write: Option<usize>,
    pub highest_group: usize,
}

pub enum Action {
    /// Goes on behind the block if the address does not hold; the place is known when the block ends.
    Open(usize),
    Close,
    Label,
    LineNumber,
    Append(Vec<u8>),
    Insert(Vec<u8>),
    Change(Vec<u8>),
    /// To the end of the script if there is no place.
    Branch(Option<usize>),
    BranchIfReplaced(Option<usize>),
    BranchUnlessReplaced(Option<usize>),
    Delete,
    DeleteLine,
    Evaluate(Vec<u8>),
    FileName,
    Get,
    GetAppend,
    Hold,
    HoldAppend,
    List(Option<usize>),
    Next,
    NextAppend,
    Print,
    PrintLine,
    Quit(i32),
    QuitSilently(i32),
    ReadFile(Vec<u8>),
    ReadLine(usize),
    Substitute(Box<Substitution>),
    Exchange,
    WriteFile(usize),
    WriteLine(usize),
    Translate(Box<Translation>),
    Zap,
}

/// A table for `y`.
pub struct Translation {
    pub bytes: [u8; 256],
    pub characters: Vec<(char, char)>,
}

/// A whole script, with the names of the files it writes and reads line by line.
#[derive(Default)]
pub struct Script {
    pub commands: Vec<Command>,
    pub outputs: Vec<Vec<u8>>,
    pub inputs: Vec<Vec<u8>>,
    /// It begins with `#n`.
    pub is_quiet: bool,
}
