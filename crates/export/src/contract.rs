//! `contract.json`: what must hold wherever a model is used.

use std::collections::BTreeMap;

use scaleout_exits::{Objective, ReplayConfig, TradeTerms};
use scaleout_market::{Instrument, Timestamp};
use scaleout_model::{Model, SaleConstraints, Shape, sealed};
use serde::{Deserialize, Serialize};

use crate::{FeatureCode, FeatureInput, NumberInput, feature_code, feature_inputs, trade_inputs};

/// The newest version of the contract, the one that is written.
pub const CONTRACT_VERSION: u32 = 1;

/// The JSON Schema of the contract.
pub const CONTRACT_SCHEMA: &str = include_str!("contract.schema.json");

/// What must hold wherever a model is used: what goes in, what comes out, when, at what costs, for how long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelContract {
    /// Where the schema lies.
    #[serde(rename = "$schema")]
    pub schema: String,
    /// Version of the format.
    pub version: u32,
    /// Version of scaleout that wrote it.
    pub product_version: String,
    /// The experiment that the model was trained in.
    pub experiment: String,
    /// The kind of learner.
    pub learner: String,
    /// SHA-256 of every file that lies beside it, by name.
    pub files: BTreeMap<String, String>,
    /// The features of a row, in order.
    pub features: Vec<FeatureInput>,
    /// Bars whose rows the model reads, T; with more than one its input is `window` in place of `features`.
    pub window: u32,
    /// The columns of the input `trade`, in order.
    pub trade: Vec<NumberInput>,
    /// The outputs, in order.
    pub outputs: Vec<NumberInput>,
    /// When decisions are made and when they act.
    pub decision: DecisionClock,
    /// What `target_fraction` means and who acts on it.
    pub action: String,
    /// How a target follows from hold values.
    pub rule: DecisionRule,
    /// The plain rule that the model departs from, and when; `null` where it departs from none.
    #[serde(default)]
    pub departs_from: Option<DepartsFrom>,
    /// What the model maximises.
    pub objective: Objective,
    /// What is traded, with its fees and lots; of several markets the first.
    pub instrument: Instrument,
    /// The other markets that it learned from and may be used on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_instruments: Vec<Instrument>,
    /// How fills were assumed: the fill profile of every expected figure.
    pub fills: ReplayConfig,
    /// Medians over the training trades of the costs and lots of `trade`.
    pub typical_trade: TypicalTrade,
    /// What it was trained on.
    pub training: TrainingSpan,
    /// The model is out of date after this moment, RFC 3339 in UTC, by the time of the events.
    pub valid_until: String,
    /// What to do with a row outside the training range widened by a tenth: `flag` or `fallback`. `model.onnx` and
    /// `golden.csv` have the model's own decision; who uses them does the rest.
    pub out_of_range: WhenOutOfRange,
    /// What to expect, out of sample.
    pub expected: Expected,
    /// Whether code that computes the features can be written too.
    pub feature_code: FeatureCode,
}

/// When decisions are made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionClock {
    /// How bars are made, as in the config of the experiment; `null` where the file holds bars.
    pub bars: serde_json::Value,
    /// The usual length of a bar in seconds; `null` where bars have none.
    pub bar_seconds: Option<f64>,
    /// When, in words.
    pub when: String,
    /// Bars after which everything left is closed.
    pub horizon_bars: u32,
}

impl DecisionClock {
    /// Whether every bar is as long as the others: made of time, or read from a file.
    pub fn has_bars_of_time(&self) -> bool {
        self.bars.is_null() || self.bars.get("time").is_some()
    }
}

/// How a target follows from hold values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRule {
    /// Grid of fractions K.
    pub tranches: u32,
    /// The fractions of the grid, 1/K … 1: those that `hold_value` belongs to.
    pub fractions: Vec<f64>,
    /// Cap per bar and spacing of sales.
    pub limits: SaleConstraints,
    /// Power of the impact in the part sold.
    pub impact_power: f64,
    /// Whether H is kept concave in the fraction.
    pub shape: Shape,
    /// Of fractions whose worth lies within this of the best, times the larger of 1 and its size, the largest is held.
    pub tie_r: f64,
    /// The order of operations, all in f32, a step an entry.
    pub steps: Vec<String>,
    /// How fractions become lots.
    pub lots: String,
}

/// The plain rule that a model departs from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartsFrom {
    /// The rule, in words.
    pub rule: String,
    /// κ: the standard errors that an advantage over the rule must exceed; `null` where the rule decides alone.
    pub caution: Option<f64>,
    /// J of selling at once on the training trades, in R.
    pub sell_at_once: f64,
    /// J of the rule on the training trades, chosen without each trade's own block of time, in R.
    pub rule_out_of_fold: f64,
}

