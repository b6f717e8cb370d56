//! From where a row sees the market: as the market has it, or from the trade.

use std::collections::BTreeMap;

use scaleout_features::{Definition, FeatureSpec, Mirror, Shift, definition};
use scaleout_market::{Entry, Side};
use serde::{Deserialize, Serialize};

/// From where the market features of a row are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Frame {
    /// As the features are computed. Model files that do not say are of this kind.
    #[default]
    Market,
    /// As the trade sees them: a short sees the mirrored market, price distances are in R, and prices in R from the
    /// entry. So a short teaches what a long teaches, and a cheap market what a dear one teaches.
    Trade,
}

impl Frame {
    /// For serde: what a file need not say.
    pub(crate) fn is_market(&self) -> bool {
        *self == Self::Market
    }
}

/// What the owner of a column says becomes of it on the mirrored market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnMirror {
    /// It points nowhere: a volatility index.
    Unchanged,
    /// It changes its sign: a sentiment, a flow.
    Negated,
}

/// What becomes of `spec` on the mirrored market, given what the owner says of the `columns`.
pub(crate) fn mirror_of(spec: &FeatureSpec, columns: &BTreeMap<String, ColumnMirror>) -> Mirror {
    match (spec.mirror(), spec.column().and_then(|column| columns.get(column))) {
        (Mirror::Unknown, Some(ColumnMirror::Unchanged)) => Mirror::Unchanged,
        (Mirror::Unknown, Some(ColumnMirror::Negated)) => Mirror::Negated,
        (mirror, _) => mirror,
    }
}

/// How the value of one market feature becomes that of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// Of what a value counts.
    pub unit: SeenUnit,
    /// What a short sees of it.
    pub by_a_short: SeenByShort,
}

/// Of what the value in a row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeenUnit {
    /// Of what the feature's own value counts.
    Own,
    /// A price distance, divided by that of 1 R.
    Distance,
    /// A price: in R from the entry, gains above 0.
    Price,
}

/// What a short sees of a market feature. A [price](SeenUnit::Price) changes its direction besides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SeenByShort {
    /// What a long sees.
    Same,
    /// The opposite sign.
    Negated,
    /// The constant less the value.
    Complement(f64),
    /// The value of the market feature at that place, times 1 or −1.
    Partner(usize, f64),
}

/// The entry from which a row sees the market.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EntryFrame {
    /// Direction of the trade.
    pub side: Side,
    /// Fill price of the entry.
    pub price: f64,
    /// The price distance of 1 R.
    pub risk: f64,
}

impl EntryFrame {
    /// The frame of `entry`.
    pub const fn of(entry: &Entry) -> Self {
        Self { side: entry.side, price: entry.price, risk: entry.risk }
    }
}

impl Seen {
    /// As the feature is computed.
    pub const AS_IT_IS: Self = Self { unit: SeenUnit::Own, by_a_short: SeenByShort::Same };

    /// How a trade sees `spec`, one of the `market` features.
    pub(crate) fn from_the_trade(
        spec: &FeatureSpec,
        market: &[FeatureSpec],
        columns: &BTreeMap<String, ColumnMirror>,
    ) -> Self {
        let is_price = |known: &Definition| known.unit.starts_with("price") && known.laws.price_power == Some(1.0);
        let unit = match definition(spec.base()).filter(|known| is_price(known)).map(|known| known.laws.shift) {
            Some(Shift::Moves) => SeenUnit::Price,
            Some(Shift::Unchanged) => SeenUnit::Distance,
            Some(Shift::Relative) | None => SeenUnit::Own,
        };
        let partner = |sign| {
            let partner = spec.mirror_partner()?;
            let place = market.iter().position(|other| *other == partner)?;
            Some(SeenByShort::Partner(place, sign))
        };
        let by_a_short = match mirror_of(spec, columns) {
            Mirror::Unchanged | Mirror::Unknown => SeenByShort::Same,
            Mirror::Negated => SeenByShort::Negated,
            Mirror::Complement(whole) => SeenByShort::Complement(whole),
            Mirror::Swapped(_) => partner(1.0).unwrap_or(SeenByShort::Same),
            Mirror::SwappedAndNegated(_) => partner(-1.0).unwrap_or(SeenByShort::Same),
        };
        Self { unit, by_a_short }
    }

    /// The value in a row of the market feature at `place` of `inputs`.
    pub(crate) fn value(&self, place: usize, inputs: &[Option<f64>], entry: &EntryFrame) -> Option<f64> {
        let value = match (entry.side, self.by_a_short) {
            (Side::Long, _) | (Side::Short, SeenByShort::Same) => inputs[place]?,
            (Side::Short, SeenByShort::Negated) => -inputs[place]?,
            (Side::Short, SeenByShort::Complement(whole)) => whole - inputs[place]?,
            (Side::Short, SeenByShort::Partner(partner, sign)) => sign * inputs[partner]?,
        };
        Some(match self.unit {
            SeenUnit::Own => value,
            SeenUnit::Distance => value / entry.risk,
            SeenUnit::Price => (value - entry.price) * entry.side.sign() / entry.risk,
        })
    }
}

/// Whether rows of both sides need `spec` twice, as it is and times the side, since its mirror image is not known: a
/// column, or a feature whose partner is not among the `market` features.
pub(crate) fn is_seen_twice(
    spec: &FeatureSpec,
    market: &[FeatureSpec],
    columns: &BTreeMap<String, ColumnMirror>,
) -> bool {
    match mirror_of(spec, columns) {
        Mirror::Unknown => true,
        Mirror::Swapped(_) | Mirror::SwappedAndNegated(_) => {
            spec.mirror_partner().is_none_or(|partner| !market.contains(&partner))
        }
        Mirror::Unchanged | Mirror::Negated | Mirror::Complement(_) => false,
    }
}
