use scaleout_market::{Bar, DailyTime, Entry, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    EntryBarRule, ExitError, FillProfile, FlatBefore, Impact, IntrabarRule, LimitFill, Liquidation, Matching, Slippage,
    noted_keys::Noting,
};

/// How the entry's own fill is assumed to have traded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryLiquidity {
    /// It crossed the spread: pays the taker rate.
    #[default]
    Taker,
    /// It rested: pays the maker rate.
    Maker,
}

/// What the price of an entry means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryPrice {
    /// The price of its fill, which already includes spread and slippage. The market price lies that much back from it, and
    /// a sale decided at the fill starts there. J does not charge this cost, because no exit can change it.
    #[default]
    Fill,
    /// The market price. An entry that crossed the spread pays half of it and slippage on top, like a sale. This cost is in
    /// the net result and not in J, like the entry's fee, because no exit can change it. Levels in R are still measured from
    /// the price.
    Reference,
}

/// What happens to an entry that fills at or after the time of day of `flat_at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LateEntry {
    /// It is left out for every contestant and counted, because it would be held overnight.
    #[default]
    Refuse,
    /// It is held overnight until that time of the next day: for markets whose day does not end with the date.
    NextDay,
}

/// Every assumption of a replay; the same for every contestant.
///
/// By default an unknown order of events is decided against the trader. Costs and bounds are none until they are set, which
/// is optimistic. The table in the [crate's documentation](crate) has each field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields, default)]
pub struct ReplayConfig {
    /// Bars after which everything left is sold at the open; 1 or more.
    pub horizon_bars: u32,
    /// Time of day at which everything left is sold, horizon or not, as `{ time = "15:55", zone = "America/New_York" }`:
    /// at the open of the bar that begins then or next, and at the last close where the bars pause. None by default:
    /// positions are held over night.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flat_at: Option<DailyTime>,
    /// What happens to an entry that fills at or after that time on its own date there; refused by default.
    #[serde(skip_serializing_if = "is_refused")]
    pub late: LateEntry,
    /// Hours without bars before which everything left is sold, at the last close: 2 ends every session, 24 every week.
    /// None by default: positions are held over every pause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flat_before_pause_hours: Option<f64>,
    /// Events before which everything left is sold, such as earnings or rate decisions. None by default: positions are held
    /// over every event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flat_before: Option<FlatBefore>,
    /// Leverage of the positions, which the venue closes before their margin is gone. None by default: the account covers
    /// every loss, which is optimistic for a leveraged position.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub liquidation: Option<Liquidation>,
    /// The tool or venue whose fills the replay follows: sets `intrabar`, `limit_fill` and `max_tranches_per_bar` where they are
    /// not written. None by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fills: Option<FillProfile>,
    /// What came first inside a bar.
    pub intrabar: IntrabarRule,
    /// When a limit counts as filled.
    pub limit_fill: LimitFill,
    /// What an entry inside a bar saw of that bar.
    pub entry_bar: EntryBarRule,
    /// Who the entry's fill was.
    pub entry_liquidity: EntryLiquidity,
    /// What the price of an entry is. Entries that an experiment generates are at the market's price.
    pub entry_price: EntryPrice,
    /// Which entry a sale closes, of positions with adds: `fifo` (default), `lifo` or `average`. It changes the gain of a leg,
    /// never that of the position.
    #[serde(skip_serializing_if = "is_fifo")]
    pub lot_matching: Matching,
    /// Cost of holding the whole position for one bar, in R; 0 by default.
    pub holding_cost_r: f64,
    /// Slippage of market parts and of the sale at the horizon; none by default, which is optimistic.
    pub slippage: Slippage,
    /// Slippage of stops; that of market parts unless given.
    pub stop_slippage: Option<Slippage>,
    /// Temporary impact of market parts, stops and the sale at the horizon; none by default, which is optimistic.
    pub impact: Impact,
    /// Factor on fees, half-spread, slippage and impact, to test higher costs; 1 by default. A rebate is not a cost and does
    /// not change.
    pub cost_multiplier: f64,
    /// Largest fraction of the initial size that market parts and limits may sell in one bar. Stop and horizon are never
    /// held back.
    pub max_fraction_per_bar: Option<f64>,
    /// Largest number of market parts and limits that may fill in one bar.
    pub max_tranches_per_bar: Option<u32>,
    /// Minimum number of bars between two sales: 1 allows one sale per bar, 0 any number in a bar.
    pub min_bars_between_sales: u32,
    /// Largest share of a bar's volume that market parts and limits may take; no bound by default, which is optimistic. Stop
    /// and horizon are not held back; use `impact` for these.
    pub volume_share: Option<f64>,
    /// Bars by which orders reach the market late. Until then the earlier orders work, at first the entry's own stop. 0 by
    /// default, which is optimistic.
    ///
    /// A decision sees the orders in flight: market parts sent count as sold, and the stop is the tightest one sent or
    /// working. What limits and stops of parts sell in the meantime is deducted from the orders in flight: the market part
    /// first, then the nearest limits or stops. An arriving stop never loosens the working one, unless the rule meant to
    /// loosen the stop that it saw.
    pub latency_bars: u32,
    /// Milliseconds between a close and the arrival of orders at the market; needs trades and `lower-timeframe`. 0 by
    /// default, which is optimistic. Orders decided at the fill are sent with the entry and are not late.
    pub latency_ms: f64,
}

