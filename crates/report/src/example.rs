//! A result with something in every part, of a run whose truth is planted.

use scaleout_evaluation::{
    LotCosts, Stake, Trials, Warning, WarningKind,
    fake::{FakeRun, bar_close},
};

use crate::{
    BarsRead, CeilingSummary, CellWidths, Dataset, DriftedFeature, Dropped, FeatureImportance, FloorSummary,
    GroundRule, Imitation, LedgerFacts, MapAxis, MapPanel, ModelImportance, NetRHistogram, NewComparison, NewData,
    PathSummary, PlanCardSummary, PlanLoss, PolicyMap, Provenance, ReadableRule, RiskRow, RiskScale, RunResult,
    SCHEMA_VERSION, SplitSummary, TradeRecords, View, Withheld,
};

/// The result of a run in which models earn `edge_r` a trade more than chance.
pub(crate) fn example(edge_r: f64) -> RunResult {
    let mut run = FakeRun::new(4, 150, edge_r);
    run.trials = Trials::Counted(1);
    run.scaling = Some(("ladder 4/8/12/20", "all out after 10"));
    run.facts.stake = Some(Stake { capital: 100_000.0, risk_per_trade_frac: 0.01, currency: "USD".into() });
    let mut evaluation = run.evaluate();
    let two_markets = FakeRun::new(4, 150, edge_r).on_markets(|trade| vec![if trade % 2 == 0 { "A" } else { "B" }]);
    evaluation.by_market = two_markets.evaluate().by_market;
    evaluation.warnings.push(Warning { kind: WarningKind::OrderDiffers, words: "J and money disagree.".into() });
    let trades = TradeRecords::new(&run.contestants, &run.books, &run.fake.entries, &run.fake.symbols);
    RunResult {
        schema_version: SCHEMA_VERSION,
        title: "Fake <market>".into(),
        provenance: Provenance {
            version: "0.2.0".into(),
            seed: 1,
            datasets: vec![Dataset { name: "fake".into(), sha256: "ab".repeat(32) }],
            bars: Some(BarsRead {
                markets: 1,
                count: 1500,
                first_close: bar_close(0).to_string(),
                last_close: bar_close(1499).to_string(),
                length: Some("60s".into()),
                time: "close (assumed)".into(),
            }),
            ledger: Some(LedgerFacts { name: "tries.jsonl".into(), sha256: "cd".repeat(32), trials: 1 }),
        },
        config: serde_json::json!({"horizon_bars": 20}),
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
        paths: [1, 2].map(path).to_vec(),
        rules: vec![GroundRule { what: "horizon".into(), holds: "20 bars".into() }],
        risk_scale: Some(risk_scale()),
        plan_card: Some(card()),
        floors: vec![FloorSummary {
            fold: Some(1),
            trades: 70,
            learner: "linear".to_owned(),
            follows: None,
            rule: "sell after 8 bars".to_owned(),
            caution: Some(1.5),
            sell_at_once: -0.02,
            rule_out_of_fold: 0.1,
            tuned_rule_out_of_fold: Some(0.12),
            model_out_of_fold: 0.2,
        }],
        ceiling: Some(CeilingSummary {
            trades: 150,
            objective: 0.6,
            standard_error: 0.05,
            sell_at_once: -0.02,
            candidate: 0.2,
            captured: Some(0.22 / 0.62),
            follows_a_rule: false,
            surprise_held: [0.01, 0.08],
            surprise_followed: [0.02, 0.05],
            is_withheld: false,
        }),
        readable_rules: vec![ReadableRule {
            model: "trees".into(),
            lines: vec!["if x < 1: sell all".into(), "if x >= 1: hold 1/2".into()],
            imitation: Some(Imitation { trades: 150, model_objective: 0.3, rule_objective: 0.2 }),
        }],
        importance: vec![importance()],
        policy_maps: vec![policy_map()],
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
        net_r_histogram: NetRHistogram::new(&evaluation, &trades),
        new_data: Some(new_data()),
        evaluation,
        trades,
        withheld: vec![Withheld { view: View::Exports, reason: "the disk of <nobody> is full".into() }],
    }
}

