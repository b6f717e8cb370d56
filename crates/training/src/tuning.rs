//! Baselines tuned in the same objective and on the same trades as the models.

use scaleout_exits::{EntryOnMarket, ExitPolicy, Objective, ReplayConfig, policies::PolicyConfig, replay_each};

use crate::error::TrainingError;

/// J of every entry under every setting of one family of rules.
///
/// J of an entry does not depend on the other entries, so one replay of the grid serves every fold: choosing for a
/// fold looks only at its training entries.
#[derive(Debug, Clone, PartialEq)]
pub struct GridObjectives {
    settings: Vec<PolicyConfig>,
    /// J by setting, then by entry.
    objectives: Vec<Vec<f64>>,
    objective: Objective,
}

/// The setting of a family that is best on some entries.
#[derive(Debug, Clone, PartialEq)]
pub struct TunedPolicy {
    /// The setting.
    pub config: PolicyConfig,
    /// Its mean J on those entries; under exponential utility the certainty equivalent, in R.
    pub mean_objective: f64,
    /// Settings tried, this one included.
    pub trials: usize,
}

impl GridObjectives {
    /// Replays every one of `settings`, at least one, on all `entries`, whose inputs must hold what all of them read.
    ///
    /// # Errors
    /// An entry that cannot be replayed, or an input that is missing.
    pub fn replay_settings(
        settings: Vec<PolicyConfig>,
        entries: &[EntryOnMarket<'_>],
        objective: &Objective,
        config: &ReplayConfig,
    ) -> Result<Self, TrainingError> {
        let objectives = settings
            .iter()
            .map(|setting| {
                let policy: Box<dyn ExitPolicy> = setting.build();
                let outcomes = replay_each(entries, |_| &*policy, objective, config)?;
                Ok(outcomes.iter().map(|outcome| outcome.objective).collect())
            })
            .collect::<Result<Vec<_>, TrainingError>>()?;
        Ok(Self { settings, objectives, objective: objective.clone() })
    }

    /// The settings, in the order of [`Self::objectives`].
    pub fn settings(&self) -> &[PolicyConfig] {
        &self.settings
    }

    /// J of every entry, by setting.
    pub fn objectives(&self) -> &[Vec<f64>] {
        &self.objectives
    }

    /// The setting with the highest mean J over the entries at `train`; of equals the first. `None` without entries
    /// or settings.
    pub fn best_on(&self, train: &[usize]) -> Option<TunedPolicy> {
        let mean = |values: &Vec<f64>| train.iter().map(|&entry| values[entry]).sum::<f64>() / train.len() as f64;
        let means: Vec<f64> = self.objectives.iter().map(mean).collect();
        let best = (0..means.len())
            .filter(|_| !train.is_empty())
            .reduce(|best, next| if means[best] < means[next] { next } else { best })?;
        Some(TunedPolicy {
            config: self.settings[best].clone(),
            mean_objective: self.objective.certainty_equivalent_r(means[best]),
            trials: self.settings.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use scaleout_exits::policies::PolicyFamily;

    use super::*;

    #[test]
    fn the_best_setting_is_chosen_on_the_training_entries_alone() {
        let settings: Vec<PolicyConfig> = PolicyConfig::grid(PolicyFamily::Time).into_iter().take(2).collect();
        let grid = GridObjectives {
            settings: settings.clone(),
            objectives: vec![vec![0.5, 0.0, -9.0], vec![0.1, 0.1, 9.0]],
            objective: Objective::mean_variance(0.0),
        };
        let tuned = grid.best_on(&[0, 1]).unwrap();
        assert_eq!((tuned.config, tuned.mean_objective, tuned.trials), (settings[0].clone(), 0.25, 2));
        assert_eq!(grid.best_on(&[1, 2]).unwrap().config, settings[1]);
        assert_eq!(grid.best_on(&[]), None);
    }
}
