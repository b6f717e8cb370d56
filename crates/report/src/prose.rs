//! The report in the order a sceptical trader asks: what should I use, how sure is that, who took part, what hangs on
//! assumptions, could luck have made it, what was left out, where does it come from.

use scaleout_evaluation::{
    Comparison, Condition, ContestantResult, Evaluation, MetricValue, Role, SensitivityResult, metrics::METRICS,
    number::signed,
};
use scaleout_exits::ObjectiveUnit;

use crate::{
    Report, account, document::Block, importance, lots, paths, plan_card, plots::Plot, readable_rule, risk, rules,
    summary::kind,
};

pub(super) fn prose(report: &Report, plots: &[Plot]) -> Vec<Block> {
    let evaluation = &report.evaluation;
    let mut blocks = vec![Block::Lead(evaluation.verdict.sentence.clone())];
    blocks.extend(evaluation.warnings.iter().map(|warning| Block::Paragraph(warning.words.clone())));
    blocks.extend(evaluation.risk_in_money.iter().map(|words| Block::Paragraph(words.clone())));
    blocks.extend(conditions(evaluation));
    blocks.extend(contestants(evaluation));
    blocks.extend(report.plan_card.iter().flat_map(|card| plan_card::blocks(card, evaluation.objective.unit())));
    blocks.extend(readable_rule::blocks(&report.readable_rules));
    blocks.extend(account::account(report));
    blocks.extend(differences(evaluation));
    blocks.extend(power(evaluation));
    blocks.extend(assumptions(evaluation));
    blocks.extend(lots::lots(report));
    blocks.extend(luck(evaluation));
    blocks.extend(paths::blocks(&report.paths, evaluation.objective.unit()));
    blocks.extend(importance::blocks(&report.importance));
    blocks.extend(report.risk.iter().flat_map(risk::blocks));
    blocks.extend(rules::blocks(&report.rules));
    if !plots.is_empty() {
        blocks.push(Block::Heading("Pictures".into()));
    }
    blocks.extend(plots.iter().map(|plot| Block::Picture {
        name: plot.name.clone(),
        caption: plot.caption.clone(),
        svg: plot.svg.clone(),
    }));
    blocks.extend(dropped(report));
    blocks.extend(provenance(report));
    blocks.extend(definitions(evaluation.objective.unit()));
    blocks
}

fn table(head: &[&str], rows: Vec<Vec<String>>) -> Block {
    Block::Table { head: head.iter().map(|&words| words.to_owned()).collect(), rows }
}

fn conditions(evaluation: &Evaluation) -> Vec<Block> {
    if evaluation.verdict.conditions.is_empty() {
        return Vec::new();
    }
    let row = |condition: &Condition| {
        let answer = match (condition.holds, condition.role) {
            (Some(true), _) => "yes",
            (Some(false), _) => "no",
            (None, Role::Required) => "not tested (fails)",
            (None, Role::Veto) => "not tested (no veto)",
        };
        vec![condition.name.clone(), answer.to_owned(), condition.detail.clone()]
    };
    let rows = evaluation.verdict.conditions.iter().map(row).collect();
    vec![
        Block::Paragraph(
            "The model is called better only if no line below is a no. The last can only speak against it. A condition that \
             would repeat the base case is left out."
                .into(),
        ),
        table(&["condition", "holds", "figures"], rows),
    ]
}

fn number(value: Option<&MetricValue>, decimals: usize) -> String {
    let Some(value) = value.and_then(|metric| metric.value) else { return "–".into() };
    let text = format!("{value:.decimals$}");
    if text.starts_with('-') { text.replacen('-', "−", 1) } else { text }
}

fn with_interval(value: Option<&MetricValue>) -> String {
    let Some((value, ci95)) = value.and_then(|metric| Some((metric.value?, metric.ci95))) else { return "–".into() };
    match ci95 {
        Some([low, high]) => format!("{} ({} to {})", signed(value), signed(low), signed(high)),
        None => signed(value),
    }
}

