//! Options read as glibc's `getopt_long` does: abbreviations, permutation, `POSIXLY_CORRECT`, and its messages.

/// Whether an option takes an argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    Nothing,
    Required,
    Optional,
}

/// A long option and the key it is known by.
pub struct Long {
    pub name: &'static str,
    pub takes: Takes,
    pub key: u32,
}

/// One thing found on the command line.
pub enum Found {
    Option(u32, Option<Vec<u8>>),
    Operand(Vec<u8>),
}

/// What was wrong, in glibc's words, without the program's name.
#[derive(Debug)]
pub struct BadOption(pub String);

/// A command line that is being read.
pub struct Options<'a> {
    short: &'a str,
    long: &'a [Long],
    arguments: std::vec::IntoIter<Vec<u8>>,
    cluster: Vec<u8>,
    only_operands: bool,
    stops_at_operand: bool,
    /// How many arguments have been begun.
    pub begun: usize,
}

impl<'a> Options<'a> {
    /// `short` is in getopt's notation; a leading `+` stops at the first operand.
    pub fn new(short: &'a str, long: &'a [Long], arguments: Vec<Vec<u8>>) -> Self {
        let posix = std::env::var_os("POSIXLY_CORRECT").is_some();
        Options {
            short: short.trim_start_matches('+'),
            long,
            arguments: arguments.into_iter(),
            cluster: Vec::new(),
            only_operands: false,
            stops_at_operand: short.starts_with('+') || posix,
            begun: 0,
        }
    }

    /// The next option or operand.
    pub fn step(&mut self) -> Result<Option<Found>, BadOption> {
        if !self.cluster.is_empty() {
            return self.short_option().map(Some);
        }
        let Some(argument) = self.arguments.next() else {
            return Ok(None);
        };
        self.begun += 1;
        if self.only_operands || argument.len() < 2 || argument[0] != b'-' {
            self.only_operands |= self.stops_at_operand;
            return Ok(Some(Found::Operand(argument)));
        }
        if argument == b"--" {
            self.only_operands = true;
            return self.step();
        }
        if argument.starts_with(b"--") {
            return self.long_option(&argument[2..]).map(Some);
        }
        self.cluster = argument[1..].to_vec();
        self.short_option().map(Some)
    }

    fn short_option(&mut self) -> Result<Found, BadOption> {
        let letter = self.cluster.remove(0);
        let Some(takes) = self.short_takes(letter) else {
            let shown = String::from_utf8_lossy(&[letter]).into_owned();
            return Err(BadOption(format!("invalid option -- '{shown}'")));
        };
        let value = match takes {
            Takes::Nothing => None,
            Takes::Optional if self.cluster.is_empty() => None,
            _ if !self.cluster.is_empty() => Some(std::mem::take(&mut self.cluster)),
            _ => match self.arguments.next() {
                Some(value) => Some(value),
                None => {
                    let shown = letter as char;
                    return Err(BadOption(format!("option requires an argument -- '{shown}'")));
                }
            },
        };
        Ok(Found::Option(u32::from(letter), value))
    }

    fn short_takes(&self, letter: u8) -> Option<Takes> {
        let known = self.short.as_bytes();
        let place = known.iter().position(|&one| one == letter && letter != b':')?;
        Some(match &known[place + 1..] {
            [b':', b':', ..] => Takes::Optional,
            [b':', ..] => Takes::Required,
            _ => Takes::Nothing,
        })
    }

    fn long_option(&mut self, text: &[u8]) -> Result<Found, BadOption> {
        let end = text.iter().position(|&byte| byte == b'=');
        let name = &text[..end.unwrap_or(text.len())];
        let option = self.find_long(name)?;
        let (full, key, takes) = (option.name, option.key, option.takes);
        let value = match (takes, end) {
            (Takes::Nothing, Some(_)) => {
                return Err(BadOption(format!("option '--{full}' doesn't allow an argument")));
            }
            (Takes::Required, None) => match self.arguments.next() {
                Some(value) => Some(value),
                None => return Err(BadOption(format!("option '--{full}' requires an argument"))),
            },
            (_, end) => end.map(|end| text[end + 1..].to_vec()),
        };
        Ok(Found::Option(key, value))
    }

    fn find_long(&self, name: &[u8]) -> Result<&'a Long, BadOption> {
        let shown = String::from_utf8_lossy(name);
        if let Some(exact) = self.long.iter().find(|one| one.name.as_bytes() == name) {
            return Ok(exact);
        }
        let mut matching = self.long.iter().filter(|one| one.name.as_bytes().starts_with(name));
        let Some(first) = matching.next() else {
            return Err(BadOption(format!("unrecognized option '--{shown}'")));
        };
        let others: Vec<&Long> = matching.collect();
        if others.iter().all(|one| one.key == first.key && one.takes == first.takes) {
            return Ok(first);
        }
        let names = std::iter::once(first).chain(others);
        let listed: Vec<String> = names.map(|one| format!("'--{}'", one.name)).collect();
        let listed = listed.join(" ");
        Err(BadOption(format!("option '--{shown}' is ambiguous; possibilities: {listed}")))
    }
}
