//! cmp: two files byte by byte.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::os::fd::FromRawFd;

use pagebox_gnu::getopt::{Found, Long, Options, Takes};
use pagebox_gnu::message;

use crate::text::path;

const TROUBLE: i32 = 2;
const LONG: &[Long] = &[
    Long { name: "print-bytes", takes: Takes::Nothing, key: b'b' as u32 },
    Long { name: "ignore-initial", takes: Takes::Required, key: b'i' as u32 },
    Long { name: "verbose", takes: Takes::Nothing, key: b'l' as u32 },
    Long { name: "bytes", takes: Takes::Required, key: b'n' as u32 },
    Long { name: "quiet", takes: Takes::Nothing, key: b's' as u32 },
    Long { name: "silent", takes: Takes::Nothing, key: b's' as u32 },
    Long { name: "help", takes: Takes::Nothing, key: 256 },
    Long { name: "version", takes: Takes::Nothing, key: b'v' as u32 },
];
const HELP: &str = "\
Usage: cmp [OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]
Tells where two files differ first.

  -b  print the bytes that differ      -l  print the places and values of all of them
  -i SKIP, -i SKIP1:SKIP2  leave out the first bytes    -n LIMIT  compare so many bytes    -s  print nothing";

#[derive(Default)]
struct Settings {
    print: bool,
    all: bool,
    silent: bool,
    skip: [u64; 2],
    limit: Option<u64>,
    operands: Vec<Vec<u8>>,
}

fn usage(text: &str) -> i32 {
    eprintln!("cmp: {text}");
    eprintln!("cmp: Try 'cmp --help' for more information.");
    TROUBLE
}

/// Runs cmp; `arguments` come without the program's name.
pub fn run(arguments: Vec<Vec<u8>>) -> i32 {
    let mut settings = match read(arguments) {
        Ok(settings) => settings,
        Err(status) => return status,
    };
    match settings.operands.len() {
        0 => return usage("missing operand after 'cmp'"),
        1 => settings.operands.push(b"-".to_vec()),
        2..=4 => {}
        _ => {
            let extra = String::from_utf8_lossy(&settings.operands[4]).into_owned();
            return usage(&format!("extra operand '{extra}'"));
        }
    }
    compare(&settings).unwrap_or_else(|(name, error)| {
        if !settings.silent || error.kind() != io::ErrorKind::NotFound {
            eprintln!("cmp: {}: {}", String::from_utf8_lossy(&name), message::text(&error));
        }
        TROUBLE
    })
}

fn read(arguments: Vec<Vec<u8>>) -> Result<Settings, i32> {
    let mut settings = Settings::default();
    let mut options = Options::new("bci:ln:sv", LONG, arguments);
    while let Some(found) = options.step().map_err(|bad| usage(&bad.0))? {
        let Found::Option(key, value) = found else {
            if let Found::Operand(operand) = found {
                settings.operands.push(operand);
            }
            continue;
        };
        let value = String::from_utf8_lossy(&value.unwrap_or_default()).into_owned();
        match u8::try_from(key).unwrap_or(0) {
            b'b' | b'c' => settings.print = true,
            b'l' => settings.all = true,
            b's' => settings.silent = true,
            b'n' => settings.limit = Some(number(&value).ok_or_else(|| usage(&format!("invalid --bytes value '{value}'")))?),
            b'i' => {
                let (first, second) = value.split_once(':').unwrap_or((&value, &value));
                let skips = [number(first), number(second)];
                let [Some(first), Some(second)] = skips else {
                    return Err(usage(&format!("invalid --ignore-initial value '{value}'")));
                };
                settings.skip = [first, second];
            }
            b'v' => {
                println!("cmp (pagebox) 3.8");
                return Err(0);
            }
            _ => {
                println!("{HELP}");
                return Err(0);
            }
        }
    }
    for (place, operand) in settings.operands.iter().skip(2).enumerate().take(2) {
        let text = String::from_utf8_lossy(operand).into_owned();
        settings.skip[place] = number(&text).ok_or_else(|| usage(&format!("invalid --ignore-initial value '{text}'")))?;
    }
    Ok(settings)
}

fn number(text: &str) -> Option<u64> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let unit: u64 = match &text[end..] {
        "" => 1,
        "k" | "K" | "KiB" => 1 << 10,
        "kB" | "KB" => 1000,
        "M" | "MiB" => 1 << 20,
        "MB" => 1_000_000,
        "G" | "GiB" => 1 << 30,
        _ => return None,
    };
    text[..end].parse::<u64>().ok()?.checked_mul(unit)
}

type Failed = (Vec<u8>, io::Error);

