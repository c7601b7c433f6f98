//! Reads find's command line.

use std::cell::RefCell;
use std::fs::File;
use std::rc::Rc;

use pagebox_gnu::message::{self, quote};
use pagebox_gnu::regex::{Anchors, Pattern, Place, Purpose, Syntax, parse as parse_regex};

use crate::clock;
use crate::entry::{facts, path};
use crate::expression::{Age, Collected, Command, Count, Follow, Mode, Node, Settings, Stamp, Subject};
use crate::mode;
use crate::output::Sink;
use crate::printf::{self, Names};

const DAY: f64 = 86_400.0;

/// What a command line asks for.
pub struct Asked {
    pub node: Node,
    pub settings: Settings,
    pub sinks: Vec<Rc<Sink>>,
    pub names: Names,
}

/// Why there is nothing to do.
pub enum Stop {
    Message(String),
    Help,
    Version,
}

type Done<T> = Result<T, Stop>;

fn bad<T>(text: impl Into<String>) -> Done<T> {
    Err(Stop::Message(text.into()))
}

fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

struct Parser {
    words: Vec<Vec<u8>>,
    at: usize,
    settings: Settings,
    sinks: Vec<Rc<Sink>>,
    sink_names: Vec<Vec<u8>>,
    names: Names,
    syntax: Syntax,
    acts: bool,
    prunes: bool,
    deletes: bool,
    depth_asked: bool,
}

/// Reads the words after the program's name.
pub fn read(words: Vec<Vec<u8>>, names: Names) -> Done<Asked> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let settings = Settings {
        follow: Follow::Never,
        depth_first: false,
        least_depth: 0,
        most_depth: usize::MAX,
        one_file_system: false,
        now: (i64::try_from(now.as_secs()).unwrap_or(0), i64::from(now.subsec_nanos())),
        ignores_races: false,
        paths: Vec::new(),
    };
    let mut parser = Parser {
        words,
        at: 0,
        settings,
        sinks: vec![Rc::new(Sink::standard(1, "standard output"))],
        sink_names: vec![b"/dev/stdout".to_vec()],
        names,
        syntax: EMACS,
        acts: false,
        prunes: false,
        deletes: false,
        depth_asked: false,
    };
    parser.leading_options()?;
    parser.operands();
    let node = parser.whole()?;
    let Parser { settings, sinks, names, .. } = parser;
    Ok(Asked { node, settings, sinks, names })
}

const EMACS: Syntax = Syntax { plain_plus: true, no_intervals: true, excluded: None, ..Syntax::GREP };

impl Parser {
    fn leading_options(&mut self) -> Done<()> {
        while let Some(word) = self.words.get(self.at) {
            match &word[..] {
                b"-H" => self.settings.follow = Follow::Operands,
                b"-L" => self.settings.follow = Follow::Always,
                b"-P" => self.settings.follow = Follow::Never,
                b"-D" => self.at += 1,
                b"--" => {
                    self.at += 1;
                    return Ok(());
                }
                word if word.starts_with(b"-O") && word.len() > 2 => {}
                _ => return Ok(()),
            }
            self.at += 1;
        }
        Ok(())
    }

    fn operands(&mut self) {
        while let Some(word) = self.words.get(self.at).filter(|word| !starts_expression(word)) {
            self.settings.paths.push(word.clone());
            self.at += 1;
        }
        if self.settings.paths.is_empty() {
            self.settings.paths.push(b".".to_vec());
        }
    }

    fn whole(&mut self) -> Done<Node> {
        let node = if self.at < self.words.len() { self.list()? } else { Node::True };
        if let Some(word) = self.words.get(self.at) {
            return match &word[..] {
                b")" => bad("you have too many ')'"),
                word => bad(format!("paths must precede expression: `{}'", shown(word))),
            };
        }
        if self.deletes && self.prunes && !self.depth_asked {
            return bad(
                "The -delete action automatically turns on -depth, but -prune does nothing when -depth is in effect.  \
                 If you want to carry on anyway, just explicitly use the -depth option.",
            );
        }
        if self.acts {
            return Ok(node);
        }
        Ok(Node::And(Box::new(node), Box::new(Node::Print(Rc::clone(&self.sinks[0]), b'\n'))))
    }

