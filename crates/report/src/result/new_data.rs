//! What became of a stored model on data that it was not trained on.

use scaleout_evaluation::number::{interval, signed, trades};
use serde::{Deserialize, Serialize};

/// Share outside the training's .1–99.9 % range from which a feature counts as drifted: ten times that of the training.
pub const MOST_OUTSIDE: f64 = 0.02;

/// A backtest of a stored model on another experiment: whether it still beats what it was judged against, and how far the
/// features are from those of its training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewData {
    /// The experiment that the model was trained in.
    pub trained_in: String,
    /// Whether its own run showed it to beat the ladder; `None` without its contract.
    pub beat_ladder_before: Option<bool>,
    /// The verdict of its own run; `None` without its contract.
    pub verdict_before: Option<String>,
    /// Whether the trades here are new to the model; if not, nothing is concluded.
    pub is_new: bool,
    /// Trades replayed here.
    pub trades: usize,
    /// The ladder with the best J on the training trades; `None` without ladders.
    pub ladder: Option<NewComparison>,
    /// The rule of any kind with the best J on the training trades.
    pub rule: Option<NewComparison>,
    /// The features, the most distant first; empty without the model's contract.
    pub features: Vec<DriftedFeature>,
}

/// The model against a rule that was chosen in training, on the trades here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewComparison {
    /// Name of the rule.
    pub baseline: String,
    /// Mean difference in J per trade.
    pub mean_objective_difference: f64,
    /// Two-sided 95 % interval of it.
    pub ci95: Option<[f64; 2]>,
    /// Whether the model is shown to beat it, by every condition of the verdict.
    pub is_beaten: bool,
}

/// A feature in the decisions here beside those of the training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DriftedFeature {
    /// Its name.
    pub feature: String,
    /// The .1 %, 50 % and 99.9 % quantiles of the training.
    pub training: [Option<f32>; 3],
    /// The median here.
    pub median: Option<f32>,
    /// Share of the known values here outside the training's .1–99.9 % range.
    pub outside_share: Option<f64>,
    /// Missing values, as a share: in training and here.
    pub missing_share: [f64; 2],
    /// Kolmogorov-Smirnov distance at the 19 training quantiles, 0 to 1.
    pub distance: Option<f64>,
    /// The distance that chance alone exceeds for one feature or more of the list in 5 %; above 1 with too few trades.
    pub limit: f64,
}

impl DriftedFeature {
    /// Whether the feature is not what it was in training.
    pub fn has_drifted(&self) -> bool {
        self.distance.is_some_and(|distance| self.limit < distance)
            || self.outside_share.is_some_and(|share| MOST_OUTSIDE < share)
    }
}

impl NewData {
    /// Whether the model still beats the ladder, in a sentence or two.
    pub fn sentence(&self) -> String {
        let count = trades(self.trades);
        if !self.is_new {
            return format!("The model may have learned from the prices of these {count}: nothing is concluded.");
        }
        let Some(ladder) = &self.ladder else {
            return format!("No ladder was tuned in training, so none is compared on these {count}.");
        };
        let found = match (self.beat_ladder_before, ladder.is_beaten) {
            (Some(true), true) => "The model still beats the ladder that was chosen in its training.",
            (Some(true), false) => "The model is no longer shown to beat the ladder that was chosen in its training.",
            (Some(false), true) => {
                "The model beats the ladder that was chosen in its training; its own run did not show that."
            }
            (Some(false), false) => {
                "As in its own run, the model is not shown to beat the ladder that was chosen in its training."
            }
            (None, true) => "The model beats the ladder that was chosen in its training.",
            (None, false) => "The model is not shown to beat the ladder that was chosen in its training.",
        };
        format!(
            "{found} On these {count} its J is {} a trade against `{}` ({}).",
            signed(ladder.mean_objective_difference),
            ladder.baseline,
            interval(ladder.ci95)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{DriftedFeature, NewComparison, NewData};

    #[test]
    fn the_sentence_says_what_changed() {
        let found = |before, now| {
            let ladder = NewComparison {
                baseline: "ladder-2".into(),
                mean_objective_difference: 0.03,
                ci95: Some([0.01, 0.05]),
                is_beaten: now,
            };
            let data = NewData {
                trained_in: "old".into(),
                beat_ladder_before: before,
                verdict_before: None,
                is_new: true,
                trades: 80,
                ladder: Some(ladder),
                rule: None,
                features: Vec::new(),
            };
            let seen = NewData { is_new: false, ..data.clone() };
            assert!(seen.sentence().ends_with("nothing is concluded."), "{}", seen.sentence());
            data.sentence()
        };
        for (before, now, words) in [
            (Some(true), true, "still beats"),
            (Some(true), false, "is no longer shown to beat"),
            (Some(false), true, "its own run did not show that"),
            (Some(false), false, "As in its own run, the model is not shown"),
            (None, false, "The model is not shown"),
        ] {
            let sentence = found(before, now);
            let ends =
                "On these 80 trades its J is +0.030 a trade against `ladder-2` (95 % interval +0.010 to +0.050).";
            assert!(sentence.contains(words) && sentence.ends_with(ends), "{sentence}");
        }
    }

    #[test]
    fn a_feature_drifts_by_its_distance_or_by_what_is_outside() {
        let drifted = |distance, outside_share| {
            let training = [Some(0.0), Some(0.5), Some(1.0)];
            let feature = DriftedFeature {
                feature: "rsi".into(),
                training,
                median: Some(0.5),
                outside_share,
                missing_share: [0.0, 0.0],
                distance,
                limit: 0.2,
            };
            feature.has_drifted()
        };
        assert!(drifted(Some(0.21), Some(0.0)) && drifted(None, Some(0.03)));
        assert!(!drifted(Some(0.2), Some(0.02)) && !drifted(None, None));
    }
}
