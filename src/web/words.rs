//! The reader's language: which it is, and how words, points, moments and sizes are written in it.
//! May import: `i18n`, `domain/`.
//! Next: `locales/<language>/pages.ftl` for the wording, `page.rs` for what carries it into a template.

use std::fmt::Display;

use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::domain::audit::Actor;
use crate::domain::course::Language;
use crate::domain::{Message, Points};
use crate::i18n;

const COOKIE: &str = "forkgrade_lang";

/// Wording for one answer.
#[derive(Debug, Clone)]
pub struct Words {
    pub language: Language,
    zone: Tz,
    pub now: DateTime<Utc>,
}

impl Words {
    /// Wording in `language`, with times in `zone`.
    pub fn new(language: Language, zone: Tz, now: DateTime<Utc>) -> Self {
        Self { language, zone, now }
    }

    /// The sentence of a key.
    pub fn t(&self, key: &str) -> String {
        i18n::word(self.language, key)
    }

    /// The sentence of a key with a number `n` (or any one text) in it.
    pub fn n(&self, key: &str, n: impl Display) -> String {
        self.say(&Message::new(key).with("n", n))
    }

    /// The sentence of a message.
    pub fn say(&self, message: &Message) -> String {
        i18n::text(self.language, message)
    }

    /// The word for a value of an enum: `prefix-its-name`.
    pub fn of(&self, prefix: &str, value: &impl Serialize) -> String {
        self.t(&key(prefix, value))
    }

    /// Who did something: their login, or what whoever has none is called.
    pub fn who(&self, actor: &Actor) -> String {
        match actor {
            Actor::Teacher { login: Some(login) } => login.to_string(),
            Actor::Teacher { login: None } => self.t("actor-teacher"),
            Actor::CourseFile => self.t("actor-course-file"),
            Actor::Command => self.t("actor-command"),
        }
    }

    /// `fr` or `en`.
    pub fn code(&self) -> &'static str {
        code(self.language)
    }

    /// `12,5` in French, `12.5` in English.
    pub fn points(&self, points: &Points) -> String {
        self.decimal(points.to_string().replace('-', "−"))
    }

    /// The same with its sign: `+1,5`, `−2`.
    pub fn signed(&self, points: &Points) -> String {
        match points.hundredths() {
            0 => "±0".into(),
            more if more > 0 => format!("+{}", self.points(points)),
            _ => format!("−{}", self.points(&-*points)),
        }
    }

    /// A decimal number, written with a point, as the reader writes it.
    pub fn decimal(&self, text: String) -> String {
        match self.language {
            Language::Fr => text.replace('.', ","),
            Language::En => text,
        }
    }

    /// Day and time in the course's time zone, as short as it can be understood today.
    pub fn moment(&self, moment: &DateTime<Utc>) -> String {
        let (local, today) = (moment.with_timezone(&self.zone), self.now.with_timezone(&self.zone).date_naive());
        let time = local.format("%H:%M");
        let day = local.date_naive();
        if day == today {
            return time.to_string();
        }
        if day == today - TimeDelta::days(1) {
            return format!("{} {time}", self.t("moment-yesterday"));
        }
        let month = self.t(&format!("month-{}", day.month()));
        if day.year() == today.year() && (today - day).num_days().abs() < 300 {
            return format!("{} {month} {time}", day.day());
        }
        format!("{} {month} {}", day.day(), day.year())
    }

    /// Day, month, year and time in the course's time zone, for titles and evidence.
    pub fn moment_in_full(&self, moment: &DateTime<Utc>) -> String {
        let local = moment.with_timezone(&self.zone);
        let month = self.t(&format!("month-{}", local.month()));
        format!("{} {month} {} {}", local.day(), local.year(), local.format("%H:%M:%S (%Z)"))
    }

    /// For `datetime` attributes.
    pub fn iso(&self, moment: &DateTime<Utc>) -> String {
        moment.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// Whole seconds from `since` to now; never negative, since clocks of two machines differ.
    pub fn seconds_since(&self, since: &DateTime<Utc>) -> i64 {
        (self.now - *since).num_seconds().max(0)
    }

    /// Milliseconds from one moment to a later one.
    pub fn milliseconds(&self, from: &DateTime<Utc>, to: &DateTime<Utc>) -> u64 {
        (*to - *from).num_milliseconds().try_into().unwrap_or_default()
    }

    /// `84 ms`, `1,8 s`, `12 s`, `3 min 05 s`.
    pub fn duration(&self, milliseconds: &u64) -> String {
        match milliseconds / 1000 {
            0 => format!("{milliseconds} ms"),
            1..=9 => self.decimal(format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100)),
            seconds @ 10..=59 => format!("{seconds} s"),
            seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
        }
    }

    /// `12 Ko` in French, `12 KB` in English.
    pub fn bytes(&self, bytes: &u64) -> String {
        let unit = match self.language {
            Language::Fr => "o",
            Language::En => "B",
        };
        match *bytes {
            small @ 0..1_000 => format!("{small} {unit}"),
            kilo @ 1_000..1_000_000 => format!("{} k{unit}", kilo / 1_000),
            more => self.decimal(format!("{}.{} M{unit}", more / 1_000_000, more % 1_000_000 / 100_000)),
        }
    }

    /// Thousands apart: `12 345` in French, `12,345` in English.
    pub fn count(&self, number: &u64) -> String {
        let digits = number.to_string();
        let separator = match self.language {
            Language::Fr => '\u{202F}',
            Language::En => ',',
        };
        let mut text = String::with_capacity(digits.len() + digits.len() / 3);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(separator);
            }
            text.push(digit);
        }
        text
    }
}