impl DepartsFrom {
    fn of(model: &Model) -> Option<Self> {
        model.training.departure.as_ref().map(|facts| Self {
            rule: facts.rule.name.clone(),
            caution: facts.caution,
            sell_at_once: facts.sell_at_once,
            rule_out_of_fold: facts.rule_out_of_fold,
        })
    }
}

/// Medians over the training trades.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypicalTrade {
    /// See [`trade_inputs`].
    pub proportional_r: f64,
    /// See [`trade_inputs`].
    pub per_order_r: f64,
    /// See [`trade_inputs`].
    pub impact_r: f64,
    /// See [`trade_inputs`]; 0 where any part can be sold.
    pub lots: u64,
    /// See [`trade_inputs`].
    pub min_lots: u64,
}

impl TypicalTrade {
    /// The medians of `terms`; all 0 without any.
    pub fn of(terms: &[TradeTerms]) -> Self {
        let median = |value: &dyn Fn(&TradeTerms) -> f64| {
            let mut values: Vec<f64> = terms.iter().map(value).collect();
            values.sort_unstable_by(f64::total_cmp);
            values.get(values.len() / 2).copied().unwrap_or(0.0)
        };
        Self {
            proportional_r: median(&|terms| terms.proportional_r),
            per_order_r: median(&|terms| terms.per_order_r),
            impact_r: median(&|terms| terms.impact_r),
            lots: median(&|terms| terms.lots.unwrap_or(0) as f64) as u64,
            min_lots: median(&|terms| terms.min_lots as f64) as u64,
        }
    }
}

/// What a model was trained on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingSpan {
    /// Start of the first trade, RFC 3339 in UTC.
    pub first: String,
    /// End of the last trade's horizon.
    pub last: String,
    /// Trades.
    pub trades: usize,
    /// What they are worth in trades that do not overlap.
    pub effective_trades: f64,
    /// SHA-256 of the data.
    pub data_sha256: String,
}

/// What to do with a row that is unlike the training rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenOutOfRange {
    /// Say so and decide as ever.
    #[default]
    Flag,
    /// Sell everything that is left at the next open.
    Fallback,
}

/// What to expect of a model.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The verdict of the run.
    pub verdict: String,
    /// Whether the models of the folds were shown to beat the ladder.
    pub better_than_ladder: bool,
    /// Whose figures they are.
    pub of: String,
    /// Figures with their 95 % intervals.
    pub figures: Vec<Figure>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Its name, as in `report.json`.
    pub name: String,
    /// The value; `null` where it is undefined or withheld.
    pub value: Option<f64>,
    /// Two-sided 95 % interval; `null` where there is none.
    pub ci95: Option<[f64; 2]>,
    /// Unit of both.
    pub unit: String,
}

/// What a contract needs to know of the run that the model does not say.
#[derive(Debug, Clone)]
pub struct RunFacts<'a> {
    /// Version of scaleout.
    pub product_version: &'a str,
    /// Name of the experiment.
    pub experiment: &'a str,
    /// How bars are made, as in the config.
    pub bars: serde_json::Value,
    /// The usual length of a bar in seconds.
    pub bar_seconds: Option<f64>,
    /// What is traded: one market, or the first of several.
    pub instrument: &'a Instrument,
    /// The others of several.
    pub other_instruments: &'a [&'a Instrument],
    /// How fills were assumed.
    pub replay: &'a ReplayConfig,
    /// Digest of the data.
    pub data_sha256: &'a str,
    /// Rows of the training trades in the model's layout, (N, F).
    pub rows: &'a [f32],
    /// The terms of the training trades.
    pub terms: &'a [TradeTerms],
    /// The length of a test span: how long the model is taken to be good after its training data.
    pub valid_nanos: i64,
    /// What to expect.
    pub expected: Expected,
}

impl ModelContract {
    /// The instruments that the model may be used on, at least one.
    pub fn instruments(&self) -> impl Iterator<Item = &Instrument> {
        [&self.instrument].into_iter().chain(&self.other_instruments)
    }

