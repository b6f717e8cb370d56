//! A plain exit rule that one row of features decides: a schedule by the bars left, and levels that end the trade.

use serde::{Deserialize, Serialize};

use crate::{
    checks::{RowShape, hold, hold_length},
    error::ModelError,
};

/// Most levels of a rule.
const MOST_LEVELS: usize = 16;

/// A plain exit rule: each tranche is sold when few enough bars are left, all of them when a feature reaches a level.
///
/// It reads one row and nothing else, so it can stand in any exported model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineRule {
    /// What a reader calls it.
    pub name: String,
    /// Place of the bars to the horizon in the row.
    pub time_feature: usize,
    /// For each tranche k = 1 … K: it is sold when no more bars than this are left to the horizon. The last tranches
    /// are sold first, so the numbers never fall.
    pub bars_left_when_sold: Vec<u32>,
    /// Everything is sold where any of these holds.
    pub exits: Vec<ExitLevel>,
}

/// A level of a feature at which everything is sold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExitLevel {
    /// Place of the feature in the row.
    pub feature: usize,
    /// Which side of the level ends the trade.
    pub when: Beyond,
    /// The level, in the unit of the feature.
    pub level: f32,
}

/// A side of a level, the level itself included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Beyond {
    /// At the level or above it.
    AtLeast,
    /// At the level or below it.
    AtMost,
}

impl BaselineRule {
    /// Tranches kept through the next bar.
    pub fn kept(&self, row: &[f32]) -> usize {
        let is_reached = |exit: &ExitLevel| match exit.when {
            Beyond::AtLeast => exit.level <= row[exit.feature],
            Beyond::AtMost => row[exit.feature] <= exit.level,
        };
        if self.exits.iter().any(is_reached) {
            return 0;
        }
        let bars_left = row[self.time_feature];
        self.bars_left_when_sold.iter().take_while(|&&sold| (sold as f32) < bars_left).count()
    }

    /// Nothing, if it can read rows of that shape and says what becomes of each tranche.
    pub(crate) fn check(&self, shape: RowShape) -> Result<(), ModelError> {
        let tranches = self.bars_left_when_sold.len();
        hold_length("bars_left_when_sold", tranches, shape.tranches)?;
        let rises = self.bars_left_when_sold.is_sorted();
        hold(rises, "bars_left_when_sold", format!("{:?}", self.bars_left_when_sold), "numbers that never fall")?;
        let is_time = self.time_feature == shape.time_feature;
        hold(is_time, "time_feature", self.time_feature, shape.time_feature.to_string())?;
        hold(self.exits.len() <= MOST_LEVELS, "the length of exits", self.exits.len(), format!("0 to {MOST_LEVELS}"))?;
        self.exits.iter().enumerate().try_for_each(|(place, exit)| {
            let is_feature = exit.feature < shape.present();
            let accepted = format!("below {}", shape.present());
            hold(is_feature, &format!("exits[{place}].feature"), exit.feature, accepted)?;
            hold(exit.level.is_finite(), &format!("exits[{place}].level"), exit.level, "a finite number")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tranches_leave_by_the_bars_left_and_all_at_a_level() {
        let target = ExitLevel { feature: 1, when: Beyond::AtLeast, level: 2.0 };
        let rule = BaselineRule {
            name: "half after six bars, all at 2 R".into(),
            time_feature: 0,
            bars_left_when_sold: vec![0, 4],
            exits: vec![target],
        };
        let kept = |bars_left: f32, unrealised_r: f32| rule.kept(&[bars_left, unrealised_r]);
        assert_eq!([kept(10.0, 0.0), kept(5.0, 1.9), kept(4.0, 1.9), kept(1.0, -9.0)], [2, 2, 1, 1]);
        assert_eq!([kept(10.0, 2.0), kept(4.0, 2.5)], [0, 0]);
        assert_eq!(kept(10.0, f32::NAN), 2, "what is missing reaches no level");
        let stop = ExitLevel { feature: 1, when: Beyond::AtMost, level: -1.0 };
        let rule = BaselineRule { exits: vec![stop], ..rule };
        assert_eq!([rule.kept(&[10.0, -0.9]), rule.kept(&[10.0, -1.0])], [2, 0]);
    }
}
