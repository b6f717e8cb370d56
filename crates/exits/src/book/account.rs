//! The account behind a book: how much of each trade it can carry.

use serde::{Deserialize, Serialize};

use super::{BookEntry, MissedReason};
use crate::{ExitError, LotGrid};

/// What happens to an entry whose margin is more than the account has free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShortMargin {
    /// It is taken at the size that the free margin carries, and counted as cut.
    #[default]
    Cut,
    /// It is missed.
    Miss,
}

/// What 1 R of a new trade is a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizedBy {
    /// The realised equity: gains compound.
    RealisedEquity,
    /// The cash at the start, of which no gain makes more. For an account that knows the future, whose gains would
    /// compound beyond any market.
    Capital,
}

/// The account behind a book.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawAccount")]
pub struct BookConfig {
    /// Cash at the start, in the instruments' currency; above 0, at most 1e15.
    pub capital: f64,
    /// Share of the realised equity that 1 R of a new trade is; above 0, at most 1.
    pub risk_per_trade_frac: f64,
    /// What happens when the margin does not reach.
    pub short_margin: ShortMargin,
    /// Positions that may be open at once over all markets, at least 1; `None` for any number. A market never has more than
    /// one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_positions: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawAccount {
    capital: f64,
    risk_per_trade_frac: f64,
    short_margin: ShortMargin,
    max_positions: Option<u32>,
}

impl Default for RawAccount {
    fn default() -> Self {
        let BookConfig { capital, risk_per_trade_frac, short_margin, max_positions } = BookConfig::default();
        Self { capital, risk_per_trade_frac, short_margin, max_positions }
    }
}

impl Default for BookConfig {
    fn default() -> Self {
        Self { capital: 100_000.0, risk_per_trade_frac: 0.01, short_margin: ShortMargin::Cut, max_positions: None }
    }
}

impl TryFrom<RawAccount> for BookConfig {
    type Error = ExitError;

    fn try_from(raw: RawAccount) -> Result<Self, ExitError> {
        let RawAccount { capital, risk_per_trade_frac, short_margin, max_positions } = raw;
        Self { capital, risk_per_trade_frac, short_margin, max_positions }.checked()
    }
}

impl BookConfig {
    /// The account itself, if every number is in its range.
    ///
    /// # Errors
    /// Names the first number that is out of range, and what would be accepted.
    pub fn checked(self) -> Result<Self, ExitError> {
        if !(0.0 < self.capital && self.capital <= MOST_CAPITAL) {
            return Err(ExitError::range("capital", self.capital, "a number above 0, at most 1e15"));
        }
        if !(0.0 < self.risk_per_trade_frac && self.risk_per_trade_frac <= 1.0) {
            return Err(ExitError::range(
                "risk_per_trade_frac",
                self.risk_per_trade_frac,
                "a share above 0, at most 1",
            ));
        }
        if self.max_positions == Some(0) {
            return Err(ExitError::range("max_positions", 0.0, "1 or more"));
        }
        Ok(self)
    }
}

/// The largest position of a book, in the currency: sums of any number of them stay countable.
const MOST_NOTIONAL: f64 = 1e18;

/// The largest capital of a book, in the currency.
const MOST_CAPITAL: f64 = 1e15;

/// The size of a new position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Size {
    pub qty: f64,
    pub margin: f64,
    pub is_cut: bool,
}

/// The size of a new position when the realised equity is `equity` and `free` of it is not tied up, or why there is
/// none.
pub(super) fn size(
    offered: &BookEntry<'_>,
    equity: f64,
    free: f64,
    account: &BookConfig,
    sized_by: SizedBy,
) -> Result<Size, MissedReason> {
    if equity <= 0.0 {
        return Err(MissedReason::NoEquity);
    }
    let (entry, instrument) = (offered.on.placed.entry, offered.on.market.instrument);
    let step = instrument.lot_step;
    // A millionth of a lot is rounding, not a quantity.
    let in_lots = |exact: f64| if step == 0.0 { exact } else { (exact / step + 1e-6).floor() * step };
    let notional_of_one = instrument.notional(entry.price, 1.0);
    let can_order =
        |qty: f64| 0.0 < qty && instrument.min_qty <= qty && instrument.min_notional <= qty * notional_of_one;
    let base = match sized_by {
        SizedBy::RealisedEquity => equity,
        SizedBy::Capital => account.capital,
    };
    let qty = in_lots(account.risk_per_trade_frac * base / instrument.one_r(entry));
    if !can_order(qty) {
        return Err(MissedReason::TooSmall);
    }
    let lots = if step == 0.0 { qty } else { qty / step };
    if !(lots <= LotGrid::MOST as f64 && qty * notional_of_one <= MOST_NOTIONAL) {
        return Err(MissedReason::TooLarge);
    }
    let margin_of_one = notional_of_one * instrument.margin_rate;
    if qty * margin_of_one <= free {
        return Ok(Size { qty, margin: qty * margin_of_one, is_cut: false });
    }
    let affordable = in_lots(free.max(0.0) / margin_of_one);
    match account.short_margin {
        ShortMargin::Cut if can_order(affordable) => {
            Ok(Size { qty: affordable, margin: affordable * margin_of_one, is_cut: true })
        }
        ShortMargin::Cut | ShortMargin::Miss => Err(MissedReason::NoMargin),
    }
}

#[cfg(test)]
mod tests {
    use super::BookConfig;

    #[test]
    fn an_account_out_of_range_is_refused() {
        for (text, expected) in [
            ("capital = 0.0", "capital = 0 must be a number above 0, at most 1e15"),
            ("capital = 1e16", "capital = 10000000000000000 must be a number above 0, at most 1e15"),
            ("risk_per_trade_frac = 1.5", "risk_per_trade_frac = 1.5 must be a share above 0, at most 1"),
            ("max_positions = 0", "max_positions = 0 must be 1 or more"),
            ("short_margin = \"borrow\"", "unknown variant `borrow`"),
            ("leverage = 3", "unknown field `leverage`"),
        ] {
            let error = toml::from_str::<BookConfig>(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}\n{error}");
        }
        assert_eq!(toml::from_str::<BookConfig>("").unwrap(), BookConfig::default());
    }
}