    /// The contract of `model`, without the digests of its files.
    pub fn new(model: &Model, facts: &RunFacts<'_>) -> Self {
        let tranches = model.tranches;
        let hold = (1..=tranches).map(|k| {
            NumberInput::new(
                format!("hold_value_{k}"),
                "R",
                format!("what holding {k}/{tranches} of the initial size through the next bar and acting well after it is worth"),
            )
        });
        let target =
            NumberInput::new("target_fraction", "1", "share of the initial size to hold through the next bar, 0 to 1");
        Self {
            schema: "contract.schema.json".to_owned(),
            version: CONTRACT_VERSION,
            product_version: facts.product_version.to_owned(),
            experiment: facts.experiment.to_owned(),
            learner: model.learner.name().to_owned(),
            files: BTreeMap::new(),
            features: feature_inputs(model, facts.rows),
            window: model.layout.window,
            trade: trade_inputs(model),
            outputs: hold.chain([target]).collect(),
            decision: DecisionClock {
                bars: facts.bars.clone(),
                bar_seconds: facts.bar_seconds,
                when: "at the fill of the entry, with what was known at the close before it, and at every bar close while \
                       the position is open; what is sold goes at the next open"
                    .to_owned(),
                horizon_bars: model.horizon_bars,
            },
            action: "target_fraction is the share of the INITIAL size to hold through the next bar, not of what is left: \
                     sell remaining − target_fraction of the initial quantity at the next open, never buy back. The \
                     protective stop of the entry stays and covers what is left; the last sale closes whatever is left; \
                     after the horizon everything is sold."
                .to_owned(),
            rule: DecisionRule {
                tranches,
                fractions: (1..=tranches).map(|k| f64::from(k) / f64::from(tranches)).collect(),
                limits: model.limits,
                impact_power: model.impact_power,
                shape: model.shape,
                tie_r: scaleout_model::TIE_R,
                steps: scaleout_model::DECISION_STEPS.iter().map(|&step| step.to_owned()).collect(),
                lots: "a fraction is rounded to whole lots of the initial size, halves up; a sale and what it leaves are 0 \
                       or at least min_lots"
                    .to_owned(),
            },
            departs_from: DepartsFrom::of(model),
            objective: model.objective.clone(),
            instrument: facts.instrument.clone(),
            other_instruments: facts.other_instruments.iter().map(|&instrument| instrument.clone()).collect(),
            fills: facts.replay.clone(),
            typical_trade: TypicalTrade::of(facts.terms),
            training: TrainingSpan {
                first: model.training.first.to_string(),
                last: model.training.last.to_string(),
                trades: model.training.trades,
                effective_trades: model.training.effective_trades,
                data_sha256: facts.data_sha256.to_owned(),
            },
            valid_until: Timestamp::from_nanos(model.training.last.nanos().saturating_add(facts.valid_nanos)).to_string(),
            out_of_range: WhenOutOfRange::default(),
            expected: facts.expected.clone(),
            feature_code: feature_code(model),
        }
    }

    /// The same contract for another model of the same run.
    #[must_use]
    pub fn of_model(&self, model: &Model) -> Self {
        let mut contract = self.clone();
        contract.learner = model.learner.name().to_owned();
        contract.files = BTreeMap::new();
        contract.window = model.layout.window;
        contract.rule.shape = model.shape;
        contract.departs_from = DepartsFrom::of(model);
        contract.training.trades = model.training.trades;
        contract.training.effective_trades = model.training.effective_trades;
        contract
    }

    /// The file's text, with its digest as last key; the same contract gives the same bytes.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self);
        sealed(&json.expect("Invariant: a contract has only finite numbers and text keys"))
    }

    /// What an ONNX file says of itself.
    pub fn metadata(&self) -> Vec<(&'static str, String)> {
        let of_feature =
            |value: &dyn Fn(&FeatureInput) -> String| json(&self.features.iter().map(value).collect::<Vec<_>>());
        vec![
            ("scaleout_version", self.product_version.clone()),
            ("contract_version", self.version.to_string()),
            ("experiment", self.experiment.clone()),
            ("learner", self.learner.clone()),
            ("features", of_feature(&|feature| feature.name.clone())),
            ("units", of_feature(&|feature| feature.unit.clone())),
            ("trade", json(&self.trade.iter().map(|input| input.name.clone()).collect::<Vec<_>>())),
            ("fractions", json(&self.rule.fractions)),
            ("horizon_bars", self.decision.horizon_bars.to_string()),
            ("window", self.window.to_string()),
            ("training_first", self.training.first.clone()),
            ("training_last", self.training.last.clone()),
            ("costs", json(&self.typical_trade)),
            ("instrument", self.instrument.symbol.clone()),
            ("valid_until", self.valid_until.clone()),
        ]
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("Invariant: only finite numbers and text keys")
}