fn contestants(evaluation: &Evaluation) -> Vec<Block> {
    let mut order: Vec<&ContestantResult> = evaluation.contestants.iter().collect();
    let objective = |contestant: &ContestantResult| contestant.value("mean_objective").unwrap_or(f64::NEG_INFINITY);
    order.sort_by(|a, b| objective(b).total_cmp(&objective(a)));
    let unit = evaluation.objective.unit();
    let rows = order.into_iter().map(|contestant| {
        let metric = |name: &str| contestant.metrics.get(name);
        let mut row = vec![format!("`{}`", contestant.name), kind(contestant), with_interval(metric("mean_objective"))];
        row.extend(certain(unit, || with_interval(metric("certainty_equivalent_r"))));
        row.extend([
            with_interval(metric("mean_net_r")),
            number(metric("max_drawdown_r"), 2),
            number(metric("cvar_5"), 2),
            number(metric("win_rate"), 3),
            number(metric("profit_factor"), 2),
            number(metric("bars_in_trade"), 1),
            number(metric("fee_drag"), 3),
            number(metric("sharpe"), 2),
        ]);
        row
    });
    let in_j = match unit {
        ObjectiveUnit::R => "J a trade (95 %)",
        ObjectiveUnit::Utility => "J a trade, utility (95 %)",
    };
    let mut head = vec!["contestant", "kind", in_j];
    head.extend(certain(unit, || "certain R a trade (95 %)"));
    head.extend([
        "net R a trade (95 %)",
        "max drawdown, R",
        "CVaR 5 %, R",
        "win rate",
        "profit factor",
        "bars in trade",
        "fees and carry, R",
        "Sharpe",
    ]);
    let mut blocks = vec![Block::Heading("Contestants, by J".into()), table(&head, rows.collect())];
    blocks.extend(certain(unit, || {
        Block::Paragraph(format!(
            "J is the mean utility (1 − e^(−γ W)) ÷ γ of a trade's net R, W, with γ = {}. It orders rules and is near to R \
             only around 0; certain R is what is worth as much for sure, −ln(1 − γ J) ÷ γ.",
            evaluation.objective.risk_aversion
        ))
    }));
    let withheld = evaluation.contestants.iter().flat_map(|contestant| contestant.metrics.values());
    if let Some(reason) = withheld.filter_map(|metric| metric.withheld.as_deref()).next() {
        blocks.push(Block::Paragraph(format!("Annualised figures are withheld: {reason}.")));
    }
    blocks
}

/// What is shown beside J where that is utility.
fn certain<T>(unit: ObjectiveUnit, shown: impl FnOnce() -> T) -> Option<T> {
    match unit {
        ObjectiveUnit::R => None,
        ObjectiveUnit::Utility => Some(shown()),
    }
}

fn differences(evaluation: &Evaluation) -> Vec<Block> {
    if evaluation.comparisons.is_empty() {
        return Vec::new();
    }
    let interval = |ci95: Option<[f64; 2]>| {
        ci95.map_or("–".into(), |[low, high]| format!("{} to {}", signed(low), signed(high)))
    };
    let unit = evaluation.objective.unit();
    let row = |comparison: &Comparison| {
        let mut row = vec![
            format!("`{}`", comparison.candidate),
            format!("`{}`", comparison.baseline),
            signed(comparison.mean_objective_difference),
            interval(comparison.ci95),
        ];
        row.extend(certain(unit, || signed(comparison.certainty_equivalent_difference_r)));
        row.extend(certain(unit, || interval(comparison.ci95_certainty_equivalent_r)));
        row.extend([
            signed(comparison.mean_difference_r),
            format!("{:.4}", comparison.p_value),
            comparison.p_value_adjusted.map_or("–".into(), |p| format!("{p:.4}")),
        ]);
        row
    };
    let in_j = format!("difference in J, {}", unit.name());
    let mut head = vec!["contestant", "against", in_j.as_str(), "95 %"];
    head.extend(certain(unit, || ["difference in certain R", "95 %"]).into_iter().flatten());
    head.extend(["difference in net R", "p", "p, Holm"]);
    vec![
        Block::Heading("Paired differences on the same entries".into()),
        table(&head, evaluation.comparisons.iter().map(row).collect()),
    ]
}

fn power(evaluation: &Evaluation) -> Vec<Block> {
    let (power, unit) = (&evaluation.power, evaluation.objective.unit().name());
    let by_variance = power.effective_by_variance.map_or(String::new(), |n| {
        let n = n.min(power.trades as f64);
        format!(", and their mean paired difference is as uncertain as that of {n:.0} independent ones")
    });
    let edge = power.smallest_edge.map_or(String::new(), |edge| {
        format!(" The smallest true difference in J that a two-sided 5 % test would find four times in five is {edge:.3} {unit} a trade.")
    });
    let words = format!(
        "{} trades over {} trading days overlap in time: they are worth {:.0} that do not overlap{by_variance}; the smaller \
         figure counts.{edge} Intervals are from a stationary bootstrap over {} calendar cells of {:.0} s, {:.1} cells to \
         a block, all symbols together.",
        power.trades, power.trading_days, power.effective_by_overlap, power.cells, power.cell_secs, power.block_cells
    );
    vec![Block::Heading("How much these trades can show".into()), Block::Paragraph(words)]
}