    fn peek(&self) -> Option<&[u8]> {
        self.words.get(self.at).map(Vec::as_slice)
    }

    fn list(&mut self) -> Done<Node> {
        let mut node = self.either()?;
        while self.peek() == Some(b",") {
            self.at += 1;
            let right = self.right_of(",", Parser::either)?;
            node = Node::Then(Box::new(node), Box::new(right));
        }
        Ok(node)
    }

    fn right_of(&mut self, operator: &str, read: fn(&mut Parser) -> Done<Node>) -> Done<Node> {
        match self.peek() {
            None | Some(b")") => bad(format!("expected an expression after '{operator}'")),
            Some(_) => read(self),
        }
    }

    fn either(&mut self) -> Done<Node> {
        let mut node = self.both()?;
        while let Some(word @ (b"-o" | b"-or")) = self.peek() {
            let word = shown(word);
            self.at += 1;
            let right = self.right_of(&word, Parser::both)?;
            node = Node::Or(Box::new(node), Box::new(right));
        }
        Ok(node)
    }

    fn both(&mut self) -> Done<Node> {
        let mut node = self.one()?;
        loop {
            let right = match self.peek() {
                None | Some(b")" | b"," | b"-o" | b"-or") => return Ok(node),
                Some(word @ (b"-a" | b"-and")) => {
                    let word = shown(word);
                    self.at += 1;
                    self.right_of(&word, Parser::one)?
                }
                Some(_) => self.one()?,
            };
            node = Node::And(Box::new(node), Box::new(right));
        }
    }

    fn one(&mut self) -> Done<Node> {
        let Some(word) = self.words.get(self.at).cloned() else {
            return bad("invalid expression");
        };
        self.at += 1;
        match &word[..] {
            b"!" | b"-not" => {
                let operator = shown(&word);
                let inner = self.right_of(&operator, Parser::one)?;
                Ok(Node::Not(Box::new(inner)))
            }
            b"(" => {
                if self.peek() == Some(b")") {
                    return bad("invalid expression; empty parentheses are not allowed.");
                }
                let inner = if self.peek().is_some() { self.list()? } else { return unclosed() };
                if self.peek() != Some(b")") {
                    return unclosed();
                }
                self.at += 1;
                Ok(inner)
            }
            b")" => bad("invalid expression; you have too many ')'"),
            b"-o" | b"-or" | b"-a" | b"-and" | b"," => bad(format!(
                "invalid expression; you have used a binary operator '{}' with nothing before it.",
                shown(&word)
            )),
            word if word.starts_with(b"-") => self.predicate(word),
            word => bad(format!("paths must precede expression: `{}'", shown(word))),
        }
    }

    fn argument(&mut self, name: &[u8]) -> Done<Vec<u8>> {
        let Some(word) = self.words.get(self.at) else {
            return bad(format!("missing argument to `{}'", shown(name)));
        };
        self.at += 1;
        Ok(word.clone())
    }

    fn predicate(&mut self, name: &[u8]) -> Done<Node> {
        if let Some(node) = self.option(name)? {
            return Ok(node);
        }
        if let Some(node) = self.name_test(name)? {
            return Ok(node);
        }
        if let Some(node) = self.number_test(name)? {
            return Ok(node);
        }
        if let Some(node) = self.time_test(name)? {
            return Ok(node);
        }
        if let Some(node) = self.other_test(name)? {
            return Ok(node);
        }
        match self.action(name)? {
            Some(node) => {
                self.acts |= !matches!(node, Node::Prune | Node::Quit);
                Ok(node)
            }
            None => bad(format!("unknown predicate `{}'", shown(name))),
        }
    }

