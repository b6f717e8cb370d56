//! `report.json`: the figures for programs. Its keys stand in `docs/report_json.md`.

use std::collections::BTreeMap;

use scaleout_evaluation::{
    AccountResult, AsTraded, ByMarket, Comparison, ContestantResult, Intrabar, LotCosts, Overfitting, PairedFigures,
    PermutationResult, Power, SensitivityResult, Verdict, Warning,
};
use scaleout_exits::{MissedReason, ObjectiveUnit};
use serde::Serialize;

use crate::{
    CeilingSummary, Dropped, FloorSummary, GroundRule, ModelImportance, NewData, PathSummary, PlanCardSummary,
    Provenance, ReadableRule, ReportError, RiskScale, RunResult, SplitSummary, Withheld,
};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    title: &'a str,
    objective_unit: ObjectiveUnit,
    verdict: &'a Verdict,
    warnings: &'a [Warning],
    risk_in_money: Option<&'a str>,
    trading_days_per_year: f64,
    power: &'a Power,
    contestants: &'a [ContestantResult],
    accounts: Vec<Account<'a>>,
    lots: &'a [LotCosts],
    comparisons: &'a [Comparison],
    paired: &'a [PairedFigures],
    scaling: Option<&'a PairedFigures>,
    by_market: Option<&'a ByMarket>,
    as_traded: Option<&'a AsTraded>,
    overfitting: &'a Overfitting,
    permutations: &'a [PermutationResult],
    intrabar: &'a Intrabar,
    sensitivity: &'a [SensitivityResult],
    new_data: Option<NewDataEntry<'a>>,
    plan_card: Option<&'a PlanCardSummary>,
    floors: &'a [FloorSummary],
    ceiling: Option<&'a CeilingSummary>,
    readable_rules: &'a [ReadableRule],
    importance: &'a [ModelImportance],
    risk_scale: Option<&'a RiskScale>,
    rules: &'a [GroundRule],
    paths: &'a [PathSummary],
    splits: Vec<SplitEntry<'a>>,
    dropped: &'a [Dropped],
    withheld: &'a [Withheld],
    provenance: &'a Provenance,
    config: &'a serde_json::Value,
}

/// Money as numbers, and without what `equity.csv` and `returns.csv` hold.
#[derive(Serialize)]
struct Account<'a> {
    name: &'a str,
    capital: f64,
    end_equity: f64,
    net: f64,
    fees: f64,
    carry: f64,
    taken: usize,
    cut: usize,
    missed: &'a BTreeMap<MissedReason, Vec<String>>,
    largest_margin_frac: f64,
    max_drawdown_frac: f64,
    equity_by_day: &'a [f64],
}

impl<'a> From<&'a AccountResult> for Account<'a> {
    fn from(account: &'a AccountResult) -> Self {
        Self {
            name: &account.name,
            capital: account.capital.as_f64(),
            end_equity: account.end_equity.as_f64(),
            net: account.net.as_f64(),
            fees: account.fees.as_f64(),
            carry: account.carry.as_f64(),
            taken: account.taken,
            cut: account.cut,
            missed: &account.missed,
            largest_margin_frac: account.largest_margin_frac,
            max_drawdown_frac: account.max_drawdown_frac,
            equity_by_day: &account.equity_by_day,
        }
    }
}

/// With the sentence and which features drifted.
#[derive(Serialize)]
struct NewDataEntry<'a> {
    sentence: String,
    drifted: Vec<&'a str>,
    #[serde(flatten)]
    data: &'a NewData,
}

impl<'a> From<&'a NewData> for NewDataEntry<'a> {
    fn from(data: &'a NewData) -> Self {
        let drifted = data.features.iter().filter(|feature| feature.has_drifted());
        Self { sentence: data.sentence(), drifted: drifted.map(|feature| feature.feature.as_str()).collect(), data }
    }
}

/// Times as text.
#[derive(Serialize)]
struct SplitEntry<'a> {
    name: &'a str,
    train: usize,
    test: usize,
    purged: usize,
    embargoed: usize,
    test_start: String,
    test_end: String,
}

