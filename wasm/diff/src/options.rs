//! diff's command line.

use pagebox_gnu::getopt::{Found, Long, Options, Takes};
use pagebox_gnu::regex::{Anchors, Pattern, Purpose, Syntax, parse};

const SHORT: &str = "0123456789aBbcC:dD:eEfF:hHiI:lL:nNpPqrsS:tTuU:vwW:x:X:yZ";

const fn long(name: &'static str, takes: Takes, key: u32) -> Long {
    Long { name, takes, key }
}

const COLOUR: u32 = 256;
const LABEL: u32 = 'L' as u32;
const SUPPRESS_COMMON: u32 = 258;
const LEFT_COLUMN: u32 = 259;
const STRIP_CR: u32 = 260;
const NORMAL: u32 = 261;
const NO_DEREFERENCE: u32 = 262;
const TAB_SIZE: u32 = 263;
const HELP: u32 = 264;
const FOLD_NAMES: u32 = 265;
const SUPPRESS_EMPTY: u32 = 266;
const IGNORED: u32 = 267;
const FROM_FILE: u32 = 268;
const TO_FILE: u32 = 269;
const LINE_FORMAT: u32 = 270;
const SAME_FORMAT: u32 = 271;
const OLD_FORMAT: u32 = 272;
const NEW_FORMAT: u32 = 273;

const LONG: &[Long] = &[
    long("normal", Takes::Nothing, NORMAL),
    long("brief", Takes::Nothing, b'q' as u32),
    long("report-identical-files", Takes::Nothing, b's' as u32),
    long("context", Takes::Optional, b'C' as u32),
    long("unified", Takes::Optional, b'U' as u32),
    long("ed", Takes::Nothing, b'e' as u32),
    long("rcs", Takes::Nothing, b'n' as u32),
    long("side-by-side", Takes::Nothing, b'y' as u32),
    long("width", Takes::Required, b'W' as u32),
    long("left-column", Takes::Nothing, LEFT_COLUMN),
    long("suppress-common-lines", Takes::Nothing, SUPPRESS_COMMON),
    long("show-c-function", Takes::Nothing, b'p' as u32),
    long("show-function-line", Takes::Required, b'F' as u32),
    long("label", Takes::Required, LABEL),
    long("expand-tabs", Takes::Nothing, b't' as u32),
    long("initial-tab", Takes::Nothing, b'T' as u32),
    long("tabsize", Takes::Required, TAB_SIZE),
    long("suppress-blank-empty", Takes::Nothing, SUPPRESS_EMPTY),
    long("recursive", Takes::Nothing, b'r' as u32),
    long("no-dereference", Takes::Nothing, NO_DEREFERENCE),
    long("new-file", Takes::Nothing, b'N' as u32),
    long("unidirectional-new-file", Takes::Nothing, b'P' as u32),
    long("ignore-file-name-case", Takes::Nothing, FOLD_NAMES),
    long("exclude", Takes::Required, b'x' as u32),
    long("exclude-from", Takes::Required, b'X' as u32),
    long("starting-file", Takes::Required, b'S' as u32),
    long("from-file", Takes::Required, FROM_FILE),
    long("to-file", Takes::Required, TO_FILE),
    long("ignore-case", Takes::Nothing, b'i' as u32),
    long("ignore-tab-expansion", Takes::Nothing, b'E' as u32),
    long("ignore-trailing-space", Takes::Nothing, b'Z' as u32),
    long("ignore-space-change", Takes::Nothing, b'b' as u32),
    long("ignore-all-space", Takes::Nothing, b'w' as u32),
    long("ignore-blank-lines", Takes::Nothing, b'B' as u32),
    long("ignore-matching-lines", Takes::Required, b'I' as u32),
    long("text", Takes::Nothing, b'a' as u32),
    long("strip-trailing-cr", Takes::Nothing, STRIP_CR),
    long("minimal", Takes::Nothing, b'd' as u32),
    long("horizon-lines", Takes::Required, IGNORED),
    long("speed-large-files", Takes::Nothing, b'H' as u32),
    long("line-format", Takes::Required, LINE_FORMAT),
    long("unchanged-line-format", Takes::Required, SAME_FORMAT),
    long("old-line-format", Takes::Required, OLD_FORMAT),
    long("new-line-format", Takes::Required, NEW_FORMAT),
    long("color", Takes::Optional, COLOUR),
    long("help", Takes::Nothing, HELP),
    long("version", Takes::Nothing, b'v' as u32),
];