fn assumptions(evaluation: &Evaluation) -> Vec<Block> {
    let legs: Vec<_> = evaluation.intrabar.by_rule.iter().chain(&evaluation.sensitivity).collect();
    let candidate = evaluation.verdict.candidate.as_deref().unwrap_or_default();
    let unit = evaluation.objective.unit().name();
    let row = |leg: &&SensitivityResult| {
        let own = leg.mean_objective.get(candidate).map_or("–".into(), |&value| signed(value));
        let (baseline, difference) = leg.comparison.as_ref().map_or(("–".into(), "–".into()), |comparison| {
            (format!("`{}`", comparison.baseline), signed(comparison.mean_objective_difference))
        });
        let label = if leg.restates_base { format!("{} (changes nothing)", leg.label) } else { leg.label.clone() };
        vec![label, own, baseline, difference]
    };
    let share = 100.0 * evaluation.intrabar.ambiguous_share;
    let spread = evaluation.intrabar.spread.get(candidate).filter(|_| evaluation.intrabar.by_rule.len() > 1);
    let spread = spread
        .map_or(String::new(), |spread| format!(" The model's mean J moves by {spread:.3} {unit} over the rules."));
    vec![
        Block::Heading("What hangs on assumptions".into()),
        Block::Paragraph(format!(
            "Bars do not tell what came first inside them. The rule `{}` decided a fill in {share:.1} % of trades.{spread}",
            evaluation.intrabar.rule
        )),
        table(
            &[
                "assumption",
                &format!("J of the model, {unit}"),
                "rule chosen in-span",
                &format!("difference in J, {unit}"),
            ],
            legs.iter().map(row).collect(),
        ),
    ]
}

fn luck(evaluation: &Evaluation) -> Vec<Block> {
    let (overfitting, unit) = (&evaluation.overfitting, evaluation.objective.unit().name());
    let figure = |value: Option<f64>| value.map_or("–".into(), |value| format!("{value:.3}"));
    let mut rows = vec![
        vec![
            "configurations judged on these trades (ledger)".into(),
            overfitting.trials_on_test.map_or("trials on these data: unknown".into(), |count| count.to_string()),
        ],
        vec!["deflated Sharpe ratio of the paired differences".into(), figure(overfitting.deflated_sharpe)],
        vec!["the same for one configuration".into(), figure(overfitting.probabilistic_sharpe)],
        vec!["settings tried inside training spans (no test trade seen)".into(), overfitting.n_trials.to_string()],
        vec![
            "p that no contestant beats the rule chosen in-span (Hansen's SPA; reported only)".into(),
            figure(overfitting.spa_p),
        ],
        vec!["probability of backtest overfitting (reported only)".into(), figure(overfitting.pbo)],
        vec!["t of the paired difference".into(), figure(overfitting.candidate_t)],
        vec!["t that the best of all exceeds by luck in 5 %".into(), figure(overfitting.best_of_many_t)],
    ];
    rows.extend(evaluation.permutations.iter().map(|test| {
        vec![
            format!(
                "`{}` over its own schedules dealt out at random, {unit}; p over {} draws",
                test.candidate, test.draws
            ),
            format!("{}; {:.3}", signed(test.comparison.mean_objective_difference), test.p_value),
        ]
    }));
    vec![Block::Heading("What luck could have done".into()), table(&["figure", "value"], rows)]
}

fn dropped(report: &Report) -> Vec<Block> {
    let mut blocks = vec![Block::Heading("What was left out".into())];
    if report.dropped.is_empty() {
        blocks.push(Block::Paragraph("Nothing.".into()));
    } else {
        let rows =
            report.dropped.iter().map(|drop| vec![drop.what.clone(), drop.count.to_string(), drop.reason.clone()]);
        blocks.push(table(&["what", "count", "why"], rows.collect()));
    }
    if !report.splits.is_empty() {
        blocks.push(Block::Heading("Splits of time".into()));
        let rows = report.splits.iter().map(|split| {
            let numbers = [split.train, split.test, split.purged, split.embargoed].map(|count| count.to_string());
            let mut row = vec![split.name.clone()];
            row.extend(numbers);
            row.extend([split.test_start.to_string(), split.test_end.to_string()]);
            row
        });
        let head = ["split", "train", "test", "purged", "embargoed", "first test entry", "last test entry"];
        blocks.push(table(&head, rows.collect()));
    }
    blocks
}

fn provenance(report: &Report) -> Vec<Block> {
    let provenance = &report.provenance;
    let rows =
        provenance.datasets.iter().map(|dataset| vec![format!("`{}`", dataset.name), format!("`{}`", dataset.sha256)]);
    let ledger =
        provenance.ledger.iter().map(|ledger| vec![format!("`{}`", ledger.name), format!("`{}`", ledger.sha256)]);
    vec![
        Block::Heading("Where it comes from".into()),
        Block::Paragraph(format!(
            "scaleout {}, seed {}. The resolved configuration is in `report.json`; the same configuration, data, seed \
             and ledger give the same bytes.",
            provenance.version, provenance.seed
        )),
        table(&["data set", "sha256"], rows.chain(ledger).collect()),
    ]
}

fn definitions(unit: ObjectiveUnit) -> Vec<Block> {
    let rows = METRICS
        .iter()
        .map(|metric| {
            vec![format!("`{}`", metric.name), metric.unit.name(unit).to_owned(), metric.definition.to_owned()]
        })
        .collect();
    vec![
        Block::Heading("What the figures mean".into()),
        Block::Paragraph("R is the profit of a trade ÷ (its risk × its initial quantity).".into()),
        table(&["metric", "unit", "definition"], rows),
    ]
}
