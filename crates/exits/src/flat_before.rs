use scaleout_market::{Bar, Entry, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::ExitError;

/// Events that no position is held over: `flat_before = { file = "fomc.csv", minutes = 30.0 }` in `[replay]`.
///
/// What is left is sold at the last close at least `minutes` before an event. If no close lies between the fill and that
/// moment, it is sold at the first close after the fill. An entry that fills within `minutes` before an event is left out and
/// counted.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FlatBefore {
    /// A CSV with a column `ts` and, for events of one symbol, a column `symbol`. The config reads it into `events`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Minutes before an event from which nothing is held; 0 by default.
    pub minutes: f64,
    /// The events.
    pub events: Vec<CalendarEvent>,
}

/// Something with a time that is known before it happens: earnings, a rate decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarEvent {
    /// When it happens, as `"2024-06-12T18:00:00Z"`.
    #[serde(serialize_with = "written", deserialize_with = "read")]
    pub ts: Timestamp,
    /// The symbol that it concerns; every symbol if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn written<S: Serializer>(ts: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(ts)
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    Timestamp::parse_rfc3339(&text)
        .ok_or_else(|| D::Error::custom(format!("`{text}` must be a time as \"2024-06-12T18:00:00Z\"")))
}

impl FlatBefore {
    pub(crate) fn check(&self) -> Result<(), ExitError> {
        if !(self.minutes.is_finite() && 0.0 <= self.minutes) {
            return Err(ExitError::range("flat_before.minutes", self.minutes, "a finite number, 0 or more"));
        }
        if self.file.is_none() && self.events.is_empty() {
            return Err(ExitError::range("flat_before.events", 0, "a file, or events, of which there is at least one"));
        }
        Ok(())
    }

    /// From when on nothing may be held, and the event itself, for the next event of `entry` after `filled_at`.
    fn next(&self, entry: &Entry, filled_at: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let concerns = |event: &&CalendarEvent| event.symbol.as_ref().is_none_or(|symbol| *symbol == entry.symbol);
        let later = self.events.iter().filter(concerns).map(|event| event.ts).filter(|ts| filled_at < *ts);
        later.min().map(|ts| (ts.plus_nanos(-((self.minutes * 6e10) as i64)), ts))
    }

    /// The moment from which on `entry`, which fills at `filled_at`, could not have been held, if it fills after it.
    pub(crate) fn refused_since(&self, entry: &Entry, filled_at: Timestamp) -> Option<Timestamp> {
        self.next(entry, filled_at).map(|(flat, _)| flat).filter(|flat| *flat <= filled_at)
    }

    /// Whether the next event of `entry`, which fills at `filled_at` in `bar`, happens before the bar closes.
    pub(crate) fn is_in(&self, entry: &Entry, filled_at: Timestamp, bar: &Bar) -> bool {
        self.next(entry, filled_at).is_some_and(|(_, event)| event < bar.ts)
    }

    /// After how many of `bars`, the first that of the fill at `filled_at`, `entry` is sold at the close; `None` if no event
    /// comes while they last.
    pub(crate) fn steps(&self, entry: &Entry, filled_at: Timestamp, bars: &[Bar]) -> Result<Option<usize>, ExitError> {
        let Some((flat, event)) = self.next(entry, filled_at) else { return Ok(None) };
        let before = bars.partition_point(|bar| bar.ts <= flat);
        if before == bars.len() {
            return Ok(None);
        }
        if before == 0 && bars.first().is_some_and(|bar| event < bar.ts) {
            return Err(ExitError::EventInFirstBar { id: entry.id.clone(), event });
        }
        Ok(Some(before.max(1)))
    }
}
