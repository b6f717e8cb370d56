//! The report: an evaluation with everything that a reader must know beside it.

use scaleout_evaluation::{
    AccountResult, Comparison, ContestantResult, Evaluation, Intrabar, LotCosts, Overfitting, PermutationResult, Power,
    SensitivityResult, Verdict, Warning,
};
use scaleout_exits::ObjectiveUnit;
use scaleout_market::Timestamp;
use serde::{Serialize, Serializer};

use crate::{
    ModelImportance, PathSummary, PlanCardSummary, ReadableRule, ReportError, RiskScale, Rule, html, markdown,
    plots::Plot, prose,
};

/// An evaluation and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What was asked, as the title.
    pub title: String,
    /// The resolved configuration.
    pub config: serde_json::Value,
    /// Program and data.
    pub provenance: Provenance,
    /// How time was cut.
    pub splits: Vec<SplitSummary>,
    /// What was left out, and why.
    pub dropped: Vec<Dropped>,
    /// Every path of combinatorial splits; one under walk-forward, or none without a model or a ladder.
    pub paths: Vec<PathSummary>,
    /// What bound every contestant.
    pub rules: Vec<Rule>,
    /// What risk aversion costs and spares; `None` where too few trades tell.
    pub risk: Option<RiskScale>,
    /// The learned exit as a ladder; `None` without a model.
    pub plan_card: Option<PlanCardSummary>,
    /// Models that read as a rule, and the rule that imitates the chosen one where that does not.
    pub readable_rules: Vec<ReadableRule>,
    /// What the models look at.
    pub importance: Vec<ModelImportance>,
    /// What whole lots and least orders cost each contestant; empty where any part can be sold.
    pub lots: Vec<LotCosts>,
    /// Currency of the accounts.
    pub currency: String,
    /// The figures.
    pub evaluation: Evaluation,
}

/// What made the report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Provenance {
    /// Version of the program.
    pub version: String,
    /// Seed of the run.
    pub seed: u64,
    /// Data read.
    pub datasets: Vec<Dataset>,
    /// The ledger of tries, if one is kept.
    pub ledger: Option<LedgerFacts>,
}

/// The ledger that counts the configurations judged on the same test trades.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LedgerFacts {
    /// Its file.
    pub name: String,
    /// Of the file once the run is entered, in hexadecimal.
    pub sha256: String,
    /// Configurations judged on these trades, this one included.
    pub trials: usize,
}

/// One data set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dataset {
    /// Its name.
    pub name: String,
    /// Of the file as read, in hexadecimal.
    pub sha256: String,
}

/// One split of time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SplitSummary {
    /// Its name, as `fold 1`.
    pub name: String,
    /// Entries trained on.
    pub train: usize,
    /// Entries tested on.
    pub test: usize,
    /// Entries dropped from training because their outcome reaches into the test.
    pub purged: usize,
    /// Entries dropped from training by the embargo.
    pub embargoed: usize,
    /// First tested entry.
    #[serde(serialize_with = "as_text")]
    pub test_start: Timestamp,
    /// Last tested entry.
    #[serde(serialize_with = "as_text")]
    pub test_end: Timestamp,
}

/// Something that was left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dropped {
    /// What, as `entries`.
    pub what: String,
    /// How many.
    pub count: usize,
    /// Why.
    pub reason: String,
}

fn as_text<S: Serializer>(ts: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(ts)
}

#[derive(Serialize)]
struct Json<'a> {
    title: &'a str,
    objective_unit: ObjectiveUnit,
    verdict: &'a Verdict,
    warnings: &'a [Warning],
    risk_in_money: Option<&'a str>,
    trading_days_per_year: f64,
    power: &'a Power,
    contestants: &'a [ContestantResult],
    accounts: &'a [AccountResult],
    lots: &'a [LotCosts],
    comparisons: &'a [Comparison],
    overfitting: &'a Overfitting,
    permutations: &'a [PermutationResult],
    intrabar: &'a Intrabar,
    sensitivity: &'a [SensitivityResult],
    plan_card: Option<&'a PlanCardSummary>,
    readable_rules: &'a [ReadableRule],
    importance: &'a [ModelImportance],
    risk_scale: Option<&'a RiskScale>,
    rules: &'a [Rule],
    paths: &'a [PathSummary],
    splits: &'a [SplitSummary],
    dropped: &'a [Dropped],
    provenance: &'a Provenance,
    config: &'a serde_json::Value,
}

