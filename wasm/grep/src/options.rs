//! grep's command line.

use pagebox_gnu::getopt::{Found, Long, Options, Takes};

use crate::matcher::Kind;
use crate::names::Names;
use crate::output::{Colours, Output};

const SHORT: &str = "0123456789A:B:C:D:EFGHILPTUVX:abcd:e:f:hiLlm:noqRrsuvwxyZz";

const BINARY_FILES: u32 = 256;
const COLOUR: u32 = 257;
const EXCLUDE: u32 = 258;
const EXCLUDE_FROM: u32 = 259;
const EXCLUDE_DIR: u32 = 260;
const INCLUDE: u32 = 261;
const LABEL: u32 = 262;
const LINE_BUFFERED: u32 = 263;
const NO_IGNORE_CASE: u32 = 264;
const GROUP_SEPARATOR: u32 = 265;
const NO_GROUP_SEPARATOR: u32 = 266;
const HELP: u32 = 267;

const fn long(name: &'static str, takes: Takes, key: u32) -> Long {
    Long { name, takes, key }
}

const LONG: &[Long] = &[
    long("basic-regexp", Takes::Nothing, b'G' as u32),
    long("extended-regexp", Takes::Nothing, b'E' as u32),
    long("fixed-regexp", Takes::Nothing, b'F' as u32),
    long("fixed-strings", Takes::Nothing, b'F' as u32),
    long("perl-regexp", Takes::Nothing, b'P' as u32),
    long("after-context", Takes::Required, b'A' as u32),
    long("before-context", Takes::Required, b'B' as u32),
    long("binary-files", Takes::Required, BINARY_FILES),
    long("binary", Takes::Nothing, b'U' as u32),
    long("byte-offset", Takes::Nothing, b'b' as u32),
    long("context", Takes::Required, b'C' as u32),
    long("color", Takes::Optional, COLOUR),
    long("colour", Takes::Optional, COLOUR),
    long("count", Takes::Nothing, b'c' as u32),
    long("devices", Takes::Required, b'D' as u32),
    long("directories", Takes::Required, b'd' as u32),
    long("exclude", Takes::Required, EXCLUDE),
    long("exclude-from", Takes::Required, EXCLUDE_FROM),
    long("exclude-dir", Takes::Required, EXCLUDE_DIR),
    long("file", Takes::Required, b'f' as u32),
    long("files-with-matches", Takes::Nothing, b'l' as u32),
    long("files-without-match", Takes::Nothing, b'L' as u32),
    long("group-separator", Takes::Required, GROUP_SEPARATOR),
    long("help", Takes::Nothing, HELP),
    long("include", Takes::Required, INCLUDE),
    long("ignore-case", Takes::Nothing, b'i' as u32),
    long("no-ignore-case", Takes::Nothing, NO_IGNORE_CASE),
    long("initial-tab", Takes::Nothing, b'T' as u32),
    long("label", Takes::Required, LABEL),
    long("line-buffered", Takes::Nothing, LINE_BUFFERED),
    long("line-number", Takes::Nothing, b'n' as u32),
    long("line-regexp", Takes::Nothing, b'x' as u32),
    long("max-count", Takes::Required, b'm' as u32),
    long("no-filename", Takes::Nothing, b'h' as u32),
    long("no-group-separator", Takes::Nothing, NO_GROUP_SEPARATOR),
    long("no-messages", Takes::Nothing, b's' as u32),
    long("null", Takes::Nothing, b'Z' as u32),
    long("null-data", Takes::Nothing, b'z' as u32),
    long("only-matching", Takes::Nothing, b'o' as u32),
    long("quiet", Takes::Nothing, b'q' as u32),
    long("recursive", Takes::Nothing, b'r' as u32),
    long("dereference-recursive", Takes::Nothing, b'R' as u32),
    long("regexp", Takes::Required, b'e' as u32),
    long("invert-match", Takes::Nothing, b'v' as u32),
    long("silent", Takes::Nothing, b'q' as u32),
    long("text", Takes::Nothing, b'a' as u32),
    long("unix-byte-offsets", Takes::Nothing, b'u' as u32),
    long("version", Takes::Nothing, b'V' as u32),
    long("with-filename", Takes::Nothing, b'H' as u32),
    long("word-regexp", Takes::Nothing, b'w' as u32),
];

/// What to do with a file that is not text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    Say,
    Text,
    Skip,
}