impl<'a> From<&'a SplitSummary> for SplitEntry<'a> {
    fn from(split: &'a SplitSummary) -> Self {
        Self {
            name: &split.name,
            train: split.train,
            test: split.test,
            purged: split.purged,
            embargoed: split.embargoed,
            test_start: split.test_start.to_string(),
            test_end: split.test_end.to_string(),
        }
    }
}

impl RunResult {
    /// The contents of `report.json`, with a line break at the end.
    ///
    /// # Errors
    /// If it cannot be written as JSON.
    pub fn report_json(&self) -> Result<String, ReportError> {
        let evaluation = &self.evaluation;
        let document = Document {
            schema_version: self.schema_version,
            title: &self.title,
            objective_unit: evaluation.objective.unit(),
            verdict: &evaluation.verdict,
            warnings: &evaluation.warnings,
            risk_in_money: evaluation.risk_in_money.as_deref(),
            trading_days_per_year: evaluation.trading_days_per_year,
            power: &evaluation.power,
            contestants: &evaluation.contestants,
            accounts: evaluation.accounts.iter().map(Account::from).collect(),
            lots: &self.lots,
            comparisons: &evaluation.comparisons,
            paired: &evaluation.paired,
            scaling: evaluation.scaling.as_ref(),
            by_market: evaluation.by_market.as_ref(),
            as_traded: evaluation.as_traded.as_ref(),
            overfitting: &evaluation.overfitting,
            permutations: &evaluation.permutations,
            intrabar: &evaluation.intrabar,
            sensitivity: &evaluation.sensitivity,
            new_data: self.new_data.as_ref().map(NewDataEntry::from),
            plan_card: self.plan_card.as_ref(),
            floors: &self.floors,
            ceiling: self.ceiling.as_ref(),
            readable_rules: &self.readable_rules,
            importance: &self.importance,
            risk_scale: self.risk_scale.as_ref(),
            rules: &self.rules,
            paths: &self.paths,
            splits: self.splits.iter().map(SplitEntry::from).collect(),
            dropped: &self.dropped,
            withheld: &self.withheld,
            provenance: &self.provenance,
            config: &self.config,
        };
        Ok(serde_json::to_string_pretty(&document)? + "\n")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use crate::{SCHEMA_VERSION, example::example};

    /// Maps whose keys are names and not part of the format.
    const NAMED: [&str; 8] = [
        "contestants[].metrics",
        "paired[].groups[].figures",
        "scaling.groups[].figures",
        "accounts[].missed",
        "intrabar.by_rule[].mean_objective",
        "intrabar.spread",
        "sensitivity[].mean_objective",
        "config",
    ];

    fn keys(value: &Value, path: &str, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let key = if NAMED.contains(&path) { "NAME" } else { key };
                    let inner = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
                    found.insert(inner.clone());
                    if path != "config" {
                        keys(value, &inner, found);
                    }
                }
            }
            Value::Array(values) => values.iter().for_each(|value| keys(value, &format!("{path}[]"), found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn every_key_stands_in_the_table_of_the_docs_and_no_other() {
        let mut found = BTreeSet::new();
        let value: Value = serde_json::from_str(&example(0.3).report_json().unwrap()).unwrap();
        keys(&value, "", &mut found);
        let page = include_str!("../../docs/report_json.md");
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
        // What a config says is documented elsewhere, and a comparison has the same keys everywhere.
        let open = ["plan_card.policy.", ".assumption.", ".comparison.", ".against_ladder.", "config."];
        let is_open = |key: &str| open.iter().any(|open| key.contains(open));
        let documented: BTreeSet<String> = rows.map(|(key, _)| key.to_owned()).collect();
        found.retain(|key| !is_open(key));
        let missing: Vec<_> = found.difference(&documented).collect();
        let stale: Vec<_> = documented.difference(&found).collect();
        assert!(missing.is_empty() && stale.is_empty(), "not in the table: {missing:#?}\nno longer a key: {stale:#?}");
        assert_eq!(value["schema_version"], SCHEMA_VERSION);
    }

    #[test]
    fn the_same_result_gives_the_same_bytes_twice() {
        assert_eq!(example(0.3).report_json().unwrap(), example(0.3).report_json().unwrap());
    }
}
