//! The stored result of a run: everything that its report, tables and pictures say, before any of it is drawn.

mod ceiling;
mod check;
mod floor;
mod ground_rule;
mod importance;
mod net_r_histogram;
mod new_data;
mod paths;
mod plan_card;
mod policy_map;
mod provenance;
mod readable_rule;
mod risk_scale;
mod row;
pub(crate) mod shown;
mod trades;
mod withheld;

use scaleout_evaluation::{Evaluation, LotCosts};
use serde::{Deserialize, Serialize};

pub use ceiling::CeilingSummary;
pub use floor::FloorSummary;
pub use ground_rule::GroundRule;
pub use importance::{FeatureImportance, ModelImportance};
pub use net_r_histogram::{HistogramOfContestant, NetRHistogram};
pub use new_data::{DriftedFeature, MOST_OUTSIDE, NewComparison, NewData};
pub use paths::PathSummary;
pub use plan_card::{PlanCardSummary, PlanLoss};
pub use policy_map::{CellWidths, MapAxis, MapPanel, PolicyMap};
pub use provenance::{BarsRead, Dataset, Dropped, LedgerFacts, Provenance, SplitSummary};
pub use readable_rule::{Imitation, ReadableRule};
pub use risk_scale::{RiskRow, RiskScale};
pub use trades::{
    BookAction, BookRecord, ContestantTrades, EntryRecord, LegRecord, TakenRecord, TradeRecord, TradeRecords,
};

pub use withheld::{View, Withheld};

use crate::ReportError;

/// Version of `result.json` and `report.json`. What 0.1.0 wrote has no version and counts as 1.
pub const SCHEMA_VERSION: u32 = 2;

/// Name of the stored result in a run folder.
pub const RESULT_FILE: &str = "result.json";

/// Everything that a run found out. Files are functions of it and of nothing else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunResult {
    /// Version of the format.
    pub schema_version: u32,
    /// What was asked, as the title.
    pub title: String,
    /// Program and data.
    pub provenance: Provenance,
    /// The resolved configuration.
    pub config: serde_json::Value,
    /// How time was cut.
    pub splits: Vec<SplitSummary>,
    /// What was left out, and why.
    pub dropped: Vec<Dropped>,
    /// Every path of combinatorial splits; one under walk-forward, or none without a model or a ladder.
    pub paths: Vec<PathSummary>,
    /// What bound every contestant.
    pub rules: Vec<GroundRule>,
    /// What risk aversion costs and spares; `None` where too few trades tell.
    pub risk_scale: Option<RiskScale>,
    /// The learned exit as a ladder; `None` without a model.
    pub plan_card: Option<PlanCardSummary>,
    /// What the candidate was held to inside each training span; empty without a model, or of models that depart from no
    /// rule.
    #[serde(default)]
    pub floors: Vec<FloorSummary>,
    /// How much was attainable on the test trades; `None` where it cannot be told.
    #[serde(default)]
    pub ceiling: Option<CeilingSummary>,
    /// Models that read as a rule, and the rule that imitates the chosen one where that does not.
    pub readable_rules: Vec<ReadableRule>,
    /// What the models look at.
    pub importance: Vec<ModelImportance>,
    /// The chosen refit's policy, each map a picture of its own.
    pub policy_maps: Vec<PolicyMap>,
    /// What whole lots and minimum orders cost each contestant; empty where any part can be sold.
    pub lots: Vec<LotCosts>,
    /// Currency of the accounts.
    pub currency: String,
    /// A stored model on data that it was not trained on; `None` of a run and of its own backtest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_data: Option<NewData>,
    /// The figures.
    pub evaluation: Evaluation,
    /// How the net R of single trades is distributed.
    pub net_r_histogram: NetRHistogram,
    /// Every trade of every contestant.
    pub trades: TradeRecords,
    /// What could not be made after learning, and why.
    #[serde(default)]
    pub withheld: Vec<Withheld>,
}

impl RunResult {
    /// The contents of [`RESULT_FILE`], on one line.
    ///
    /// # Errors
    /// If its parts do not fit together.
    pub fn to_json(&self) -> Result<String, ReportError> {
        self.check()?;
        Ok(serde_json::to_string(self)? + "\n")
    }

    /// What [`Self::to_json`] wrote. Time and memory grow with the length of `text`.
    ///
    /// # Errors
    /// If `text` is no result, of another version, or its parts do not fit together.
    pub fn from_json(text: &str) -> Result<Self, ReportError> {
        #[derive(Deserialize)]
        struct Versioned {
            schema_version: u32,
        }
        let found = serde_json::from_str::<Versioned>(text).map_err(ReportError::NoResult)?.schema_version;
        if found != SCHEMA_VERSION {
            return Err(ReportError::Version { found, accepted: SCHEMA_VERSION });
        }
        let result: Self = serde_json::from_str(text).map_err(ReportError::NoResult)?;
        result.check()?;
        Ok(result)
    }
}

#[cfg(test)]
mod tests {
    use super::RunResult;
    use crate::{ReportError, each_file, example::example};

    fn files(result: &RunResult) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        each_file(result, |name, contents| -> Result<(), ReportError> {
            files.push((name.to_owned(), contents.to_vec()));
            Ok(())
        })
        .unwrap();
        files
    }

    #[test]
    fn what_is_stored_and_read_again_draws_the_same_bytes() {
        let result = example(0.3);
        let text = result.to_json().unwrap();
        let read = RunResult::from_json(&text).unwrap();
        assert_eq!(read, result);
        assert_eq!(read.to_json().unwrap(), text);
        assert_eq!(files(&read), files(&result));
    }

    #[test]
    fn what_is_no_result_of_this_version_is_refused_with_the_reason() {
        let check = |text: &str, reason: &str| {
            let error = RunResult::from_json(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        };
        check("{}", "missing field `schema_version`");
        check("[", "EOF");
        check("{\"schema_version\": 1}", "schema_version 1; accepted: 2");
        check("{\"schema_version\": 2}", "missing field `title`");
        let stored = |change: fn(&mut RunResult)| {
            let mut result = example(0.3);
            change(&mut result);
            serde_json::to_string(&result).unwrap()
        };
        check(&stored(|result| result.trades.contestants[2].trades.truncate(7)), "`trades` is 7");
        check(&stored(|result| result.trades.contestants[0].book[3].entry = 150), "`book` is 150");
        check(&stored(|result| result.evaluation.curves[1].equity_r.truncate(1)), "`equity_r` is 1");
        check(&stored(|result| result.evaluation.accounts.truncate(2)), "`accounts` is 2");
        check(&stored(|result| result.net_r_histogram.contestants[0].place = 99), "`net_r_histogram` is 99");
        check(&stored(|result| result.policy_maps[0].panels[0].held[3].truncate(4)), "columns of a policy map");
        check(&stored(|result| result.evaluation.verdict.winner = "nobody".into()), "`nobody`");
        check(&stored(|result| result.importance[0].features[0].gain_share = f64::NAN), "null");
    }
}