/// What to do with a directory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Directories {
    Read,
    Recurse,
    Skip,
}

/// What to print of a file instead of its lines.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum List {
    No,
    Matching,
    NonMatching,
}

/// The command line.
pub struct Settings {
    pub kind: Kind,
    has_kind: bool,
    pub patterns: Option<Vec<u8>>,
    pub fold: bool,
    pub words: bool,
    pub lines: bool,
    pub end: u8,
    /// The locale knows bytes alone.
    pub bytes: bool,
    pub invert: bool,
    pub before: usize,
    pub after: usize,
    pub most: Option<u64>,
    pub count: bool,
    pub list: List,
    pub quiet: bool,
    pub silent: bool,
    pub only: bool,
    pub with_name: Option<bool>,
    pub numbers: bool,
    pub offsets: bool,
    pub tabs: bool,
    pub null_names: bool,
    pub binary: Binary,
    pub directories: Directories,
    pub follow: bool,
    pub skip_devices: Option<bool>,
    pub group: Option<Vec<u8>>,
    pub label: Option<Vec<u8>>,
    pub colours: Colours,
    pub names: Names,
    pub operands: Vec<Vec<u8>>,
}

impl Settings {
    fn new() -> Settings {
        Settings {
            kind: Kind::Basic,
            has_kind: false,
            patterns: None,
            fold: false,
            words: false,
            lines: false,
            end: b'\n',
            bytes: pagebox_gnu::locale::is_bytes(),
            invert: false,
            before: 0,
            after: 0,
            most: None,
            count: false,
            list: List::No,
            quiet: false,
            silent: false,
            only: false,
            with_name: None,
            numbers: false,
            offsets: false,
            tabs: false,
            null_names: false,
            binary: Binary::Say,
            directories: Directories::Read,
            follow: false,
            skip_devices: None,
            group: Some(b"--".to_vec()),
            label: None,
            colours: Colours::none(),
            names: Names::default(),
            operands: Vec::new(),
        }
    }

    fn choose(&mut self, kind: Kind) -> Result<(), Stop> {
        if self.has_kind && self.kind != kind {
            return Err(Stop::Message("conflicting matchers specified".into(), false));
        }
        (self.kind, self.has_kind) = (kind, true);
        Ok(())
    }
}

/// Why the command line cannot be followed.
pub enum Stop {
    /// A message; the flag: followed by the usage.
    Message(String, bool),
    /// Usage alone.
    Usage,
    /// Help was asked for.
    Help,
    /// The version was asked for.
    Version,
    /// A bad word of a list: message, and the status it has.
    Word(String),
}

/// Contexts as they are given: `-NUM` and `-C` yield to `-A` and `-B`.
#[derive(Default)]
struct Contexts {
    both: Option<usize>,
    before: Option<usize>,
    after: Option<usize>,
    digits: Vec<u8>,
    digits_argument: usize,
}

/// Reads a command line. `arguments` come without the program's name.
pub fn read(arguments: Vec<Vec<u8>>, output: &mut Output) -> Result<Settings, Stop> {
    let mut settings = Settings::new();
    let mut contexts = Contexts::default();
    let mut options = Options::new(SHORT, LONG, arguments);
    let mut colour = None;
    while let Some(found) = options.step().map_err(|bad| Stop::Message(bad.0, true))? {
        match found {
            Found::Operand(operand) => settings.operands.push(operand),
            Found::Option(key @ 48..=57, _) => contexts.digit(key, options.begun),
            Found::Option(COLOUR, value) => colour = Some(value),
            Found::Option(key, value) => {
                let value = value.unwrap_or_default();
                if !apply_flag(&mut settings, key, output)? && !contexts.apply(key, &value)? {
                    apply_value(&mut settings, key, value)?;
                }
            }
        }
    }
    contexts.settle(&mut settings)?;
    if let Some(value) = colour {
        apply_colour(&mut settings, value, output)?;
    }
    if settings.patterns.is_none() {
        if settings.operands.is_empty() {
            return Err(Stop::Usage);
        }
        let first = settings.operands.remove(0);
        add_patterns(&mut settings, &first);
    }
    Ok(settings)
}

