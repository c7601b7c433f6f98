//! What an expression is made of.

use std::cell::RefCell;
use std::rc::Rc;

use pagebox_gnu::regex::Pattern;

use crate::output::Sink;
use crate::printf::Part;

/// A number compared with a file's: `+N`, `-N` or `N`.
#[derive(Clone, Copy, Debug)]
pub enum Count {
    More(u64),
    Less(u64),
    Exactly(u64),
}

impl Count {
    pub fn fits(self, value: u64) -> bool {
        match self {
            Count::More(limit) => value > limit,
            Count::Less(limit) => value < limit,
            Count::Exactly(wanted) => value == wanted,
        }
    }
}

/// Which of a file's times is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    Access,
    Change,
    Modification,
}

/// How an age is compared: `+N`, `-N` or `N` units, which need not be whole.
#[derive(Clone, Copy, Debug)]
pub struct Age {
    pub stamp: Stamp,
    pub sign: u8,
    pub amount: f64,
    /// Seconds.
    pub unit: f64,
}

#[derive(Clone, Copy, Debug)]
pub enum Mode {
    Exactly(u32),
    All(u32),
    Any(u32),
}

/// A program to be run.
pub struct Command {
    pub words: Vec<Vec<u8>>,
    /// From the folder of the file.
    pub in_folder: bool,
    pub asks: bool,
    /// `+`: what has been collected, by folder.
    pub collects: Option<RefCell<Collected>>,
}

#[derive(Default)]
pub struct Collected {
    pub folder: Vec<u8>,
    pub names: Vec<Vec<u8>>,
    pub bytes: usize,
}

pub enum Node {
    True,
    False,
    Not(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Then(Box<Node>, Box<Node>),
    /// The pattern, whether case is ignored, and what it is compared with.
    Glob(Vec<u8>, bool, Subject),
    Regex(RefCell<Box<Pattern>>),
    /// Letters of types, and whether links are taken the other way (`-xtype`).
    Type(Vec<u8>, bool),
    Size(Count, u64),
    Empty,
    Links(Count),
    Inode(Count),
    User(Count),
    Group(Count),
    NoUser,
    NoGroup,
    Permission(Mode),
    Access(u8),
    Age(Age),
    Used(Count),
    /// Newer than a time: seconds and nanoseconds.
    Newer(Stamp, (i64, i64)),
    Same(u64, u64),
    FileSystem(Vec<u8>),
    Print(Rc<Sink>, u8),
    Printf(Rc<Sink>, Vec<Part>),
    List(Rc<Sink>),
    Delete,
    Prune,
    Quit,
    Run(Rc<Command>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
    Name,
    Path,
    LinkTarget,
}

/// Whether links are followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Follow {
    Never,
    Operands,
    Always,
}

/// What holds for the whole walk.
pub struct Settings {
    pub follow: Follow,
    pub depth_first: bool,
    pub least_depth: usize,
    pub most_depth: usize,
    pub one_file_system: bool,
    /// Seconds and nanoseconds from which ages are counted.
    pub now: (i64, i64),
    pub ignores_races: bool,
    pub paths: Vec<Vec<u8>>,
}