fn new_data() -> NewData {
    let feature = |name: &str, distance: f64| DriftedFeature {
        feature: name.into(),
        training: [Some(0.0), Some(0.5), Some(1.0)],
        median: Some(0.6),
        outside_share: Some(0.01),
        missing_share: [0.0, 0.02],
        distance: Some(distance),
        limit: 0.3,
    };
    let against = |name: &str| NewComparison {
        baseline: name.into(),
        mean_objective_difference: 0.1,
        ci95: Some([-0.1, 0.3]),
        is_beaten: false,
    };
    NewData {
        trained_in: "an <old> run".into(),
        beat_ladder_before: Some(true),
        verdict_before: Some("Use the model.".into()),
        is_new: true,
        trades: 150,
        ladder: Some(against("ladder 4/8/12/20")),
        rule: Some(against("all out after 10")),
        features: vec![feature("rsi", 0.4), feature("atr", 0.1)],
    }
}

fn path(path: usize) -> PathSummary {
    PathSummary {
        path,
        model_objective: 0.3,
        rule: "all out after 10".into(),
        rule_objective: 0.1,
        best_ladder: Some("ladder 2/5/9/14".into()),
        ladder_objective: Some(0.05),
        difference_r: 0.2,
    }
}

fn risk_scale() -> RiskScale {
    let row = |risk_aversion: f64, words: &[&str]| RiskRow {
        risk_aversion,
        words: words.iter().map(|&word| word.to_owned()).collect(),
        premium_r: 0.1 * risk_aversion,
        exit: "all out at 2 R".into(),
        mean_net_r: 0.2,
        given_up_share: Some(0.0),
        swing_r: 1.5,
        swing_cut_share: Some(0.0),
        deviation_r: 1.2,
        cvar_5_r: -1.1,
        max_drawdown_r: 9.0,
        bars_held: 12.0,
    };
    RiskScale {
        trades: 80,
        in_force: Some(0.5),
        asked: Some("low".into()),
        rows: vec![row(0.0, &["none"]), row(0.5, &["low"])],
    }
}

fn card() -> PlanCardSummary {
    let loss = PlanLoss { trades: 150, model_objective: 0.3, plan_objective: 0.1, lost_r: 0.2, ci95: Some([0.1, 0.3]) };
    PlanCardSummary {
        name: "plan card".into(),
        policy: serde_json::json!({"kind": "plan"}),
        words: vec!["Sell half at 1 R.".into()],
        distance: 0.3,
        tried: 50,
        in_sample: loss.clone(),
        is_substitute: PlanCardSummary::may_stand_in(Some(&loss)),
        out_of_sample: Some(PlanLoss { lost_r: 0.05, ..loss }),
    }
}

fn importance() -> ModelImportance {
    let features = ["signed_volume(window=20)", "atr(window=14)", "rsi(window=14)", "bars_to_horizon"];
    let feature = |(place, name): (usize, &&str)| FeatureImportance {
        feature: (*name).into(),
        gain_share: 0.4 / (1.0 + place as f64),
        permutation_lost_r: 0.05 / (1.0 + place as f64) - 0.011,
        permutation_deviation_r: 0.006,
    };
    ModelImportance {
        model: "boosted trees".into(),
        is_chosen: true,
        trades: 70,
        features: features.iter().enumerate().map(feature).collect(),
    }
}

fn policy_map() -> PolicyMap {
    let fraction = |row: usize, column: usize| {
        let (r, bar) = (row as f64 / 4.0 - 1.5, column as f64);
        (r.abs() < 0.4 + bar / 6.0).then(|| (1.0 - r / 2.5 - bar / 40.0).clamp(0.0, 1.0))
    };
    let cells = || (0..20).map(|row| (0..20).map(|column| fraction(row, column)).collect()).collect();
    let panel = |left: &str| MapPanel { title: left.into(), held: cells() };
    PolicyMap {
        name: "policy".into(),
        title: "trees: part held over time and R".into(),
        subtitle: "mean of the part held after the decision, over all trades in that state".into(),
        x: MapAxis {
            title: "bars since the entry".into(),
            edges: (0..=20).map(f64::from).collect(),
            widths: CellWidths::ToScale,
        },
        y: MapAxis {
            title: "unrealised R".into(),
            edges: (0..=20).map(|row| f64::from(row).powi(2) / 40.0 - 1.5).collect(),
            widths: CellWidths::Equal,
        },
        panels: vec![panel("4/4 left"), panel("3/4 left"), panel("2/4 left"), panel("1/4 left")],
    }
}