fn apply_flag(settings: &mut Settings, key: u32, output: &mut Output) -> Result<bool, Stop> {
    let Some(letter) = u8::try_from(key).ok() else {
        match key {
            LINE_BUFFERED => output.by_line = true,
            NO_IGNORE_CASE => settings.fold = false,
            NO_GROUP_SEPARATOR => settings.group = None,
            HELP => return Err(Stop::Help),
            _ => return Ok(false),
        }
        return Ok(true);
    };
    match letter {
        b'E' => settings.choose(Kind::Extended)?,
        b'F' => settings.choose(Kind::Fixed)?,
        b'G' => settings.choose(Kind::Basic)?,
        b'P' => settings.choose(Kind::Perl)?,
        b'H' => settings.with_name = Some(true),
        b'h' => settings.with_name = Some(false),
        b'I' => settings.binary = Binary::Skip,
        b'a' => settings.binary = Binary::Text,
        b'T' => settings.tabs = true,
        b'U' => {}
        b'u' => output.complain(b"warning: --unix-byte-offsets (-u) is obsolete"),
        b'V' => return Err(Stop::Version),
        b'b' => settings.offsets = true,
        b'c' => settings.count = true,
        b'i' | b'y' => settings.fold = true,
        b'L' => settings.list = List::NonMatching,
        b'l' => settings.list = List::Matching,
        b'n' => settings.numbers = true,
        b'o' => settings.only = true,
        b'q' => settings.quiet = true,
        b'R' | b'r' => {
            settings.directories = Directories::Recurse;
            settings.follow = letter == b'R';
        }
        b's' => settings.silent = true,
        b'v' => settings.invert = true,
        b'w' => settings.words = true,
        b'x' => settings.lines = true,
        b'Z' => settings.null_names = true,
        b'z' => settings.end = 0,
        _ => return Ok(false),
    }
    Ok(true)
}

fn apply_value(settings: &mut Settings, key: u32, value: Vec<u8>) -> Result<(), Stop> {
    match key {
        BINARY_FILES => {
            settings.binary = match &value[..] {
                b"binary" => Binary::Say,
                b"text" => Binary::Text,
                b"without-match" => Binary::Skip,
                _ => return Err(Stop::Message("unknown binary-files type".into(), false)),
            }
        }
        EXCLUDE => settings.names.files(value, false),
        INCLUDE => settings.names.files(value, true),
        EXCLUDE_DIR => settings.names.directory(value),
        EXCLUDE_FROM => {
            let list = read_file(&value)?;
            list.split(|&byte| byte == b'\n')
                .filter(|line| !line.is_empty())
                .for_each(|line| settings.names.files(line.to_vec(), false));
        }
        LABEL => settings.label = Some(value),
        GROUP_SEPARATOR => settings.group = Some(value),
        _ => apply_letter(settings, key, &value)?,
    }
    Ok(())
}

fn apply_letter(settings: &mut Settings, key: u32, value: &[u8]) -> Result<(), Stop> {
    match u8::try_from(key).unwrap_or(0) {
        b'D' => {
            settings.skip_devices = match value {
                b"read" => Some(false),
                b"skip" => Some(true),
                _ => return Err(Stop::Message("unknown devices method".into(), false)),
            }
        }
        b'd' => settings.directories = directories(value)?,
        b'e' => add_patterns(settings, value),
        b'f' => {
            let text = read_file(value)?;
            add_patterns_of_file(settings, &text);
        }
        b'm' => settings.most = most(value)?,
        b'X' => {
            settings.choose(match value {
                b"grep" => Kind::Basic,
                b"egrep" => Kind::Extended,
                b"fgrep" => Kind::Fixed,
                b"perl" => Kind::Perl,
                _ => return Err(Stop::Message(format!("invalid matcher {}", shown(value)), false)),
            })?;
        }
        _ => {}
    }
    Ok(())
}

fn directories(value: &[u8]) -> Result<Directories, Stop> {
    let kinds: [(&[u8], Directories); 3] = [
        (b"read", Directories::Read),
        (b"recurse", Directories::Recurse),
        (b"skip", Directories::Skip),
    ];
    let mut matching = kinds.iter().filter(|(name, _)| !value.is_empty() && name.starts_with(value));
    let problem = match (matching.next(), matching.next()) {
        (Some((_, kind)), None) => return Ok(*kind),
        (Some(_), Some(_)) => "ambiguous",
        _ => "invalid",
    };
    let value = pagebox_gnu::message::quote(value);
    let start = format!("{problem} argument {value} for \u{2018}--directories\u{2019}\nValid arguments are:");
    let list = kinds.map(|(name, _)| format!("\n  - \u{2018}{}\u{2019}", String::from_utf8_lossy(name)));
    Err(Stop::Word(start + &list.concat()))
}

