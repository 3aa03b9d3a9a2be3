//! Points: exact numbers of hundredths, never floats.
//! May import: std, serde, schemars.
//! Next: `rubric/` adds them up.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Points in hundredths: `Points::from_hundredths(150)` is 1.50.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(i64);

/// Which multiple a number of points is rounded to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// The nearest; the higher one from half-way.
    #[default]
    HalfUp,
    /// The one below.
    Down,
    /// The one above.
    Up,
}

/// Text or number that is not an exact number of hundredths.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a number of points with at most two decimals (write 2, 1.5 or 0.25)")]
pub struct InvalidPoints(String);

impl Points {
    /// No points.
    pub const ZERO: Points = Points(0);

    /// Whole points.
    pub const fn whole(points: i64) -> Self {
        Self(points * 100)
    }

    /// Hundredths of a point.
    pub const fn from_hundredths(hundredths: i64) -> Self {
        Self(hundredths)
    }

    /// This many hundredths.
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// `self * numerator / denominator`, rounded half up to a hundredth. A denominator of 0 gives 0.
    pub fn share(self, numerator: i64, denominator: i64) -> Self {
        if denominator == 0 {
            return Self::ZERO;
        }
        let (n, d) = (i128::from(self.0) * i128::from(numerator), i128::from(denominator));
        let rounded = (2 * n + d).div_euclid(2 * d);
        Self(i64::try_from(rounded).unwrap_or(i64::MAX))
    }

    /// Rounded to a multiple of `step` (a step of 0 rounds nothing).
    pub fn round_to(self, step: Points, rounding: Rounding) -> Self {
        if step.0 <= 0 {
            return self;
        }
        let below = self.0.div_euclid(step.0) * step.0;
        let rest = self.0 - below;
        let up = match rounding {
            Rounding::HalfUp => 2 * rest >= step.0,
            Rounding::Down => false,
            Rounding::Up => rest > 0,
        };
        Self(if up { below + step.0 } else { below })
    }

    /// Neither more nor less.
    pub const fn is_zero(&self) -> bool {
        self.0 == 0
    }
}

impl Add for Points {
    type Output = Points;
    fn add(self, other: Points) -> Points {
        Points(self.0 + other.0)
    }
}

impl AddAssign for Points {
    fn add_assign(&mut self, other: Points) {
        self.0 += other.0;
    }
}

impl Sub for Points {
    type Output = Points;
    fn sub(self, other: Points) -> Points {
        Points(self.0 - other.0)
    }
}

impl Neg for Points {
    type Output = Points;
    fn neg(self) -> Points {
        Points(-self.0)
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Points>>(iter: I) -> Points {
        iter.fold(Points::ZERO, Add::add)
    }
}

/// `2`, `1.5`, `0.25`: no trailing zeros.
impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, hundredths) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        let text = match (hundredths / 10, hundredths % 10) {
            (0, 0) => format!("{sign}{whole}"),
            (tenths, 0) => format!("{sign}{whole}.{tenths}"),
            _ => format!("{sign}{whole}.{hundredths:02}"),
        };
        f.pad(&text)
    }
}

impl FromStr for Points {
    type Err = InvalidPoints;

    fn from_str(text: &str) -> Result<Self, InvalidPoints> {
        let invalid = || InvalidPoints(text.to_owned());
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 9 || fraction.len() > 2 || !all_digits(whole) || !all_digits(fraction) {
            return Err(invalid());
        }
        let whole: i64 = whole.parse().map_err(|_| invalid())?;
        let hundredths: i64 = format!("{fraction:0<2}").parse().map_err(|_| invalid())?;
        let value = whole * 100 + hundredths;
        Ok(Self(if negative { -value } else { value }))
    }
}

/// Written as decimal text, so that no reader meets a float.
impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Points;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of points with at most two decimals")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Points, E> {
                text.parse().map_err(E::custom)
            }
            fn visit_i64<E: serde::de::Error>(self, whole: i64) -> Result<Points, E> {
                whole.checked_mul(100).map(Points).ok_or_else(|| E::custom(InvalidPoints(whole.to_string())))
            }
            fn visit_u64<E: serde::de::Error>(self, whole: u64) -> Result<Points, E> {
                i64::try_from(whole).map_err(E::custom).and_then(|whole| self.visit_i64(whole))
            }
            // TOML has decimals only as floats: the shortest text of the float is what the teacher wrote.
            fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Points, E> {
                value.to_string().parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl schemars::JsonSchema for Points {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Points".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["number", "string"], "description": "points, at most two decimals" })
    }
}
