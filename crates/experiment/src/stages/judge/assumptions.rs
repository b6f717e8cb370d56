//! The main assumptions with one thing changed at a time.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use scaleout_evaluation::{Assumption, SensitivityLeg, TradeScores};
use scaleout_exits::{IntrabarRule, Objective, ReplayConfig};

use crate::{
    ExperimentError, Prepared,
    stages::judge::{field::Field, names::CANDIDATE, rules::JudgedExit},
};

/// The main assumptions with one thing changed at a time.
pub(super) fn assumptions(prepared: &Prepared) -> Vec<(Assumption, ReplayConfig)> {
    let main = &prepared.config.replay;
    let mut histories = prepared.markets.iter().map(|market| &market.loaded.history);
    let has_finer = histories.all(|history| !history.trades.is_empty() || !history.finer.is_empty());
    let rules = IntrabarRule::ALL
        .into_iter()
        .filter(|&rule| rule != main.intrabar && (has_finer || rule != IntrabarRule::LowerTimeframe))
        .map(|rule| (Assumption::Intrabar(rule.name().to_owned()), main.with_intrabar(rule)));
    rules.chain([(Assumption::CostsTimes(2.0), main.with_costs_times(2.0))]).collect()
}

impl Field<'_> {
    /// What the candidate and its benchmarks earn in J at half and at twice the risk aversion; nothing without risk
    /// aversion. What the rules do stays: only J counts it otherwise.
    pub(super) fn other_risk_aversions(
        &self,
        assumptions: &ReplayConfig,
    ) -> Result<Vec<SensitivityLeg>, ExperimentError> {
        let main = &self.prepared.objective;
        if main.risk_aversion == 0.0 {
            return Ok(Vec::new());
        }
        let judged = [Some(CANDIDATE), self.in_span_rule.as_deref(), self.in_span_ladder.as_deref()];
        let rules: Vec<&JudgedExit> =
            self.rules.iter().filter(|rule| judged.contains(&Some(rule.name.as_str()))).collect();
        [0.5, 2.0]
            .into_iter()
            .map(|times| {
                let objective = Objective { risk_aversion: times * main.risk_aversion, ..main.clone() };
                let scores: Vec<Result<TradeScores, ExperimentError>> = rules
                    .par_iter()
                    .map(|rule| {
                        let policy_of = |place| rule.policies[self.fold_of_place(place)].as_ref();
                        let outcomes = self.prepared.replay_under(&self.places, policy_of, assumptions, &objective)?;
                        Ok(TradeScores::new(rule.name.clone(), &outcomes))
                    })
                    .collect();
                let scores = scores.into_iter().collect::<Result<_, _>>()?;
                Ok(SensitivityLeg { assumption: Assumption::RiskAversionTimes(times), scores })
            })
            .collect()
    }
}