/// How differences are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    Normal,
    Context,
    Unified,
    Ed,
    Rcs,
    Sides,
    Formats,
}

/// What is overlooked between lines.
#[derive(Clone, Copy, Default, Debug)]
pub struct Overlook {
    pub case: bool,
    pub all_space: bool,
    pub space_change: bool,
    pub trailing_space: bool,
    pub tabs: bool,
    pub blank_lines: bool,
    pub carriage_return: bool,
}

impl Overlook {
    pub fn nothing(&self) -> bool {
        let Overlook { case, all_space, space_change, trailing_space, tabs, carriage_return, .. } = *self;
        !(case || all_space || space_change || trailing_space || tabs || carriage_return)
    }
}

#[derive(Default)]
pub struct Settings {
    pub style: Option<Style>,
    pub formats: crate::formats::Formats,
    pub context: usize,
    pub brief: bool,
    pub tells_same: bool,
    pub overlook: Overlook,
    pub ignored_lines: Vec<Pattern>,
    pub function: Option<Pattern>,
    pub text: bool,
    pub recursive: bool,
    pub new_file: bool,
    pub old_file: bool,
    pub no_dereference: bool,
    pub excluded: Vec<Vec<u8>>,
    pub starting: Option<Vec<u8>>,
    pub labels: Vec<Vec<u8>>,
    pub width: usize,
    pub left_column: bool,
    pub suppress_common: bool,
    pub expand_tabs: bool,
    pub initial_tab: bool,
    pub tab_size: usize,
    pub suppress_empty: bool,
    pub fold_names: bool,
    pub colour: bool,
    /// The options as they head the comparisons of a tree.
    pub shown: Vec<Vec<u8>>,
    pub operands: Vec<Vec<u8>>,
    pub from_file: Option<Vec<u8>>,
    pub to_file: Option<Vec<u8>>,
}

/// Why there is nothing to do.
pub enum Stop {
    /// A message, followed by the hint at `--help`.
    Usage(String),
    Message(String),
    Help,
    Version,
}

/// Reads a command line, which comes without the program's name.
pub fn read(arguments: Vec<Vec<u8>>) -> Result<Settings, Stop> {
    let mut settings = Settings { context: 3, width: 130, tab_size: 8, ..Settings::default() };
    let shown = arguments.clone();
    let mut digits = Vec::new();
    let mut options = Options::new(SHORT, LONG, arguments);
    while let Some(found) = options.step().map_err(|bad| Stop::Usage(bad.0))? {
        match found {
            Found::Operand(operand) => settings.operands.push(operand),
            Found::Option(digit @ 48..=57, _) => digits.push(u8::try_from(digit).unwrap_or(b'0')),
            Found::Option(key, value) => {
                if !flag(&mut settings, key)? {
                    with_value(&mut settings, key, value)?;
                }
            }
        }
    }
    if !digits.is_empty() {
        settings.context = number(&digits).unwrap_or(3);
        settings.style.get_or_insert(Style::Context);
    }
    let operands = &settings.operands;
    settings.shown = shown.into_iter().filter(|word| !operands.contains(word) && word != b"--").collect();
    Ok(settings)
}

fn choose(settings: &mut Settings, style: Style) -> Result<(), Stop> {
    if settings.style.is_some_and(|known| known != style) {
        return Err(Stop::Usage("conflicting output style options".into()));
    }
    settings.style = Some(style);
    Ok(())
}