    /// Options hold for the whole walk, and are true.
    fn option(&mut self, name: &[u8]) -> Done<Option<Node>> {
        match name {
            b"-depth" | b"-d" => {
                self.settings.depth_first = true;
                self.depth_asked = true;
            }
            b"-maxdepth" | b"-mindepth" => {
                let word = self.argument(name)?;
                let digits = std::str::from_utf8(&word).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
                let Some(depth) = digits.and_then(|text| text.parse().ok()) else {
                    let (name, word) = (shown(name), quote(&word));
                    return bad(format!("Expected a positive decimal integer argument to {name}, but got {word}"));
                };
                *(if name == b"-maxdepth" { &mut self.settings.most_depth } else { &mut self.settings.least_depth }) = depth;
            }
            b"-mount" | b"-xdev" => self.settings.one_file_system = true,
            b"-follow" => self.settings.follow = Follow::Always,
            b"-daystart" => {
                let seconds = self.settings.now.0;
                self.settings.now = (seconds.div_euclid(86_400) * 86_400 + 86_400, 0);
            }
            b"-ignore_readdir_race" => self.settings.ignores_races = true,
            b"-noignore_readdir_race" => self.settings.ignores_races = false,
            b"-noleaf" | b"-warn" | b"-nowarn" => {}
            b"-regextype" => {
                let word = self.argument(name)?;
                self.syntax = regex_type(&word)?;
            }
            b"-help" | b"--help" => return Err(Stop::Help),
            b"-version" | b"--version" => return Err(Stop::Version),
            _ => return Ok(None),
        }
        Ok(Some(Node::True))
    }

    fn name_test(&mut self, name: &[u8]) -> Done<Option<Node>> {
        let (fold, subject) = match name {
            b"-name" => (false, Subject::Name),
            b"-iname" => (true, Subject::Name),
            b"-path" | b"-wholename" => (false, Subject::Path),
            b"-ipath" | b"-iwholename" => (true, Subject::Path),
            b"-lname" => (false, Subject::LinkTarget),
            b"-ilname" => (true, Subject::LinkTarget),
            b"-regex" | b"-iregex" => {
                let word = self.argument(name)?;
                return self.regex(&word, name == b"-iregex").map(Some);
            }
            _ => return Ok(None),
        };
        let pattern = self.argument(name)?;
        // SAFETY: asks about a descriptor.
        let is_watched = unsafe { libc::isatty(0) } == 1;
        if is_watched && subject == Subject::Name && pattern.contains(&b'/') && pattern != b"/" {
            let name = &shown(name)[1..];
            eprintln!(
                "find: warning: \u{2018}-{name}\u{2019} matches against basenames only, but the given pattern contains a \
                 directory separator (\u{2018}/\u{2019}), thus the expression will evaluate to false all the time.  \
                 Did you mean \u{2018}-{}\u{2019}?",
                if fold { "iwholename" } else { "wholename" }
            );
        }
        Ok(Some(Node::Glob(pattern, fold, subject)))
    }

    fn regex(&self, text: &[u8], fold: bool) -> Done<Node> {
        let bytes = pagebox_gnu::locale::is_bytes();
        let syntax = Syntax { ignore_case: fold, bytes, ..self.syntax };
        let failed = |why: &str| Stop::Message(format!("failed to compile regular expression '{}': {why}", shown(text)));
        let parsed = parse_regex(text, syntax).map_err(|why| failed(why.0))?;
        let node = parsed.node.between(Place::TextStart, Place::TextEnd);
        let anchors = Anchors { lines: false, texts: false, bytes };
        let purpose = Purpose { anchors, fold, ..Purpose::default() };
        let pattern = Pattern::new(&node, parsed.groups, purpose).map_err(|why| failed(why.0))?;
        Ok(Node::Regex(RefCell::new(Box::new(pattern))))
    }

    fn count(&mut self, name: &[u8]) -> Done<Count> {
        let word = self.argument(name)?;
        parse_count(&word).map_or_else(|| bad(format!("invalid argument `{}' to `{}'", shown(&word), shown(name))), Ok)
    }

