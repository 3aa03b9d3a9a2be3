//! Facts that the teacher's own judges reported.
//! May import: std, serde and the rest of `domain/`.
//! Next: `observe/judges/` makes them, `rubric/checks/tests.rs` and `command.rs` read them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::execution::{BoundedLog, ImageFacts};
use crate::domain::ids::FactsAddress;
use crate::domain::points::Points;

/// What one judge said of one project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgeFacts {
    /// Version of this document's shape and of the readers behind it.
    pub version: u32,
    pub kind: JudgeKind,
    /// Its name in `course.toml`.
    pub name: String,
    pub image: ImageFacts,
    /// The execution that it took part in; `None` where it ran alone.
    pub execution: Option<FactsAddress>,
    pub milliseconds: u64,
    pub peak_memory_bytes: Option<u64>,
    /// What it printed.
    pub log: BoundedLog,
    pub said: Said,
}

/// Which kind of judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgeKind {
    Suite,
    Command,
}

/// What came of a judge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Said {
    /// A suite's cases, in the order of the report.
    Cases { cases: Vec<CaseFacts> },
    /// A command's results.
    Results(Box<ResultsFacts>),
    /// Nothing listened that a suite could have asked: the student's to mend.
    NotAsked,
    /// The teacher's or ours: nobody loses a point by it.
    Fault(JudgeFault),
}

/// Why a judge came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum JudgeFault {
    /// What the suite requires cannot be installed as it is written.
    NotInstalled {
        lines: Vec<String>,
    },
    TimedOut,
    OutOfMemory,
    TooMuchOutput,
    /// It ended with a code that says that it did not judge.
    Exited {
        code: i64,
    },
    /// It ended, and wrote no result.
    NoResult,
    /// The result is a link, a folder or a device.
    NotAFile,
    TooLarge,
    /// What the reader of the result says.
    Malformed {
        cause: String,
    },
    /// A result without any test, or without any score.
    Empty,
}

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseOutcome {
    Passed,
    Failed,
    /// Broke off outside of what it checks.
    Error,
    /// Did not run: counts neither way.
    Skipped,
}

/// One test of a suite. All texts are bounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFacts {
    /// Class or file, as the report has it; may be empty.
    pub class: String,
    pub name: String,
    pub outcome: CaseOutcome,
    /// The failure in a line or two.
    pub message: String,
    /// The failure in full: a traceback shows the suite's own code.
    pub detail: String,
    pub milliseconds: Option<u64>,
    /// How much it counts, where its property `points` says so; 1 otherwise.
    pub weight: Option<Amount>,
}

impl CaseFacts {
    /// `class.name`, or the name alone.
    pub fn full_name(&self) -> String {
        if self.class.is_empty() { self.name.clone() } else { format!("{}.{}", self.class, self.name) }
    }
}

/// Gradescope's `results.json`. All texts are bounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultsFacts {
    /// Takes the place of the tests' sum.
    pub score: Option<Amount>,
    /// What `score` is out of, where `course.toml` says so.
    pub out_of: Option<Amount>,
    /// What the command was told that everything is out of.
    pub total_points: Amount,
    pub execution_time: Option<Amount>,
    pub output: Option<Text>,
    /// What it printed is shown to students then.
    pub stdout_visibility: TestVisibility,
    pub tests: Vec<TestFacts>,
    /// JSON, for the teacher.
    pub extra_data: Option<String>,
    /// There was a leaderboard, which is not kept.
    pub leaderboard: bool,
}

/// One test of `results.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestFacts {
    pub name: Option<Text>,
    pub number: Option<String>,
    pub score: Option<Amount>,
    pub max_score: Option<Amount>,
    /// Where it was said; otherwise a score below the most has failed.
    pub passed: Option<bool>,
    pub output: Option<Text>,
    pub tags: Vec<String>,
    pub visibility: TestVisibility,
    pub extra_data: Option<String>,
}

impl TestFacts {
    /// What it gave and what it could have given; `None` where it is only told.
    pub fn points(&self) -> Option<(Amount, Amount)> {
        match (self.score, self.max_score) {
            (Some(score), Some(max)) => Some((score, max)),
            // Without a score, the word for it is all there is.
            (None, Some(max)) => Some((if self.passed? { max } else { Amount::ZERO }, max)),
            _ => None,
        }
    }

    /// Whether it passed, as far as that was said.
    pub fn has_passed(&self) -> Option<bool> {
        self.passed.or_else(|| self.points().map(|(score, max)| score >= max))
    }

    /// What it is called: its name, else its number.
    pub fn called(&self) -> &str {
        self.name.as_ref().map(|name| name.text.as_str()).or(self.number.as_deref()).unwrap_or_default()
    }
}

/// When students see a test.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestVisibility {
    #[default]
    Visible,
    AfterDueDate,
    AfterPublished,
    Hidden,
}

/// A text with how it is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub format: TextFormat,
    pub text: String,
}

/// How a text of `results.json` is meant. What is meant for a terminal has lost its colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextFormat {
    #[default]
    Text,
    Html,
    /// Text with empty lines between its paragraphs.
    SimpleFormat,
    Md,
    Ansi,
}