fn shown(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}

/// A number with gnulib's suffixes; a negative one is None, one that is too large the largest.
fn most(value: &[u8]) -> Result<Option<u64>, Stop> {
    let bad = || Stop::Message("invalid max count".into(), false);
    let text = std::str::from_utf8(value).map_err(|_| bad())?.trim_start();
    match text.strip_prefix('-') {
        Some(rest) if !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()) => Ok(None),
        _ => number(text.strip_prefix('+').unwrap_or(text)).map(Some).ok_or_else(bad),
    }
}

fn number(text: &str) -> Option<u64> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, suffix) = text.split_at(end);
    if digits.is_empty() {
        return None;
    }
    let unit: u64 = match suffix {
        "" => 1,
        "k" | "K" | "kiB" | "KiB" => 1 << 10,
        "kB" | "KB" => 1000,
        "M" | "MiB" => 1 << 20,
        "MB" => 1_000_000,
        "G" | "GiB" => 1 << 30,
        _ => return None,
    };
    Some(digits.parse::<u64>().unwrap_or(u64::MAX).saturating_mul(unit))
}

impl Contexts {
    fn digit(&mut self, key: u32, argument: usize) {
        if self.digits_argument != argument {
            self.digits.clear();
            self.digits_argument = argument;
        }
        self.digits.push(u8::try_from(key).unwrap_or(b'0'));
    }

    fn apply(&mut self, key: u32, value: &[u8]) -> Result<bool, Stop> {
        let place = match u8::try_from(key).unwrap_or(0) {
            b'A' => &mut self.after,
            b'B' => &mut self.before,
            b'C' => &mut self.both,
            _ => return Ok(false),
        };
        *place = Some(length(value)?);
        Ok(true)
    }

    fn settle(&mut self, settings: &mut Settings) -> Result<(), Stop> {
        if !self.digits.is_empty() {
            self.both = Some(length(&self.digits.clone())?);
        }
        settings.before = self.before.or(self.both).unwrap_or(0);
        settings.after = self.after.or(self.both).unwrap_or(0);
        Ok(())
    }
}

fn length(value: &[u8]) -> Result<usize, Stop> {
    let bad = || Stop::Message(format!("{}: invalid context length argument", shown(value)), false);
    let text = std::str::from_utf8(value).map_err(|_| bad())?.trim_start();
    let found = number(text.strip_prefix('+').unwrap_or(text)).ok_or_else(bad)?;
    Ok(usize::try_from(found).unwrap_or(usize::MAX))
}

fn apply_colour(settings: &mut Settings, value: Option<Vec<u8>>, output: &mut Output) -> Result<(), Stop> {
    let is_on = match value.as_deref() {
        Some(b"always" | b"yes" | b"force") => true,
        Some(b"never" | b"no" | b"none") => false,
        None | Some(b"auto" | b"tty" | b"if-tty") => {
            let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
            // SAFETY: asks about a descriptor.
            !is_dumb && unsafe { libc::isatty(1) } == 1
        }
        Some(_) => return Err(Stop::Help),
    };
    if is_on {
        settings.colours = Colours::from_environment(output);
    }
    Ok(())
}

fn add_patterns(settings: &mut Settings, text: &[u8]) {
    let all = settings.patterns.get_or_insert_default();
    all.extend_from_slice(text);
    all.push(b'\n');
}

fn add_patterns_of_file(settings: &mut Settings, text: &[u8]) {
    let all = settings.patterns.get_or_insert_default();
    all.extend_from_slice(text);
    if !text.is_empty() && !text.ends_with(b"\n") {
        all.push(b'\n');
    }
}

fn read_file(name: &[u8]) -> Result<Vec<u8>, Stop> {
    use std::io::Read;
    let mut text = Vec::new();
    let done = if name == b"-" {
        std::io::stdin().read_to_end(&mut text).map(|_| ())
    } else {
        crate::input::open(name).and_then(|mut file| file.read_to_end(&mut text)).map(|_| ())
    };
    match done {
        Ok(()) => Ok(text),
        Err(error) => {
            let why = pagebox_gnu::message::text(&error);
            Err(Stop::Message(format!("{}: {why}", shown(name)), false))
        }
    }
}
