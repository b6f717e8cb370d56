//! Where LEAN files are, and which part of them is wanted.

use std::path::PathBuf;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::time::known_zone;

/// Where LEAN files are and which part of them is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeanConfig {
    /// The folder with the zips, for example `equity/usa/tick/ibm`.
    pub folder: PathBuf,
    /// What is traded; it decides the scale of prices.
    pub security: Security,
    /// Single events or minutes.
    pub resolution: Resolution,
    /// Zone of the files' midnight, for example `America/New_York`.
    #[serde(deserialize_with = "known_zone")]
    pub zone: String,
    /// Part of the name of the file inside each zip where there are several: an expiry such as `201312`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// The first day, all if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day, all if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// The hours of the day that count, for example `09:30-16:00`; all if not given. The last quote before them
    /// is kept, so that the first trade has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
}

/// What a LEAN folder is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Shares; prices in ten-thousandths.
    Equity,
    /// Options on shares; prices in ten-thousandths.
    Option,
    /// Futures; prices as they are.
    Future,
}

/// How fine a LEAN folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resolution {
    /// Every trade and every change of the quote.
    Tick,
    /// Bars of a minute, and the quote at its end.
    Minute,
}

/// A day of the calendar: `2013-10-07`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(pub(crate) Date);

/// Hours of the day, the end not included: `09:30-16:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Session {
    from: Time,
    to: Time,
}

impl Security {
    /// What a price of the file is divided by.
    pub(crate) const fn price_scale(self) -> f64 {
        match self {
            Self::Equity | Self::Option => 10_000.0,
            Self::Future => 1.0,
        }
    }
}

impl Session {
    /// First and last moment in milliseconds since midnight, the last not included.
    pub(crate) fn millis(self) -> (i64, i64) {
        let millis = |time: Time| {
            (i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())) * 1000
        };
        (millis(self.from), millis(self.to))
    }
}

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| format!("`{text}` is not a day; accepted: for example `2013-10-07`"))
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.0.to_string()
    }
}

impl TryFrom<String> for Session {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let refused =
            || format!("`{text}` is not a session; accepted: two times of a day in order, for example `09:30-16:00`");
        let (from, to) = text.split_once('-').ok_or_else(refused)?;
        let time = |part: &str| part.trim().parse::<Time>().map_err(|_| refused());
        let session = Self { from: time(from)?, to: time(to)? };
        if session.from < session.to { Ok(session) } else { Err(refused()) }
    }
}

impl From<Session> for String {
    fn from(session: Session) -> Self {
        format!("{}-{}", session.from, session.to)
    }
}
