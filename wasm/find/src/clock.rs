//! Times: as they are written, and as people write them.

const DAY: i64 = 86_400;
const MONTHS: [&str; 12] = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// A time of the calendar, in UTC.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub week_day: i64,
    pub year_day: i64,
}

/// Days since 1970 of a date.
pub fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

impl Calendar {
    pub fn new(seconds: i64) -> Calendar {
        let (day_number, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let shifted = day_number + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Calendar {
            year,
            month,
            day,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
            week_day: (day_number + 4).rem_euclid(7),
            year_day: day_number - days(year, 1, 1),
        }
    }

    fn week(&self, first: i64) -> i64 {
        (self.year_day + 7 - (self.week_day - first).rem_euclid(7)) / 7
    }

    /// Year and number of the week of ISO 8601.
    fn iso_week(&self) -> (i64, i64) {
        let monday_based = (self.week_day + 6) % 7;
        let thursday = self.year_day - monday_based + 3;
        let start = days(self.year, 1, 1) + thursday;
        let of_thursday = Calendar::new(start * DAY);
        (of_thursday.year, of_thursday.year_day / 7 + 1)
    }
}

/// One directive of `strftime`, for find: seconds have their fraction. None if there is no such directive.
pub fn directive(letter: u8, time: (i64, i64)) -> Option<String> {
    let at = Calendar::new(time.0);
    let Calendar { year, month, day, hour, minute, second, .. } = at;
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let half = if hour < 12 { "AM" } else { "PM" };
    let fraction = format!("{:09}0", time.1);
    let month_name = MONTHS[usize::try_from(month - 1).unwrap_or(0)];
    let day_name = DAYS[usize::try_from(at.week_day).unwrap_or(0)];
    Some(match letter {
        b'@' => format!("{}.{fraction}", time.0),
        b'+' => format!("{year}-{month:02}-{day:02}+{hour:02}:{minute:02}:{second:02}.{fraction}"),
        b'a' => day_name[..3].into(),
        b'A' => day_name.into(),
        b'b' | b'h' => month_name[..3].into(),
        b'B' => month_name.into(),
        b'c' => format!("{} {} {day:>2} {hour:02}:{minute:02}:{second:02} {year}", &day_name[..3], &month_name[..3]),
        b'C' => format!("{:02}", year / 100),
        b'd' => format!("{day:02}"),
        b'D' | b'x' => format!("{month:02}/{day:02}/{:02}", year % 100),
        b'e' => format!("{day:>2}"),
        b'F' => format!("{year}-{month:02}-{day:02}"),
        b'g' => format!("{:02}", at.iso_week().0 % 100),
        b'G' => at.iso_week().0.to_string(),
        b'H' => format!("{hour:02}"),
        b'I' => format!("{twelve:02}"),
        b'j' => format!("{:03}", at.year_day + 1),
        b'k' => format!("{hour:>2}"),
        b'l' => format!("{twelve:>2}"),
        b'm' => format!("{month:02}"),
        b'M' => format!("{minute:02}"),
        b'n' => "\n".into(),
        b'p' => half.into(),
        b'P' => half.to_lowercase(),
        b'r' => format!("{twelve:02}:{minute:02}:{second:02} {half}"),
        b'R' => format!("{hour:02}:{minute:02}"),
        b's' => time.0.to_string(),
        b'S' => format!("{second:02}.{fraction}"),
        b't' => "\t".into(),
        b'T' | b'X' => format!("{hour:02}:{minute:02}:{second:02}.{fraction}"),
        b'u' => ((at.week_day + 6) % 7 + 1).to_string(),
        b'U' => format!("{:02}", at.week(0)),
        b'V' => format!("{:02}", at.iso_week().1),
        b'w' => at.week_day.to_string(),
        b'W' => format!("{:02}", at.week(1)),
        b'y' => format!("{:02}", year.rem_euclid(100)),
        b'Y' => year.to_string(),
        b'z' => "+0000".into(),
        b'Z' => "UTC".into(),
        _ => return None,
    })
}

/// The time `%t` and its like write.
pub fn plain(time: (i64, i64)) -> String {
    let at = Calendar::new(time.0);
    let day_name = &DAYS[usize::try_from(at.week_day).unwrap_or(0)][..3];
    let month_name = &MONTHS[usize::try_from(at.month - 1).unwrap_or(0)][..3];
    let Calendar { year, day, hour, minute, second, .. } = at;
    format!("{day_name} {month_name} {day:>2} {hour:02}:{minute:02}:{second:02}.{:09}0 {year}", time.1)
}

/// The time `ls -l` would write.
pub fn listed(time: i64, now: i64) -> String {
    let at = Calendar::new(time);
    let month_name = &MONTHS[usize::try_from(at.month - 1).unwrap_or(0)][..3];
    let is_recent = time <= now + 3600 && time > now - 31_556_952 / 2;
    if is_recent {
        return format!("{month_name} {:>2} {:02}:{:02}", at.day, at.hour, at.minute);
    }
    format!("{month_name} {:>2} {:>5}", at.day, at.year)
}

/// What a person means: an ISO date and time, `@SECONDS`, or words such as `2 days ago`.
pub fn parse(text: &str, now: (i64, i64)) -> Option<(i64, i64)> {
    let text = text.trim();
    if let Some(seconds) = text.strip_prefix('@') {
        let (whole, part) = seconds.split_once('.').unwrap_or((seconds, ""));
        let nanoseconds = format!("{part:0<9}");
        return Some((whole.parse().ok()?, nanoseconds.get(..9)?.parse().ok()?));
    }
    let cleaned = text.replace('T', " ").replace('Z', " UTC").to_lowercase();
    let mut words = cleaned.split_whitespace().peekable();
    let (mut seconds, mut nanoseconds) = now;
    while let Some(word) = words.next() {
        if let Some(date) = date(word) {
            (seconds, nanoseconds) = (date * DAY, 0);
        } else if let Some(of_day) = time_of_day(word) {
            (seconds, nanoseconds) = (seconds.div_euclid(DAY) * DAY + of_day, 0);
        } else {
            seconds += shift(word, &mut words)?;
        }
    }
    Some((seconds, nanoseconds))
}

fn date(word: &str) -> Option<i64> {
    let parts: Vec<&str> = word.split(['-', '/']).collect();
    let [year, month, day] = parts[..] else {
        let is_compact = word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_digit());
        return if is_compact { valid(word[..4].parse().ok()?, word[4..6].parse().ok()?, word[6..].parse().ok()?) } else { None };
    };
    let (a, b, c): (i64, i64, i64) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    if word.contains('/') && year.len() < 3 { valid(c, a, b) } else { valid(a, b, c) }
}