    fn number_test(&mut self, name: &[u8]) -> Done<Option<Node>> {
        Ok(Some(match name {
            b"-links" => Node::Links(self.count(name)?),
            b"-inum" => Node::Inode(self.count(name)?),
            b"-uid" => Node::User(self.count(name)?),
            b"-gid" => Node::Group(self.count(name)?),
            b"-user" | b"-group" => {
                let word = self.argument(name)?;
                let is_user = name == b"-user";
                let known = if is_user { &self.names.users } else { &self.names.groups };
                let text = shown(&word);
                let Some(number) = known.number(&text).or_else(|| text.parse().ok()) else {
                    let what = if is_user { "the name of a known user" } else { "the name of an existing group" };
                    return bad(format!("{} is not {what}", quote(&word)));
                };
                let count = Count::Exactly(u64::from(number));
                if is_user { Node::User(count) } else { Node::Group(count) }
            }
            b"-size" => {
                let word = self.argument(name)?;
                let Some((count, unit)) = size(&word) else {
                    return bad(format!("invalid -size type `{}'", word.last().map_or(String::new(), |&last| (last as char).into())));
                };
                Node::Size(count, unit)
            }
            b"-perm" => {
                let word = self.argument(name)?;
                let Some(mode) = permission(&word) else {
                    return bad(format!("invalid mode {}", quote(&word)));
                };
                Node::Permission(mode)
            }
            b"-used" => {
                let word = self.argument(name)?;
                let Some(count) = parse_count(&word) else {
                    return bad(format!("Invalid argument {} to -used", shown(&word)));
                };
                Node::Used(count)
            }
            _ => return Ok(None),
        }))
    }

