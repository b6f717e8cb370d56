//! The plan card as numbers that code for other platforms is written from.

use scaleout_exits::policies::{Distance, Follow, Ladder, Offset, Plan, PolicyConfig, Spacing, StopRule, Trigger};
use scaleout_model::{Unsealed, unsealed};
use serde::Deserialize;

use crate::{Export, ExportError};

/// A ladder with a clock and a stop, in the units of its levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// (level, part of the initial size), nearest first.
    pub rungs: Vec<(f64, f64)>,
    /// What the levels are measured in.
    pub unit: LevelUnit,
    /// (bars held, most of the initial size that is held from then on), earliest first.
    pub times: Vec<(u32, f64)>,
    /// The stop.
    pub stop: Stop,
    /// Bars after which everything left is sold.
    pub horizon_bars: u32,
}

/// What levels are measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LevelUnit {
    /// R.
    R,
    /// Percent of the entry price.
    Percent,
    /// Points of price.
    Points,
}

/// How the stop moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stop {
    /// It stays where the entry put it.
    Entry,
    /// It goes `offset_r` R and `offset_ticks` ticks beyond the entry price after so many sales.
    BreakEvenAfterSales {
        /// Sales.
        sales: u32,
        /// See above.
        offset_r: f64,
        /// See above.
        offset_ticks: f64,
    },
    /// The same once the trade has been so many R ahead.
    BreakEvenAfterGain {
        /// Best gain in R.
        gain_r: f64,
        /// See above.
        offset_r: f64,
        /// See above.
        offset_ticks: f64,
    },
    /// It follows the close, or the best price, at a distance.
    Trail {
        /// Distance in R; 0 where it is a share of the price.
        distance_r: f64,
        /// Distance in percent of the price that is followed; 0 where it is in R.
        distance_percent: f64,
        /// Whether it follows the best price and not the close.
        follows_best: bool,
        /// Best gain in R from which it works.
        from_r: f64,
    },
}

impl Card {
    /// The card of an export, for the format `format`.
    ///
    /// # Errors
    /// Without a card, or with one whose levels or stop need an indicator or move inside the bar.
    pub fn of(export: &Export<'_>, format: &'static str) -> Result<Self, ExportError> {
        #[derive(Deserialize)]
        struct Written {
            policy: PolicyConfig,
        }
        let impossible = |reason: &str| ExportError::NotPossible { format, reason: reason.to_owned() };
        let text = export.ladder_json.ok_or_else(|| impossible("the run has no plan card (ladder.json)"))?;
        let Unsealed { json, .. } = unsealed(text).map_err(|error| impossible(&format!("ladder.json: {error}")))?;
        let written: Written =
            serde_json::from_str(&json).map_err(|error| impossible(&format!("ladder.json: {error}")))?;
        let plain = |rungs, spacing, stop, times| Plan { rungs, spacing, stop, times };
        let plan = match written.policy {
            PolicyConfig::Plan(plan) => plan,
            PolicyConfig::Ladder(Ladder { rungs, spacing, stop, .. }) => plain(rungs, spacing, stop, Vec::new()),
            PolicyConfig::MoonBag(bag) => plain(bag.rungs, Spacing::Percent, bag.stop, Vec::new()),
            PolicyConfig::BreakEvenLadder(even) => {
                let stop = StopRule::BreakEven { after: Trigger::Sales(1), offset: even.offset };
                plain(even.ladder.rungs, even.ladder.spacing, stop, Vec::new())
            }
            PolicyConfig::AllOutStop(all_out) => plain(Vec::new(), Spacing::R, all_out.stop, Vec::new()),
            other => return Err(impossible(&format!("a card of the kind `{}` has no code", other.build().name()))),
        };
        let unit = match plan.spacing {
            Spacing::R => LevelUnit::R,
            Spacing::Percent => LevelUnit::Percent,
            Spacing::Points => LevelUnit::Points,
            Spacing::Atr { .. } | Spacing::Swing { .. } => {
                return Err(impossible("levels in average true ranges or swings; accepted: R, percent, points"));
            }
        };
        Ok(Self {
            rungs: plan.rungs.iter().map(|rung| (rung.level, rung.fraction.as_f64())).collect(),
            unit,
            times: plan.times.iter().map(|time| (time.bars, time.held.as_f64())).collect(),
            stop: stop(&plan.stop).map_err(impossible)?,
            horizon_bars: export.model.horizon_bars,
        })
    }
}

fn stop(rule: &StopRule) -> Result<Stop, &'static str> {
    Ok(match rule {
        StopRule::Entry => Stop::Entry,
        StopRule::BreakEven { after, offset } => {
            let (offset_r, offset_ticks) = match *offset {
                Offset::None => (0.0, 0.0),
                Offset::Ticks(ticks) => (0.0, ticks),
                Offset::R(r) => (r, 0.0),
                Offset::Costs => return Err("a break-even stop beyond the costs; accepted: none, ticks, R"),
            };
            match *after {
                Trigger::Sales(sales) => Stop::BreakEvenAfterSales { sales, offset_r, offset_ticks },
                Trigger::GainR(gain_r) => Stop::BreakEvenAfterGain { gain_r, offset_r, offset_ticks },
            }
        }
        StopRule::Trail(trail) => {
            let (distance_r, distance_percent) = match trail.distance {
                Distance::R(r) => (r, 0.0),
                Distance::Percent(percent) => (0.0, percent),
                Distance::Atr { .. } => return Err("a stop that trails by average true ranges; accepted: R, percent"),
            };
            let follows_best = match trail.follow {
                Follow::Close => false,
                Follow::Extreme => true,
                Follow::Bar => return Err("a stop that trails inside the bar; accepted: at closes"),
            };
            Stop::Trail { distance_r, distance_percent, follows_best, from_r: trail.from_r }
        }
    })
}

impl Card {
    /// The card in sentences, for the head of a program.
    pub fn words(&self) -> Vec<String> {
        let unit = match self.unit {
            LevelUnit::R => " R",
            LevelUnit::Percent => " %",
            LevelUnit::Points => " points",
        };
        let percent = |part: f64| format!("{:.4}", 100.0 * part).trim_end_matches('0').trim_end_matches('.').to_owned();
        let mut words: Vec<String> = Vec::new();
        for (level, part) in &self.rungs {
            words
                .push(format!("sell {} % of the initial size at a limit {level}{unit} from the entry", percent(*part)));
        }
        for (bars, held) in &self.times {
            words.push(format!("from bar {bars} on hold no more than {} %", percent(*held)));
        }
        words.push(match self.stop {
            Stop::Entry => "the stop stays where the entry put it".to_owned(),
            Stop::BreakEvenAfterSales { sales, .. } => {
                format!("the stop goes to the entry price after {sales} sale(s)")
            }
            Stop::BreakEvenAfterGain { gain_r, .. } => {
                format!("the stop goes to the entry price once the trade has been {gain_r} R ahead")
            }
            Stop::Trail { distance_r, distance_percent, .. } if 0.0 < distance_r => {
                format!("the stop follows at {distance_r} R (or {distance_percent} %)")
            }
            Stop::Trail { distance_percent, .. } => format!("the stop follows at {distance_percent} %"),
        });
        words.push(format!("after {} bars, the horizon, sell what is left", self.horizon_bars));
        words
    }
}