fn valid(year: i64, month: i64, day: i64) -> Option<i64> {
    ((1..=12).contains(&month) && (1..=31).contains(&day) && (0..10_000).contains(&year)).then(|| days(year, month, day))
}

fn time_of_day(word: &str) -> Option<i64> {
    let mut parts = word.split(':');
    let hour: i64 = parts.next()?.parse().ok()?;
    let minute: i64 = parts.next()?.parse().ok()?;
    let second = parts.next().map_or(Some(0.0), |part| part.parse::<f64>().ok())?;
    (hour < 24 && minute < 60 && second < 61.0).then_some(hour * 3600 + minute * 60 + second as i64)
}

fn shift<'a>(word: &str, words: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>) -> Option<i64> {
    match word {
        "now" | "today" | "utc" | "gmt" => return Some(0),
        "yesterday" => return Some(-DAY),
        "tomorrow" => return Some(DAY),
        "last" => return unit(words.next()?).map(|unit| -unit),
        "next" => return unit(words.next()?),
        _ => {}
    }
    let amount: i64 = match word {
        "a" | "an" => 1,
        _ => match word.parse() {
            Ok(amount) => amount,
            Err(_) => return unit(word).map(|unit| if words.next_if_eq(&"ago").is_some() { -unit } else { unit }),
        },
    };
    let unit = unit(words.next()?)?;
    Some(if words.next_if_eq(&"ago").is_some() { -amount * unit } else { amount * unit })
}

fn unit(word: &str) -> Option<i64> {
    Some(match word.trim_end_matches('s') {
        "sec" | "second" => 1,
        "min" | "minute" => 60,
        "hour" => 3600,
        "day" => DAY,
        "week" => 7 * DAY,
        "fortnight" => 14 * DAY,
        "month" => 30 * DAY,
        "year" => 365 * DAY,
        _ => return None,
    })
}