/// An exact number, in millionths: enough for every ratio of points, and no float anywhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Amount(i64);

/// Text that is no number, or one beyond a billion.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a number between -1000000000 and 1000000000")]
pub struct InvalidAmount(String);

impl Amount {
    pub const ZERO: Amount = Amount(0);
    pub const ONE: Amount = Amount(Self::SCALE);
    const SCALE: i64 = 1_000_000;
    const MOST: i64 = 1_000_000_000 * Self::SCALE;

    /// This many millionths.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// The sum; `None` beyond every bound.
    pub fn plus(self, other: Amount) -> Option<Amount> {
        self.0.checked_add(other.0).map(Amount)
    }
}

impl From<Points> for Amount {
    fn from(points: Points) -> Self {
        Self(points.hundredths().saturating_mul(Self::SCALE / 100).clamp(-Self::MOST, Self::MOST))
    }
}

/// As JSON writes numbers: `7`, `-0.25`, `1.5e2`. What is finer than a millionth is rounded half away from zero.
impl FromStr for Amount {
    type Err = InvalidAmount;

    fn from_str(text: &str) -> Result<Self, InvalidAmount> {
        let invalid = || InvalidAmount(text.chars().take(40).collect());
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) || mantissa.ends_with('.') {
            return Err(invalid());
        }
        let exponent: i64 = exponent.parse().map_err(|_| invalid())?;
        // Where the point stands once the number is written in millionths.
        let point = i64::try_from(whole.len()).ok().and_then(|length| length.checked_add(exponent)?.checked_add(6));
        let point = point.ok_or_else(invalid)?;
        let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|byte| byte - b'0').collect();
        let digit = |place: i64| usize::try_from(place).ok().and_then(|place| all.get(place)).copied().unwrap_or(0);
        let first = (0_i64..).zip(&all).find(|(_, digit)| **digit != 0).map(|(place, _)| place);
        let mut value: i64 = 0;
        if let Some(first) = first.filter(|first| *first < point) {
            if point - first > 16 {
                return Err(invalid());
            }
            for place in first..point {
                value = value * 10 + i64::from(digit(place));
            }
        }
        // Beyond what was written there are zeros; before it, too.
        value += i64::from(point >= 0 && digit(point) >= 5);
        if value > Self::MOST {
            return Err(invalid());
        }
        Ok(Self(if negative { -value } else { value }))
    }
}

/// `7`, `-0.25`: no trailing zeros.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (value, scale) = (self.0.unsigned_abs(), Self::SCALE.unsigned_abs());
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (value / scale, value % scale);
        if rest == 0 {
            return f.pad(&format!("{sign}{whole}"));
        }
        f.pad(format!("{sign}{whole}.{rest:06}").trim_end_matches('0'))
    }
}

impl TryFrom<String> for Amount {
    type Error = InvalidAmount;
    fn try_from(text: String) -> Result<Self, InvalidAmount> {
        text.parse()
    }
}

impl From<Amount> for String {
    fn from(amount: Amount) -> String {
        amount.to_string()
    }
}

impl JudgeFacts {
    /// Whether it came to nothing through the teacher or us.
    pub fn fault(&self) -> Option<&JudgeFault> {
        match &self.said {
            Said::Fault(fault) => Some(fault),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Option<i64> {
        text.parse().ok().map(Amount::millionths)
    }

    #[test]
    fn numbers_are_read_exactly_as_they_are_written() {
        assert_eq!(amount("7"), Some(7_000_000));
        assert_eq!(amount("0.30000000000000004"), Some(300_000));
        assert_eq!(amount("33.3333335"), Some(33_333_334));
        assert_eq!(amount("-0.25"), Some(-250_000));
        assert_eq!(amount("1.5e2"), Some(150_000_000));
        assert_eq!(amount("15e-1"), Some(1_500_000));
        assert_eq!(amount("1e-7"), Some(0));
        assert_eq!(amount("5e-7"), Some(1));
        assert_eq!(amount("1e-400"), Some(0));
        assert_eq!(amount("0e999999"), Some(0));
        assert_eq!(amount("0.0000000000000000000000001e25"), Some(1_000_000));
        assert_eq!(amount("1000000000"), Some(1_000_000_000_000_000));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in
            ["", "-", ".5", "5.", "NaN", "Infinity", "1e999", "1000000001", "1e", "0x10", "1_0", "1,5", "--1", "+1"]
        {
            assert_eq!(amount(text), None, "{text}");
        }
        assert_eq!(amount(&"9".repeat(10_000)), None);
        assert_eq!(amount("1e99999999999999999999"), None);
        assert_eq!(amount("1e9223372036854775807"), None);
    }

    #[test]
    fn they_are_written_without_trailing_zeros() {
        for text in ["0", "7", "-0.25", "33.333334", "0.000001"] {
            assert_eq!(text.parse::<Amount>().map(|amount| amount.to_string()).as_deref(), Ok(text));
        }
        assert_eq!(Amount::from(Points::from_hundredths(150)).to_string(), "1.5");
    }
}