fn flag(settings: &mut Settings, key: u32) -> Result<bool, Stop> {
    match key {
        NORMAL => choose(settings, Style::Normal)?,
        LEFT_COLUMN => settings.left_column = true,
        SUPPRESS_COMMON => settings.suppress_common = true,
        STRIP_CR => settings.overlook.carriage_return = true,
        NO_DEREFERENCE => settings.no_dereference = true,
        FOLD_NAMES => settings.fold_names = true,
        SUPPRESS_EMPTY => settings.suppress_empty = true,
        HELP => return Err(Stop::Help),
        _ => match u8::try_from(key).unwrap_or(0) {
            b'a' => settings.text = true,
            b'B' => settings.overlook.blank_lines = true,
            b'b' => settings.overlook.space_change = true,
            b'c' => choose(settings, Style::Context)?,
            b'd' | b'H' | b'h' | b'l' => {}
            b'e' => choose(settings, Style::Ed)?,
            b'E' => settings.overlook.tabs = true,
            b'i' => settings.overlook.case = true,
            b'n' => choose(settings, Style::Rcs)?,
            b'N' => settings.new_file = true,
            b'P' => settings.old_file = true,
            b'p' => {
                settings.function = Some(pattern(b"^[[:alpha:]$_]")?);
                settings.style.get_or_insert(Style::Context);
            }
            b'q' => settings.brief = true,
            b'r' => settings.recursive = true,
            b's' => settings.tells_same = true,
            b't' => settings.expand_tabs = true,
            b'T' => settings.initial_tab = true,
            b'u' => choose(settings, Style::Unified)?,
            b'v' => return Err(Stop::Version),
            b'w' => settings.overlook.all_space = true,
            b'y' => choose(settings, Style::Sides)?,
            b'Z' => settings.overlook.trailing_space = true,
            _ => return Ok(false),
        },
    }
    Ok(true)
}

fn with_value(settings: &mut Settings, key: u32, value: Option<Vec<u8>>) -> Result<(), Stop> {
    let text = value.clone().unwrap_or_default();
    match key {
        COLOUR => {
            settings.colour = match value.as_deref() {
                None | Some(b"auto") => {
                    // SAFETY: asks about a descriptor.
                    (unsafe { libc::isatty(1) }) == 1 && std::env::var_os("TERM").is_some_and(|term| term != "dumb")
                }
                Some(b"always") => true,
                Some(b"never") => false,
                Some(other) => return Err(Stop::Usage(format!("invalid color '{}'", String::from_utf8_lossy(other)))),
            }
        }
        TAB_SIZE => settings.tab_size = number(&text).filter(|&size| size > 0).unwrap_or(8),
        FROM_FILE => settings.from_file = Some(text),
        TO_FILE => settings.to_file = Some(text),
        IGNORED => {}
        LINE_FORMAT => {
            choose(settings, Style::Formats)?;
            settings.formats.0.fill(Some(text));
        }
        SAME_FORMAT | OLD_FORMAT | NEW_FORMAT => {
            choose(settings, Style::Formats)?;
            settings.formats.0[(key - SAME_FORMAT) as usize] = Some(text);
        }
        _ => match u8::try_from(key).unwrap_or(0) {
            letter @ (b'C' | b'U') => {
                choose(settings, if letter == b'C' { Style::Context } else { Style::Unified })?;
                if value.is_some() {
                    let shown = String::from_utf8_lossy(&text).into_owned();
                    let bad = || Stop::Usage(format!("invalid context length '{shown}'"));
                    settings.context = number(&text).ok_or_else(bad)?;
                }
            }
            b'F' => settings.function = Some(pattern(&text)?),
            b'I' => settings.ignored_lines.push(pattern(&text)?),
            b'L' => settings.labels.push(text),
            b'S' => settings.starting = Some(text),
            b'W' => {
                let shown = String::from_utf8_lossy(&text).into_owned();
                let bad = || Stop::Usage(format!("invalid width '{shown}'"));
                settings.width = number(&text).filter(|&width| width > 0).ok_or_else(bad)?;
            }
            b'x' => settings.excluded.push(text),
            b'X' => {
                let shown = String::from_utf8_lossy(&text).into_owned();
                let list = crate::text::read(&text)
                    .map_err(|error| Stop::Message(format!("{shown}: {}", pagebox_gnu::message::text(&error))))?;
                let lines = list.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
                settings.excluded.extend(lines.map(<[u8]>::to_vec));
            }
            _ => return Err(Stop::Message("this option is not available here".into())),
        },
    }
    Ok(())
}

fn number(text: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(text).ok()?;
    text.parse().ok()
}

fn pattern(text: &[u8]) -> Result<Pattern, Stop> {
    let failed = |why: &str| Stop::Message(format!("{}: {why}", String::from_utf8_lossy(text)));
    let parsed = parse(text, Syntax::GREP).map_err(|bad| failed(bad.0))?;
    let purpose = Purpose { anchors: Anchors::default(), ..Purpose::default() };
    Pattern::new(&parsed.node, parsed.groups, purpose).map_err(|bad| failed(bad.0))
}
