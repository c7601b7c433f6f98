//! sed's command line.

use pagebox_gnu::getopt::{Found, Long, Options, Takes};

use crate::parse::Dialect;

const SHORT: &str = "bsnrzuEe:f:l:i::";
const POSIX: u32 = 256;
const FOLLOW: u32 = 257;
const SANDBOX: u32 = 258;
const HELP: u32 = 259;
const VERSION: u32 = 260;
const DEBUG: u32 = 261;

const fn long(name: &'static str, takes: Takes, key: u32) -> Long {
    Long { name, takes, key }
}

const LONG: &[Long] = &[
    long("binary", Takes::Nothing, b'b' as u32),
    long("regexp-extended", Takes::Nothing, b'r' as u32),
    long("debug", Takes::Nothing, DEBUG),
    long("in-place", Takes::Optional, b'i' as u32),
    long("expression", Takes::Required, b'e' as u32),
    long("file", Takes::Required, b'f' as u32),
    long("line-length", Takes::Required, b'l' as u32),
    long("null-data", Takes::Nothing, b'z' as u32),
    long("zero-terminated", Takes::Nothing, b'z' as u32),
    long("quiet", Takes::Nothing, b'n' as u32),
    long("posix", Takes::Nothing, POSIX),
    long("silent", Takes::Nothing, b'n' as u32),
    long("sandbox", Takes::Nothing, SANDBOX),
    long("separate", Takes::Nothing, b's' as u32),
    long("unbuffered", Takes::Nothing, b'u' as u32),
    long("version", Takes::Nothing, VERSION),
    long("help", Takes::Nothing, HELP),
    long("follow-symlinks", Takes::Nothing, FOLLOW),
];

/// A piece of script.
pub enum Piece {
    Expression(Vec<u8>),
    File(Vec<u8>),
}

/// What the command line says.
pub struct Settings {
    pub dialect: Dialect,
    pub pieces: Vec<Piece>,
    pub operands: Vec<Vec<u8>>,
    pub quiet: bool,
    pub separate: bool,
    pub posix: bool,
    pub unbuffered: bool,
    pub follow_symlinks: bool,
    pub in_place: Option<Vec<u8>>,
    pub end: u8,
    pub width: usize,
}

/// Why there is nothing to run.
pub enum Stop {
    Usage(Option<String>),
    Message(String),
    Help,
    Version,
}

/// Reads a command line, which comes without the program's name.
pub fn read(arguments: Vec<Vec<u8>>) -> Result<Settings, Stop> {
    let mut settings = Settings {
        dialect: Dialect { bytes: pagebox_gnu::locale::is_bytes(), ..Dialect::default() },
        pieces: Vec::new(),
        operands: Vec::new(),
        quiet: false,
        separate: false,
        posix: std::env::var_os("POSIXLY_CORRECT").is_some(),
        unbuffered: false,
        follow_symlinks: false,
        in_place: None,
        end: b'\n',
        width: columns(),
    };
    let mut options = Options::new(SHORT, LONG, arguments);
    while let Some(found) = options.step().map_err(|bad| Stop::Usage(Some(bad.0)))? {
        match found {
            Found::Operand(operand) => settings.operands.push(operand),
            Found::Option(key, value) => apply(&mut settings, key, value.unwrap_or_default())?,
        }
    }
    if settings.pieces.is_empty() {
        if settings.operands.is_empty() {
            return Err(Stop::Usage(None));
        }
        let script = settings.operands.remove(0);
        settings.pieces.push(Piece::Expression(script));
    }
    Ok(settings)
}

fn columns() -> usize {
    let set = std::env::var("COLS").ok().and_then(|text| text.parse::<usize>().ok());
    set.filter(|&columns| columns > 1).map_or(70, |columns| columns - 1)
}

fn apply(settings: &mut Settings, key: u32, value: Vec<u8>) -> Result<(), Stop> {
    match key {
        POSIX => {
            settings.posix = true;
            settings.dialect.posix = true;
        }
        FOLLOW => settings.follow_symlinks = true,
        SANDBOX => settings.dialect.sandbox = true,
        HELP => return Err(Stop::Help),
        VERSION => return Err(Stop::Version),
        DEBUG => return Err(Stop::Message("--debug is not available here".into())),
        _ => match u8::try_from(key).unwrap_or(0) {
            b'n' => settings.quiet = true,
            b'e' => settings.pieces.push(Piece::Expression(value)),
            b'f' => settings.pieces.push(Piece::File(value)),
            b'E' | b'r' => settings.dialect.extended = true,
            b's' => settings.separate = true,
            b'u' => settings.unbuffered = true,
            b'z' => {
                settings.end = 0;
                settings.dialect.null_data = true;
            }
            b'i' => {
                settings.separate = true;
                settings.in_place = Some(value);
            }
            b'l' => {
                let text = String::from_utf8_lossy(&value).into_owned();
                let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
                settings.width = digits.parse().unwrap_or(0);
            }
            b'b' => {}
            _ => return Err(Stop::Usage(None)),
        },
    }
    Ok(())
}