impl Default for ReplayConfig {
    fn default() -> Self {
        Self {
            horizon_bars: 60,
            flat_at: None,
            late: LateEntry::default(),
            flat_before_pause_hours: None,
            flat_before: None,
            liquidation: None,
            fills: None,
            intrabar: IntrabarRule::default(),
            limit_fill: LimitFill::default(),
            entry_bar: EntryBarRule::default(),
            entry_liquidity: EntryLiquidity::default(),
            entry_price: EntryPrice::default(),
            lot_matching: Matching::Fifo,
            holding_cost_r: 0.0,
            slippage: Slippage::default(),
            stop_slippage: None,
            impact: Impact::default(),
            cost_multiplier: 1.0,
            max_fraction_per_bar: None,
            max_tranches_per_bar: None,
            min_bars_between_sales: 0,
            volume_share: None,
            latency_bars: 0,
            latency_ms: 0.0,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_refused(late: &LateEntry) -> bool {
    *late == LateEntry::Refuse
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_fifo(matching: &Matching) -> bool {
    *matching == Matching::Fifo
}

impl ReplayConfig {
    /// The moment at which positions had to be flat, if `entry`, which fills in a bar that opens at `open`, comes at or
    /// after it on its own date and [`Self::late`] refuses that, or if it comes too shortly before an event.
    pub fn refused_since(&self, entry: &Entry, open: Timestamp) -> Option<Timestamp> {
        let fill = entry.ts.max(open);
        let by_day = self.flat_at.as_ref().filter(|_| self.late == LateEntry::Refuse);
        let by_day = by_day.map(|flat_at| flat_at.on_date_of(fill)).filter(|flat| *flat <= fill);
        by_day.or_else(|| self.flat_before.as_ref()?.refused_since(entry, fill))
    }

    /// Whether `entry`, which fills in `bar`, can only be held over an event: it fills too shortly before one, or one
    /// happens before the bar closes.
    pub fn is_at_event(&self, entry: &Entry, bar: &Bar) -> bool {
        let fill = entry.ts.max(bar.open_ts);
        self.flat_before
            .as_ref()
            .is_some_and(|before| before.refused_since(entry, fill).is_some() || before.is_in(entry, fill, bar))
    }

    /// The configuration itself, if every number is in range and the latency can be honoured.
    ///
    /// # Errors
    /// Names the first setting that is out of range, and what would be accepted.
    pub fn checked(self) -> Result<Self, ExitError> {
        if self.horizon_bars == 0 {
            return Err(ExitError::range("horizon_bars", 0, "a whole number, 1 or more"));
        }
        for (field, value) in [
            ("holding_cost_r", self.holding_cost_r),
            ("cost_multiplier", self.cost_multiplier),
            ("latency_ms", self.latency_ms),
        ] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(ExitError::range(field, value, "a finite number, 0 or more"));
            }
        }
        for (field, value) in [("max_fraction_per_bar", self.max_fraction_per_bar), ("volume_share", self.volume_share)]
        {
            if let Some(value) = value
                && !(value > 0.0 && value <= 1.0)
            {
                return Err(ExitError::range(field, value, "a share above 0, at most 1"));
            }
        }
        if let Some(hours) = self.flat_before_pause_hours
            && !(hours.is_finite() && 0.0 < hours)
        {
            return Err(ExitError::range("flat_before_pause_hours", hours, "a finite number above 0"));
        }
        if let Some(flat_before) = &self.flat_before {
            flat_before.check()?;
        }
        if let Some(liquidation) = &self.liquidation {
            liquidation.check()?;
        }
        if self.max_tranches_per_bar == Some(0) {
            return Err(ExitError::range("max_tranches_per_bar", 0, "a whole number, 1 or more"));
        }
        if self.latency_bars >= self.horizon_bars {
            return Err(ExitError::range("latency_bars", self.latency_bars, "below horizon_bars"));
        }
        if self.latency_ms > 0.0 && self.intrabar != IntrabarRule::LowerTimeframe {
            return Err(ExitError::range("latency_ms", self.latency_ms, "0 unless intrabar = \"lower-timeframe\""));
        }
        self.slippage.check("slippage")?;
        if let Some(slippage) = self.stop_slippage {
            slippage.check("stop_slippage")?;
        }
        self.impact.check()?;
        Ok(self)
    }

    /// The same assumptions under another intrabar rule.
    #[must_use]
    pub fn with_intrabar(&self, intrabar: IntrabarRule) -> Self {
        Self { intrabar, ..self.clone() }
    }

    /// The same assumptions with costs `factor` times as high.
    #[must_use]
    pub fn with_costs_times(&self, factor: f64) -> Self {
        Self { cost_multiplier: self.cost_multiplier * factor, ..self.clone() }
    }
}

impl<'de> Deserialize<'de> for ReplayConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut written = Vec::new();
        let mut config = Self::deserialize(Noting::new(deserializer, &mut written))?;
        if let Some(profile) = config.fills {
            profile.fill_in(&mut config, &written);
        }
        config.checked().map_err(serde::de::Error::custom)
    }
}