impl Report {
    /// The whole report as JSON, with a line break at the end.
    pub fn json(&self) -> Result<String, ReportError> {
        let evaluation = &self.evaluation;
        let document = Json {
            title: &self.title,
            objective_unit: evaluation.objective.unit(),
            verdict: &evaluation.verdict,
            warnings: &evaluation.warnings,
            risk_in_money: evaluation.risk_in_money.as_deref(),
            trading_days_per_year: evaluation.trading_days_per_year,
            power: &evaluation.power,
            contestants: &evaluation.contestants,
            accounts: &evaluation.accounts,
            lots: &self.lots,
            comparisons: &evaluation.comparisons,
            overfitting: &evaluation.overfitting,
            permutations: &evaluation.permutations,
            intrabar: &evaluation.intrabar,
            sensitivity: &evaluation.sensitivity,
            plan_card: self.plan_card.as_ref(),
            readable_rules: &self.readable_rules,
            importance: &self.importance,
            risk_scale: self.risk.as_ref(),
            rules: &self.rules,
            paths: &self.paths,
            splits: &self.splits,
            dropped: &self.dropped,
            provenance: &self.provenance,
            config: &self.config,
        };
        Ok(serde_json::to_string_pretty(&document)? + "\n")
    }

    /// The report for people, as Markdown; pictures are linked as `plots/NAME.svg`.
    pub fn markdown(&self, plots: &[Plot]) -> String {
        markdown::markdown(&self.title, &prose::prose(self, plots))
    }

    /// The report for people as one HTML file with the pictures inside, that asks no network for anything.
    pub fn html(&self, plots: &[Plot]) -> String {
        html::html(&self.title, &prose::prose(self, plots))
    }
}

#[cfg(test)]
mod tests {
    use scaleout_evaluation::{
        LotCosts, Trials,
        fake::{FakeRun, bar_close},
    };

    use super::{Dataset, Dropped, LedgerFacts, Provenance, Report, SplitSummary};
    use crate::{
        FeatureImportance, Imitation, ModelImportance, PlanCardSummary, PlanLoss, ReadableRule, Rule,
        plots::{Extras, plots},
        summary_table,
    };

    fn report(run: &FakeRun) -> Report {
        Report {
            title: "Fake <market>".into(),
            config: serde_json::json!({"horizon_bars": 20}),
            provenance: Provenance {
                version: "0.1.0".into(),
                seed: 1,
                datasets: vec![Dataset { name: "fake".into(), sha256: "ab".repeat(32) }],
                ledger: Some(LedgerFacts { name: "tries.jsonl".into(), sha256: "cd".repeat(32), trials: 1 }),
            },
            splits: vec![SplitSummary {
                name: "fold 1".into(),
                train: 80,
                test: 70,
                purged: 3,
                embargoed: 0,
                test_start: bar_close(3),
                test_end: bar_close(9),
            }],
            dropped: vec![Dropped { what: "entries".into(), count: 2, reason: "the horizon passes the end".into() }],
            paths: Vec::new(),
            rules: vec![Rule { what: "horizon".into(), holds: "20 bars".into() }],
            risk: None,
            plan_card: Some(card()),
            readable_rules: vec![ReadableRule {
                model: "trees".into(),
                lines: vec!["if x < 1: sell all".into(), "if x >= 1: hold 1/2".into()],
                imitation: Some(Imitation { trades: 150, model_objective: 0.3, rule_objective: 0.2 }),
            }],
            importance: vec![ModelImportance {
                model: "trees".into(),
                is_chosen: true,
                trades: 70,
                features: vec![FeatureImportance {
                    feature: "atr(window=14)".into(),
                    gain_share: 0.6,
                    permutation_lost_r: 0.02,
                    permutation_deviation_r: 0.004,
                }],
            }],
            lots: vec![LotCosts {
                name: "trees".into(),
                trades: 150,
                trades_changed: 3,
                sales_merged: 4,
                net_r: 0.02,
                objective: 0.01,
                worst_net_r: 0.5,
            }],
            currency: "USD".into(),
            evaluation: run.evaluate(),
        }
    }

    fn card() -> PlanCardSummary {
        let loss =
            PlanLoss { trades: 150, model_objective: 0.3, plan_objective: 0.1, lost_r: 0.2, ci95: Some([0.1, 0.3]) };
        PlanCardSummary {
            name: "plan card".into(),
            policy: serde_json::json!({"kind": "plan"}),
            words: vec!["Sell half at 1 R.".into()],
            distance: 0.3,
            tried: 50,
            in_sample: loss.clone(),
            out_of_sample: Some(PlanLoss { lost_r: 0.05, ..loss.clone() }),
            is_substitute: PlanCardSummary::may_stand_in(Some(&loss)),
        }
    }