fn open(name: &[u8], skip: u64) -> Result<BufReader<File>, Failed> {
    let failed = |error| (name.to_vec(), error);
    let file = if name == b"-" {
        // SAFETY: descriptor 0 is used by nobody else.
        unsafe { File::from_raw_fd(0) }
    } else {
        File::open(path(name)).map_err(failed)?
    };
    let mut reader = BufReader::with_capacity(64 << 10, file);
    io::copy(&mut reader.by_ref().take(skip), &mut io::sink()).map_err(failed)?;
    Ok(reader)
}

fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn compare(settings: &Settings) -> Result<i32, Failed> {
    let names = [&settings.operands[0], &settings.operands[1]];
    let mut readers = [open(names[0], settings.skip[0])?, open(names[1], settings.skip[1])?];
    let width = if settings.all { offset_width(names, settings) } else { 0 };
    let mut buffers = [vec![0; 64 << 10], vec![0; 64 << 10]];
    let (mut byte, mut newlines, mut status) = (0_u64, 0_u64, 0);
    let mut last = b'\n';
    let mut out = io::stdout().lock();
    loop {
        let wanted = settings.limit.map_or(64 << 10, |limit| (limit - byte).min(64 << 10) as usize);
        let mut filled = [0, 0];
        for side in 0..2 {
            filled[side] = fill(&mut readers[side], &mut buffers[side][..wanted]).map_err(|error| (names[side].clone(), error))?;
        }
        let both = filled[0].min(filled[1]);
        let (a, b) = (&buffers[0][..both], &buffers[1][..both]);
        let mut at = 0;
        while let Some(found) = (at..both).find(|&place| a[place] != b[place]) {
            if settings.silent {
                return Ok(1);
            }
            let place = byte + found as u64 + 1;
            if !settings.all {
                let line = newlines + a[..found].iter().filter(|&&byte| byte == b'\n').count() as u64 + 1;
                let text = first(names, place, line, [a[found], b[found]], settings.print);
                let _ = out.write_all(&text);
                return Ok(1);
            }
            let _ = out.write_all(row(place, width, [a[found], b[found]], settings.print).as_bytes());
            status = 1;
            at = found + 1;
        }
        newlines += a.iter().filter(|&&byte| byte == b'\n').count() as u64;
        last = a.last().copied().unwrap_or(last);
        byte += both as u64;
        if filled[0] != filled[1] {
            let _ = out.flush();
            if !settings.silent {
                let shorter = String::from_utf8_lossy(names[usize::from(filled[1] < filled[0])]).into_owned();
                eprintln!("cmp: {}", end_text(&shorter, byte, newlines, last, settings.all));
            }
            return Ok(1);
        }
        if both == 0 || settings.limit == Some(byte) {
            return Ok(status);
        }
    }
}

fn end_text(name: &str, byte: u64, newlines: u64, last: u8, all: bool) -> String {
    match (byte, all, last) {
        (0, ..) => format!("EOF on {name} which is empty"),
        (_, true, _) => format!("EOF on {name} after byte {byte}"),
        (_, _, b'\n') => format!("EOF on {name} after byte {byte}, line {newlines}"),
        _ => format!("EOF on {name} after byte {byte}, in line {}", newlines + 1),
    }
}

fn first(names: [&Vec<u8>; 2], place: u64, line: u64, values: [u8; 2], prints: bool) -> Vec<u8> {
    let mut text = [names[0], &b" "[..], names[1]].concat();
    text.extend(format!(" differ: byte {place}, line {line}").bytes());
    if prints {
        let [a, b] = values;
        text.extend(format!(" is {a:>3o} {} {b:>3o} {}", shown(a), shown(b)).bytes());
    }
    text.push(b'\n');
    text
}

fn row(place: u64, width: usize, [a, b]: [u8; 2], prints: bool) -> String {
    if prints { format!("{place:>width$} {a:>3o} {:<4} {b:>3o} {}\n", shown(a), shown(b)) } else { format!("{place:>width$} {a:>3o} {b:>3o}\n") }
}

/// A byte as `cat -v` shows it.
fn shown(byte: u8) -> String {
    let (prefix, byte) = if byte >= 128 { ("M-", byte - 128) } else { ("", byte) };
    match byte {
        127 => format!("{prefix}^?"),
        0..=31 => format!("{prefix}^{}", (byte + 64) as char),
        _ => format!("{prefix}{}", byte as char),
    }
}

/// Offsets are as wide as the largest there may be.
fn offset_width(names: [&Vec<u8>; 2], settings: &Settings) -> usize {
    let sizes = names.iter().zip(settings.skip).filter_map(|(name, skip)| {
        let facts = std::fs::metadata(path(name)).ok().filter(std::fs::Metadata::is_file)?;
        Some(facts.len().saturating_sub(skip))
    });
    let most = sizes.min().unwrap_or(u64::MAX >> 1).min(settings.limit.unwrap_or(u64::MAX));
    most.to_string().len()
}