impl Serialize for ReplayConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::ReplayConfig;

    #[test]
    fn what_is_out_of_range_is_refused_with_what_would_be_accepted() {
        let cases = [
            ("horizon_bars = 0", "horizon_bars = 0 must be a whole number, 1 or more"),
            ("holding_cost_r = -0.1", "holding_cost_r = -0.1 must be a finite number, 0 or more"),
            ("cost_multiplier = -1.0", "cost_multiplier = -1 must be a finite number, 0 or more"),
            ("max_fraction_per_bar = 0.0", "max_fraction_per_bar = 0 must be a share above 0, at most 1"),
            ("volume_share = 1.5", "volume_share = 1.5 must be a share above 0, at most 1"),
            ("flat_before_pause_hours = 0.0", "flat_before_pause_hours = 0 must be a finite number above 0"),
            ("flat_before = { minutes = -1.0 }", "flat_before.minutes = -1 must be a finite number, 0 or more"),
            ("flat_before = { events = [{ ts = \"June\" }] }", "`June` must be a time as \"2024-06-12T18:00:00Z\""),
            ("liquidation = { leverage = 0.0 }", "liquidation.leverage = 0 must be a finite number, 1 or more"),
            ("max_tranches_per_bar = 0", "max_tranches_per_bar = 0 must be a whole number, 1 or more"),
            ("horizon_bars = 5\nlatency_bars = 5", "latency_bars = 5 must be below horizon_bars"),
            ("latency_ms = 10.0", "latency_ms = 10 must be 0 unless intrabar = \"lower-timeframe\""),
            ("slippage = { ticks = -1.0 }", "slippage = -1 must be a finite number, 0 or more"),
            ("slippage = { volatility = { share = 0.1, window = 0 } }", "a window of 1 bar or more"),
            (
                "impact = { whole-position = { cost_r = 0.1, exponent = 2.0 } }",
                "impact.exponent = 2 must be above 0, at most 1",
            ),
            ("intrabar = \"sideways\"", "unknown variant `sideways`"),
            ("horizon = 5", "unknown field `horizon`"),
            ("flat_at = { time = \"noon\", zone = \"UTC\" }", "time = \"noon\" must be as \"15:55\""),
        ];
        for (text, expected) in cases {
            let error = toml::from_str::<ReplayConfig>(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}\n{error}");
        }
    }

    #[test]
    fn a_config_survives_its_own_text() {
        let text = "horizon_bars = 30\nintrabar = \"nearest-extreme\"\nslippage = { bps = 2.0 }\nvolume_share = 0.1";
        let config: ReplayConfig = toml::from_str(text).unwrap();
        assert_eq!(toml::from_str::<ReplayConfig>(&toml::to_string(&config).unwrap()).unwrap(), config);
    }
}