/// `prefix-shows-data` for a value that serde writes as `shows_data`.
pub fn key(prefix: &str, value: &impl Serialize) -> String {
    let name = serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default();
    format!("{prefix}-{}", name.replace('_', "-"))
}

/// `fr` or `en`.
pub fn code(language: Language) -> &'static str {
    match language {
        Language::Fr => "fr",
        Language::En => "en",
    }
}

/// What the reader chose (`?lang=`, then the cookie), else what the browser asks for, else the course's language.
pub fn language_of(parts: &Parts, default: Language) -> Language {
    chosen_now(parts)
        .or_else(|| cookie(parts, COOKIE).as_deref().and_then(parse))
        .or_else(|| accepted(parts.headers.get(header::ACCEPT_LANGUAGE)?))
        .unwrap_or(default)
}

/// The language in this address, which is then remembered in a cookie.
pub fn chosen_now(parts: &Parts) -> Option<Language> {
    let query = parts.uri.query()?;
    let (_, value) = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "lang")?;
    parse(&value)
}

/// The cookie that remembers a choice.
pub fn remember(language: Language) -> Option<HeaderValue> {
    let year = 365 * 24 * 3600;
    format!("{COOKIE}={}; Path=/; Max-Age={year}; SameSite=Lax; HttpOnly", code(language)).try_into().ok()
}

fn parse(text: &str) -> Option<Language> {
    match text {
        "fr" => Some(Language::Fr),
        "en" => Some(Language::En),
        _ => None,
    }
}

/// The first of our languages by the reader's own weights.
fn accepted(header: &HeaderValue) -> Option<Language> {
    let mut wanted: Vec<(u16, Language)> = header
        .to_str()
        .ok()?
        .split(',')
        .filter_map(|range| {
            let (tag, weight) = range.split_once(";q=").unwrap_or((range, "1"));
            let language = parse(tag.trim().get(..2)?.to_ascii_lowercase().as_str())?;
            let weight: f32 = weight.trim().parse().ok()?;
            (weight > 0.0).then_some(((weight.min(1.0) * 1000.0) as u16, language))
        })
        .collect();
    wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    wanted.first().map(|(_, language)| *language)
}

/// The value of a cookie of this request.
pub fn cookie(parts: &Parts, name: &str) -> Option<String> {
    parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(language: Language) -> Words {
        let now = DateTime::parse_from_rfc3339("2026-01-15T10:00:00+01:00").unwrap().to_utc();
        Words::new(language, chrono_tz::Europe::Paris, now)
    }

    #[test]
    fn the_first_language_by_weight_wins() {
        let pick = |text: &'static str| accepted(&HeaderValue::from_static(text));
        assert_eq!(pick("de,en-GB;q=0.7,fr;q=0.8"), Some(Language::Fr));
        assert_eq!(pick("en, fr"), Some(Language::En));
        assert_eq!(pick("de, es;q=0.3"), None);
        assert_eq!(pick("fr;q=0"), None);
    }

    #[test]
    fn numbers_are_written_as_the_reader_writes_them() {
        let (fr, en) = (words(Language::Fr), words(Language::En));
        assert_eq!(fr.points(&Points::from_hundredths(1250)), "12,5");
        assert_eq!(en.signed(&Points::from_hundredths(-125)), "−1.25");
        assert_eq!(en.count(&1_234_567), "1,234,567");
        assert_eq!(en.count(&12), "12");
        assert_eq!((fr.duration(&850), fr.duration(&1_850)), ("850 ms".into(), "1,8 s".into()));
        assert_eq!((fr.bytes(&1_500_000), en.bytes(&12_345)), ("1,5 Mo".into(), "12 kB".into()));
    }

    #[test]
    fn moments_are_in_the_time_zone_of_the_course() {
        let moment = DateTime::parse_from_rfc3339("2026-01-15T00:30:00Z").unwrap().to_utc();
        assert_eq!(words(Language::En).moment(&moment), "01:30");
        assert_eq!(words(Language::En).moment_in_full(&moment), "15 Jan 2026 01:30:00 (CET)");
    }
}