    fn time_test(&mut self, name: &[u8]) -> Done<Option<Node>> {
        let stamp = |letter| match letter {
            b'a' => Stamp::Access,
            b'c' => Stamp::Change,
            _ => Stamp::Modification,
        };
        match name {
            [b'-', letter @ (b'a' | b'c' | b'm'), rest @ ..] if rest == b"time" || rest == b"min" => {
                let word = self.argument(name)?;
                let unit = if rest == b"time" { DAY } else { 60.0 };
                let (sign, digits) = match word.split_first() {
                    Some((sign @ (b'+' | b'-'), digits)) => (*sign, digits),
                    _ => (b'=', &word[..]),
                };
                let amount = std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok());
                let Some(amount) = amount.filter(|amount: &f64| amount.is_finite()) else {
                    return bad(format!("invalid argument `{}' to `{}'", shown(&word), shown(name)));
                };
                Ok(Some(Node::Age(Age { stamp: stamp(*letter), sign, amount, unit })))
            }
            b"-newer" | b"-anewer" | b"-cnewer" => {
                let word = self.argument(name)?;
                let facts = self.facts_of(&word)?;
                let stamp = if name == b"-newer" { Stamp::Modification } else { stamp(name[1]) };
                Ok(Some(Node::Newer(stamp, facts.modified)))
            }
            [b'-', b'n', b'e', b'w', b'e', b'r', x, y] => {
                if !b"acmB".contains(x) || !b"acmtB".contains(y) {
                    return bad(format!("invalid predicate `{}'", shown(name)));
                }
                let word = self.argument(name)?;
                let time = if *y == b't' {
                    let Some(time) = clock::parse(&shown(&word), self.settings.now) else {
                        return bad(format!("I cannot figure out how to interpret {} as a date or time", quote(&word)));
                    };
                    time
                } else {
                    let facts = self.facts_of(&word)?;
                    match y {
                        b'a' => facts.accessed,
                        b'm' => facts.modified,
                        _ => facts.changed,
                    }
                };
                Ok(Some(Node::Newer(stamp(*x), time)))
            }
            _ => Ok(None),
        }
    }

    fn facts_of(&self, name: &[u8]) -> Done<crate::entry::Facts> {
        let follow = self.settings.follow != Follow::Never;
        facts(name, follow).or_else(|error| bad(format!("{}: {}", quote(name), message::text(&error))))
    }

    fn other_test(&mut self, name: &[u8]) -> Done<Option<Node>> {
        Ok(Some(match name {
            b"-type" | b"-xtype" => {
                let word = self.argument(name)?;
                Node::Type(types(&word, &shown(name))?, name == b"-xtype")
            }
            b"-empty" => Node::Empty,
            b"-true" => Node::True,
            b"-false" => Node::False,
            b"-nouser" => Node::NoUser,
            b"-nogroup" => Node::NoGroup,
            b"-readable" => Node::Access(4),
            b"-writable" => Node::Access(2),
            b"-executable" => Node::Access(1),
            b"-samefile" => {
                let word = self.argument(name)?;
                let facts = self.facts_of(&word)?;
                Node::Same(facts.device, facts.inode)
            }
            b"-fstype" => Node::FileSystem(self.argument(name)?),
            _ => return Ok(None),
        }))
    }

    fn sink(&mut self, name: Vec<u8>) -> Done<Rc<Sink>> {
        if let Some(place) = self.sink_names.iter().position(|known| *known == name) {
            return Ok(Rc::clone(&self.sinks[place]));
        }
        let sink = if name == b"/dev/stderr" {
            Sink::standard(2, "standard error")
        } else {
            match File::create(path(&name)) {
                Ok(file) => Sink::new(file, &shown(&name)),
                Err(error) => return bad(format!("{}: {}", quote(&name), message::text(&error))),
            }
        };
        self.sinks.push(Rc::new(sink));
        self.sink_names.push(name);
        Ok(Rc::clone(&self.sinks[self.sinks.len() - 1]))
    }

    fn action(&mut self, name: &[u8]) -> Done<Option<Node>> {
        let standard = Rc::clone(&self.sinks[0]);
        Ok(Some(match name {
            b"-print" => Node::Print(standard, b'\n'),
            b"-print0" => Node::Print(standard, 0),
            b"-printf" => {
                let format = self.argument(name)?;
                Node::Printf(standard, warned(&format))
            }
            b"-ls" => Node::List(standard),
            b"-fprint" | b"-fprint0" | b"-fls" | b"-fprintf" => {
                let file = self.argument(name)?;
                let sink = self.sink(file)?;
                match name {
                    b"-fls" => Node::List(sink),
                    b"-fprintf" => {
                        let format = self.argument(name)?;
                        Node::Printf(sink, warned(&format))
                    }
                    _ => Node::Print(sink, if name == b"-fprint" { b'\n' } else { 0 }),
                }
            }
            b"-delete" => {
                self.settings.depth_first = true;
                self.deletes = true;
                Node::Delete
            }
            b"-prune" => {
                self.prunes = true;
                Node::Prune
            }
            b"-quit" => Node::Quit,
            b"-exec" | b"-execdir" | b"-ok" | b"-okdir" => Node::Run(Rc::new(self.command(name)?)),
            _ => return Ok(None),
        }))
    }

    fn command(&mut self, name: &[u8]) -> Done<Command> {
        let asks = name == b"-ok" || name == b"-okdir";
        let in_folder = name == b"-execdir" || name == b"-okdir";
        let missing = || Stop::Message(format!("missing argument to `{}'", shown(name)));
        let rest = &self.words[self.at..];
        let is_end = |place: usize| match &rest[place][..] {
            b";" => true,
            b"+" => !asks && place > 0 && rest[place - 1].ends_with(b"{}"),
            _ => false,
        };
        let end = (0..rest.len()).find(|&place| is_end(place)).ok_or_else(missing)?;
        let mut words: Vec<Vec<u8>> = rest[..end].to_vec();
        let collects = rest[end] == b"+";
        self.at += end + 1;
        if words.is_empty() {
            return Err(missing());
        }
        if collects {
            let holder = |word: &Vec<u8>| word.windows(2).any(|pair| pair == b"{}");
            if words.iter().filter(|word| holder(word)).count() > 1 {
                return bad(format!("Only one instance of {{}} is supported with {} ... +", shown(name)));
            }
            let last = words.pop().unwrap_or_default();
            if last != b"{}" {
                let (last, name) = (quote(&last), shown(name));
                return bad(format!("In \u{2018}{name} ... {{}} +\u{2019} the \u{2018}{{}}\u{2019} must appear by itself, but you specified {last}"));
            }
        }
        let collects = collects.then(|| RefCell::new(Collected::default()));
        Ok(Command { words, in_folder, asks, collects })
    }
}

