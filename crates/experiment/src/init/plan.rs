//! Which trades an experiment begins with: the user's, or those of a rule that gives enough of them.

use std::num::NonZeroUsize;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use scaleout_data::Length;

use crate::{
    entries::{ChannelBreakout, Directions, EntriesConfig, OutsideBar, Placement, TimeGrid, generate},
    init::{instrument::GuessedInstrument, listed::Listed, market::ReadMarket},
};

/// Entries, horizon and folds of an experiment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ConfigPlan {
    pub(super) entries: EntriesConfig,
    pub(super) horizon_bars: u32,
    pub(super) folds: usize,
    pub(super) first_train_share: f64,
}

/// Trades that are worth five folds, and three.
const MANY: usize = 250;
const ENOUGH: usize = 100;
/// Trades of a rule beyond which it waits between two of them: they would learn for hours.
const MOST: usize = 4_000;
/// With fewer trades than this no two folds can be learned from.
const LEAST: usize = 40;

/// Plans for these bars, the preferred one first.
pub(super) fn plans(read: &ReadMarket, guessed: &GuessedInstrument, listed: Option<&Listed>) -> Vec<ConfigPlan> {
    let bars = read.market.history.series.len();
    let (channel, horizon) = usual(read.market.report.bar_length);
    if let Some(listed) = listed {
        let entries = EntriesConfig::File {
            path: listed.entries.clone(),
            time: listed.time.clone(),
            exits: listed.exits.clone(),
            adds: listed.adds.clone(),
            outside_bar: OutsideBar::Skip,
        };
        let folded = |(folds, first_train_share)| ConfigPlan {
            entries: entries.clone(),
            horizon_bars: horizon,
            folds,
            first_train_share,
        };
        return [FOLDS_OF_MANY, FOLDS_OF_ENOUGH, FOLDS_OF_FEW].map(folded).into();
    }
    let breakouts = [1, 2, 4].map(|part| (EntryRule::Breakout(channel / part), horizon / part as u32));
    let at_most = |share: usize| (bars / share).clamp(5, horizon as usize) as u32;
    let grids = [(EntryRule::Grid(bars / (ENOUGH + 10)), at_most(10)), (EntryRule::Grid(1), 5)];
    let mut counted: Vec<(usize, ConfigPlan)> = breakouts
        .into_iter()
        .chain(grids)
        .filter_map(|(rule, horizon_bars)| plan(rule, horizon_bars.max(5), read, guessed))
        .filter(|(trades, _)| LEAST <= *trades)
        .collect();
    // A stable sort: among those with enough trades the order of preference stays.
    counted.sort_by_key(|(trades, _)| std::cmp::Reverse((*trades).min(ENOUGH)));
    counted.into_iter().map(|(_, plan)| plan).collect()
}

const FOLDS_OF_MANY: (usize, f64) = (5, 0.4);
const FOLDS_OF_ENOUGH: (usize, f64) = (3, 0.4);
const FOLDS_OF_FEW: (usize, f64) = (2, 0.5);

/// A channel and a horizon, in bars, that people use on bars of this length: a month of days, a day of hours, some
/// hours of minutes.
fn usual(length: Option<Length>) -> (usize, u32) {
    const HOUR: i64 = 3_600_000_000_000;
    match length.map_or(0, Length::nanos) {
        nanos if 24 * HOUR <= nanos => (20, 20),
        nanos if HOUR <= nanos => (24, 24),
        nanos if HOUR / 6 <= nanos => (20, 32),
        _ => (30, 60),
    }
}

#[derive(Debug, Clone, Copy)]
enum EntryRule {
    /// The close leaves the range of so many bars.
    Breakout(usize),
    /// An entry every so many bars.
    Grid(usize),
}

impl EntryRule {
    fn entries(self, placement: Placement) -> EntriesConfig {
        match self {
            Self::Breakout(bars) => {
                EntriesConfig::ChannelBreakout { rule: ChannelBreakout { bars: at_least_one(bars) }, placement }
            }
            Self::Grid(bars) => {
                EntriesConfig::TimeGrid { rule: TimeGrid { every_bars: at_least_one(bars) }, placement }
            }
        }
    }
}

fn at_least_one(bars: usize) -> NonZeroUsize {
    NonZeroUsize::new(bars).unwrap_or(NonZeroUsize::MIN)
}