    #[test]
    fn json_has_the_agreed_keys_and_the_same_bytes_twice() {
        let mut run = FakeRun::new(4, 150, 0.3);
        run.trials = Trials::Counted(1);
        let text = report(&run).json().unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        for pointer in [
            "/config/horizon_bars",
            "/provenance/version",
            "/provenance/seed",
            "/provenance/datasets/0/sha256",
            "/splits/0/train",
            "/contestants/0/name",
            "/contestants/0/kind",
            "/contestants/0/metrics/mean_objective/value",
            "/contestants/0/metrics/mean_objective/ci95/1",
            "/contestants/0/metrics/mean_objective/unit",
            "/accounts/0/end_equity",
            "/accounts/0/missed/position-open/0",
            "/lots/0/sales_merged",
            "/comparisons/0/candidate",
            "/comparisons/0/baseline",
            "/comparisons/0/mean_objective_difference",
            "/comparisons/0/mean_difference_r",
            "/comparisons/0/ci95/0",
            "/comparisons/0/p_value",
            "/comparisons/0/p_value_adjusted",
            "/overfitting/n_trials",
            "/overfitting/trials_on_test",
            "/provenance/ledger/sha256",
            "/overfitting/deflated_sharpe",
            "/overfitting/pbo",
            "/overfitting/spa_p",
            "/intrabar/rule",
            "/intrabar/ambiguous_share",
            "/intrabar/by_rule/1/label",
            "/verdict/winner",
            "/verdict/better_than_rule",
            "/verdict/beats_all",
            "/verdict/better_than_ladder",
            "/verdict/advice",
            "/verdict/conditions/0/question",
            "/verdict/sentence",
            "/plan_card/out_of_sample/lost_r",
            "/readable_rules/0/imitation/rule_objective",
            "/importance/0/features/0/permutation_lost_r",
            "/rules/0/holds",
        ] {
            assert!(value.pointer(pointer).is_some_and(|value| !value.is_null()), "{pointer}");
        }
        assert_eq!(value["verdict"]["better_than_rule"], true);
        assert_eq!(value["verdict"]["better_than_ladder"], true);
        assert_eq!(text, report(&run).json().unwrap());
    }

    #[test]
    fn people_read_the_verdict_first() {
        let run = FakeRun::new(4, 150, 0.0);
        let report = report(&run);
        let pictures = plots(&report.evaluation, &run.contestants, Extras::default()).unwrap();
        let text = report.markdown(&pictures);
        let sentence = &report.evaluation.verdict.sentence;
        assert!(text.find(sentence.as_str()).unwrap() < text.find("|").unwrap());
        assert!(sentence.contains("no learned exit is shown to beat it"), "{sentence}");
        assert!(text.contains("plots/equity.svg") && text.contains("the horizon passes the end"));
        assert!(text.contains("- if x >= 1: hold 1/2") && text.contains("+0.300 R a trade for the model"), "{text}");
        assert!(text.contains("- Sell half at 1 R.") && text.contains("out of sample"));
        assert!(text.contains("not a substitute"), "its loss has an interval above 0");
        let not_significant = PlanLoss { ci95: Some([-0.1, 0.3]), ..card().in_sample };
        assert!(PlanCardSummary::may_stand_in(Some(&not_significant)) && PlanCardSummary::may_stand_in(None));
        assert!(!text.contains("NaN"));

        let page = report.html(&pictures);
        assert!(page.contains("Fake &lt;market&gt;") && page.contains("<svg"));
        assert!(!page.contains("src=\"http") && !page.contains("href=\"http") && !page.contains("<script"));
        if let Some(folder) = std::env::var_os("SCALEOUT_PLOTS") {
            std::fs::write(std::path::Path::new(&folder).join("report.md"), &text).unwrap();
            std::fs::write(std::path::Path::new(&folder).join("report.html"), &page).unwrap();
            std::fs::write(std::path::Path::new(&folder).join("report.json"), report.json().unwrap()).unwrap();
            let table = summary_table(&report.evaluation);
            std::fs::write(std::path::Path::new(&folder).join("summary.txt"), table).unwrap();
        }
    }
}