fn unclosed<T>() -> Done<T> {
    bad("invalid expression; I was expecting to find a ')' somewhere but did not see one.")
}

fn starts_expression(word: &[u8]) -> bool {
    match word {
        b"(" | b")" | b"," | b"!" => word != b")" && word != b",",
        [b'-', _, ..] => true,
        _ => false,
    }
}

fn warned(format: &[u8]) -> Vec<printf::Part> {
    let (parts, warnings) = printf::parse(format);
    warnings.iter().for_each(|text| eprintln!("find: warning: {text}"));
    parts
}

fn parse_count(word: &[u8]) -> Option<Count> {
    let (make, digits): (fn(u64) -> Count, &[u8]) = match word.split_first()? {
        (b'+', digits) => (Count::More, digits),
        (b'-', digits) => (Count::Less, digits),
        _ => (Count::Exactly, word),
    };
    let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    text.parse().ok().map(make)
}

fn size(word: &[u8]) -> Option<(Count, u64)> {
    let (&last, digits) = word.split_last()?;
    let (digits, unit) = match last {
        b'0'..=b'9' => (word, 512),
        b'b' => (digits, 512),
        b'c' => (digits, 1),
        b'w' => (digits, 2),
        b'k' => (digits, 1 << 10),
        b'M' => (digits, 1 << 20),
        b'G' => (digits, 1 << 30),
        _ => return None,
    };
    parse_count(digits).map(|count| (count, unit))
}

fn permission(word: &[u8]) -> Option<Mode> {
    Some(match word.split_first()? {
        (b'-', rest) => Mode::All(mode::parse(rest)?),
        (b'/', rest) => Mode::Any(mode::parse(rest)?),
        _ => Mode::Exactly(mode::parse(word)?),
    })
}

fn types(word: &[u8], name: &str) -> Done<Vec<u8>> {
    let mut letters = Vec::new();
    for part in word.split(|&byte| byte == b',') {
        match part {
            [letter] if b"bcdpflsD".contains(letter) => letters.push(*letter),
            [letter, ..] if !b"bcdpflsD".contains(letter) => {
                return bad(format!("Unknown argument to {name}: {}", *letter as char));
            }
            [_, _, ..] => return bad(format!("Must separate multiple arguments to {name} using: ','")),
            _ => return bad(format!("Last file type in list argument to {name} is missing, i.e., list is ending on: ','")),
        }
    }
    Ok(letters)
}

fn regex_type(word: &[u8]) -> Done<Syntax> {
    let with_dot = |syntax: Syntax| Syntax { excluded: None, ..syntax };
    Ok(match word {
        b"findutils-default" | b"emacs" => EMACS,
        b"ed" | b"sed" | b"posix-basic" | b"posix-minimal-basic" => Syntax::BASIC,
        b"grep" => with_dot(Syntax::GREP),
        b"egrep" | b"posix-egrep" | b"awk" | b"gnu-awk" | b"posix-awk" => with_dot(Syntax::EGREP),
        b"posix-extended" => Syntax::EXTENDED,
        _ => {
            let known = [
                "findutils-default", "ed", "emacs", "gnu-awk", "grep", "posix-awk", "awk", "posix-basic", "posix-egrep",
                "egrep", "posix-extended", "posix-minimal-basic", "sed",
            ];
            let list: Vec<String> = known.iter().map(|name| quote(name.as_bytes())).collect();
            let word = quote(word);
            return bad(format!("Unknown regular expression type {word}; valid types are {}.", list.join(", ")));
        }
    })
}