/// The plan of a rule with the number of its trades; `None` where it places none.
fn plan(
    rule: EntryRule,
    horizon_bars: u32,
    read: &ReadMarket,
    guessed: &GuessedInstrument,
) -> Option<(usize, ConfigPlan)> {
    let series = &read.market.history.series;
    let instrument = guessed.instrument();
    let price = series.bars().last()?.close;
    let placement = Placement {
        stop_atr: 2.0,
        atr_bars: 14,
        min_risk_ticks: 4.0,
        qty: quantity(price, instrument.lot_step, instrument.multiplier),
        sides: Directions::Both,
        cooldown_bars: 0,
    };
    let count = |placement: &Placement| {
        // These rules draw nothing.
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let entries = generate(&rule.entries(placement.clone()), series, &instrument, &mut rng)?.ok()?;
        let last = series.bars().len().checked_sub(horizon_bars as usize + 1)?;
        let end = series.bars().get(last)?.ts;
        Some(entries.iter().filter(|entry| entry.ts < end).count())
    };
    let mut placement = placement;
    let mut trades = count(&placement)?;
    if MOST < trades {
        placement.cooldown_bars = series.len() / (MOST / 2);
        trades = count(&placement)?;
    }
    let (folds, first_train_share) = match trades {
        MANY.. => FOLDS_OF_MANY,
        ENOUGH..MANY => FOLDS_OF_ENOUGH,
        0..ENOUGH => FOLDS_OF_FEW,
    };
    Some((trades, ConfigPlan { entries: rule.entries(placement), horizon_bars, folds, first_train_share }))
}

/// A round quantity worth about 10,000 of the currency, of four lots at least, so that a position can be sold in
/// quarters.
fn quantity(price: f64, lot_step: f64, multiplier: f64) -> f64 {
    const WORTH: f64 = 10_000.0;
    let wanted = WORTH / (price.abs() * multiplier);
    let wanted = if wanted.is_finite() && 0.0 < wanted { wanted } else { 1.0 };
    let digit = 10_f64.powi(wanted.log10().floor() as i32);
    let rounded = (wanted / digit).floor() * digit;
    let quarters =
        if 0.0 < lot_step { (rounded / (4.0 * lot_step) + 1e-9).floor().max(1.0) * 4.0 * lot_step } else { rounded };
    // As a decimal that reads as it is meant: 0.2 and not 0.20000000000000001.
    format!("{quarters:.8}").parse().unwrap_or(quarters)
}

impl ConfigPlan {
    /// The entries in words.
    pub(super) fn words(&self) -> String {
        match &self.entries {
            EntriesConfig::ChannelBreakout { rule, placement } => {
                format!("channel breakout of {} bars, stop {} ATR away", rule.bars, placement.stop_atr)
            }
            EntriesConfig::TimeGrid { rule, placement } => {
                let every = match rule.every_bars.get() {
                    1 => "at every bar".to_owned(),
                    bars => format!("one every {bars} bars"),
                };
                format!("{every}, stop {} ATR away", placement.stop_atr)
            }
            EntriesConfig::File { path, .. } => format!("the list {}", path.display()),
            EntriesConfig::MovingAverageCross { .. } | EntriesConfig::Random { .. } => "by a rule".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_is_round_and_can_be_sold_in_quarters() {
        for (price, lot_step, multiplier, expected) in [
            (42_000.0, 0.000_01, 1.0, 0.2),
            (187.15, 1.0, 1.0, 48.0),
            (1.1, 1_000.0, 1.0, 8_000.0),
            (5_000.0, 1.0, 50.0, 4.0),
            (25.0, 0.0, 1.0, 400.0),
            (0.0, 0.0, 1.0, 1.0),
        ] {
            assert_eq!(quantity(price, lot_step, multiplier), expected, "{price}");
        }
    }

    #[test]
    fn horizons_follow_the_length_of_a_bar() {
        for (length, expected) in [("1d", (20, 20)), ("1h", (24, 24)), ("15m", (20, 32)), ("1m", (30, 60))] {
            assert_eq!(usual(Some(length.parse().unwrap())), expected, "{length}");
        }
        assert_eq!(usual(None), (30, 60));
    }
}
