use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use scaleout_exits::Objective;
use scaleout_market::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Assumption, Comparison, Contestant, ContestantResult, EquityCurve, EvaluationConfig, EvaluationError,
    EvaluationInput, Overfitting, PermutationResult, Power, SensitivityLeg, SensitivityResult, TradeScores, Verdict,
    Warning,
    account::{AccountResult, account},
    as_traded::{AsTraded, as_traded},
    by_market::{ByMarket, by_market},
    check::check,
    equity::{curve, mark_places, mark_times, path_by_cell, profit_by_moment},
    groupings::groupings,
    intrabar::{Intrabar, intrabar},
    judgement::{Bench, Judgement, judge},
    paired::{PairedFigures, paired_figures},
    permutation::permutation,
    power::power,
    resample::Resample,
    roles::{Roles, followed, paired},
    scores::{Figures, score, take_means},
    sensitivity::{Contenders, main_leg, sensitivity},
    timeline::{Timeline, days_per_year},
    trade_row::{TradeContext, TradeRow},
    warnings::{risk_in_money, warnings},
};

/// The results of the contestants, and the conclusions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    /// The objective J.
    pub objective: Objective,
    /// Figures of every contestant, in the order of the input.
    pub contestants: Vec<ContestantResult>,
    /// Every contestant against the benchmark, then the candidate against the other baselines and its plan card.
    pub comparisons: Vec<Comparison>,
    /// Tests against selection luck.
    pub overfitting: Overfitting,
    /// The intrabar rules compared.
    pub intrabar: Intrabar,
    /// All other assumptions.
    pub sensitivity: Vec<SensitivityResult>,
    /// Models against their permuted schedules.
    pub permutations: Vec<PermutationResult>,
    /// How much the trades can show.
    pub power: Power,
    /// The conclusion.
    pub verdict: Verdict,
    /// Warnings that J alone does not show.
    pub warnings: Vec<Warning>,
    /// The risk aversion of J in money.
    pub risk_in_money: Option<String>,
    /// Trading days per year, for annualised figures.
    pub trading_days_per_year: f64,
    /// Times at which the curves are marked.
    pub curve_ts: Vec<Timestamp>,
    /// Cumulative net R of every contestant.
    pub curves: Vec<EquityCurve>,
    /// Trading days (UTC, counted from 1970) of the accounts.
    pub days: Vec<i64>,
    /// The account of every contestant.
    pub accounts: Vec<AccountResult>,
    /// Pairs of contestants in every figure: the model against the benchmark first, then the pairs of the config.
    pub paired: Vec<PairedFigures>,
    /// The model against the benchmark by market, if there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_market: Option<ByMarket>,
    /// The best scale-out against the best all-at-once exit, both chosen in-span.
    pub scaling: Option<PairedFigures>,
    /// The model's account against that of the benchmark.
    pub as_traded: Option<AsTraded>,
}

/// Judges the contestants of `input`.
///
/// Computes the metrics of each with intervals, paired comparisons in J, tests against overfitting, sensitivity to
/// assumptions, and the verdict. The same input gives the same numbers on any number of threads. Cost O(contestants · draws · trades).
/// Errors when contestants are not aligned on the entries, a number is not finite, or bars are missing.
pub fn evaluate(input: &EvaluationInput<'_>, config: &EvaluationConfig) -> Result<Evaluation, EvaluationError> {
    check(input)?;
    let timeline = Timeline::new(input, config)?;
    let scores: Vec<TradeScores> = input.contestants.iter().map(TradeScores::from).collect();
    let roles = Roles::of(input, &scores);
    let Roles { candidate, rule, ladder } = roles;
    let differences = candidate.zip(rule).map(|(candidate, rule)| paired(&scores[candidate], &scores[rule]));
    let resample = Resample::new(&timeline, differences.as_deref().unwrap_or(&scores[0].objective), input.seed);
    let trading_days_per_year = config.trading_days_per_year.unwrap_or_else(|| days_per_year(&timeline.days));
    let config = &EvaluationConfig { trading_days_per_year: Some(trading_days_per_year), ..config.clone() };

    let profits: Vec<Vec<f64>> = input.contestants.par_iter().map(|c| profit_by_moment(c, &timeline)).collect();
    let places = mark_places(timeline.moments.len());
    let curves = input.contestants.iter().zip(&profits).map(|(c, profit)| curve(&c.name, profit, &places)).collect();
    let accounts: Vec<AccountResult> = (input.contestants.iter().zip(input.books))
        .map(|(contestant, book)| account(&contestant.name, book, input.entries, &timeline, &places))
        .collect();
    let contestants = input.contestants.iter().enumerate().map(|(index, contestant)| {
        let rows: Vec<TradeRow> = trade_rows(input, contestant);
        let paths = path_by_cell(&profits[index], &timeline);
        score(
            &Figures { contestant, rows: &rows, paths: &paths, account: &accounts[index], objective: input.objective },
            &resample,
            config,
        )
    });
    let mut contestants: Vec<ContestantResult> = contestants.collect();
    for permuted in input.permuted {
        let Some(name) = &permuted.contestant else { continue };
        if let Some(result) = contestants.iter_mut().find(|result| result.name == *name) {
            take_means(result, permuted, &resample, config);
        }
    }

    let of = |place: Option<usize>| place.map(|place| &scores[place]);
    let judged = Contenders { candidate: of(candidate), rule: of(rule), ladder: of(ladder) };
    let leg_result = |leg: &SensitivityLeg| sensitivity(leg, &judged, input.objective, &resample, config.draws);
    let mut by_rule = vec![leg_result(&main_leg(input))];
    let mut other_assumptions = Vec::new();
    for leg in input.sensitivity {
        match leg.assumption {
            Assumption::Intrabar(_) => by_rule.push(leg_result(leg)),
            Assumption::CostsTimes(_)
            | Assumption::RiskAversionTimes(_)
            | Assumption::HoldingCost(_)
            | Assumption::LimitFill(_) => other_assumptions.push(leg_result(leg)),
        }
    }
    let permutations: Vec<PermutationResult> = input
        .permuted
        .iter()
        .filter_map(|permuted| {
            let model = scores.iter().find(|scores| scores.name == permuted.of)?;
            permutation(model, permuted, input.objective, &resample, config.draws)
        })
        .collect();
    let groupings = groupings(input, &timeline);
    let side_by_side = |candidate: &str, baseline: &str| {
        let [candidate, baseline] = [candidate, baseline]
            .map(|name| scores.iter().find(|scores| scores.name == name).expect("Invariant: pairs are checked"));
        paired_figures(candidate, baseline, &groupings, &resample, config.metric_draws)
    };
    let judged_pair = candidate.zip(rule).map(|(candidate, rule)| (&scores[candidate].name, &scores[rule].name));
    let asked = input.pairs.iter().map(|(candidate, baseline)| (candidate, baseline));
    let side_by_side_figures: Vec<PairedFigures> =
        judged_pair.into_iter().chain(asked).map(|(a, b)| side_by_side(a, b)).collect();
    let scaling = input.scaling.map(|(in_parts, at_once)| side_by_side(in_parts, at_once));
    let as_traded = candidate.zip(rule).map(|(candidate, rule)| {
        let words = input.facts.say(&scores[rule].name);
        as_traded(&accounts[candidate], &accounts[rule], &words, input.seed, config.draws)
    });
    let power = power(&timeline, &resample, differences.as_deref(), config.draws);
    let every_assumption: Vec<SensitivityResult> = by_rule.iter().chain(&other_assumptions).cloned().collect();
    let Judgement { verdict, overfitting, comparisons } = judge(&Bench {
        input,
        scores: &scores,
        roles,
        differences: differences.as_deref(),
        resample: &resample,
        draws: config.draws,
        sensitivity: &every_assumption,
        permutations: &permutations,
        power: &power,
    })?;
    let by_market = candidate.zip(rule).and_then(|(candidate, rule)| {
        let (candidate, rule) = (&scores[candidate], &scores[rule]);
        let is_judged = |one: &&Comparison| one.candidate == candidate.name && one.baseline == rule.name;
        let ci95 = comparisons.iter().find(is_judged).and_then(|comparison| comparison.ci95);
        by_market(input.entries, candidate, rule, ci95, &resample, config.draws)
    });
    Ok(Evaluation {
        objective: input.objective.clone(),
        intrabar: intrabar(input, by_rule),
        contestants,
        comparisons,
        overfitting,
        sensitivity: other_assumptions,
        permutations,
        power,
        verdict,
        warnings: warnings(&followed(input.contestants, &scores), input.objective, input.facts),
        risk_in_money: risk_in_money(input.objective, input.facts.stake.as_ref()),
        trading_days_per_year,
        curve_ts: mark_times(&timeline, &places),
        curves,
        days: timeline.days,
        accounts,
        paired: side_by_side_figures,
        by_market,
        scaling,
        as_traded,
    })
}

fn trade_rows(input: &EvaluationInput<'_>, contestant: &Contestant) -> Vec<TradeRow> {
    let beyond = |outcome| TradeContext::of(outcome, input.symbols, input.facts.horizon_bars);
    let pairs = contestant.outcomes.iter().zip(input.entries);
    pairs.map(|(outcome, entry)| TradeRow::new(outcome, entry, beyond(outcome))).collect()
}

#[cfg(test)]
mod tests {
    use super::evaluate;
    use scaleout_exits::Objective;

    use crate::{
        ContestantKind, EvaluationConfig, EvaluationError, Family,
        fake::{Fake, FakeRun, book},
    };

    fn better_in(seeds: u64, edge_r: f64) -> usize {
        (0..seeds).filter(|&seed| FakeRun::new(seed, 100, edge_r).evaluate().verdict.better_than_rule).count()
    }

    #[test]
    fn without_an_edge_the_model_is_called_better_in_at_most_one_seed_in_twenty() {
        let wrong = better_in(200, 0.0);
        assert!(wrong <= 10, "{wrong} of 200");
    }

    #[test]
    fn a_planted_edge_is_found() {
        let found = better_in(20, 0.5);
        assert!(found >= 19, "{found} of 20");
    }

    /// Both rules differ only in how long they hold, so the differences of trades open at once are alike.
    #[test]
    fn overlapping_trades_do_not_count_as_many() {
        let above_zero = (0..200).filter(|&seed| {
            let fake = Fake::new(seed, 600, 1);
            let contestants = vec![
                fake.rule("long", ContestantKind::Baseline, Family::Ladder, 0.0, |_| [20; 4]),
                fake.rule("short", ContestantKind::Model, Family::Learned, 0.0, |_| [2, 3, 4, 5]),
            ];
            let books = contestants.iter().map(book).collect();
            let objective = Objective::mean_variance(0.0);
            let run = FakeRun {
                contestants,
                books,
                sensitivity: vec![],
                permuted: vec![],
                objective,
                rule: Some("long"),
                ladder: Some("long"),
                ..FakeRun::of(fake)
            };
            let evaluation = run.evaluate();
            assert!(!evaluation.verdict.better_than_rule, "conditions that were not tested do not hold");
            assert!(evaluation.power.effective_trades < 60.0);
            evaluation.comparisons[0].ci95.unwrap()[0] > 0.0
        });
        let wrong = above_zero.count();
        assert!(wrong <= 12, "{wrong} of 200; 5 expected, and few blocks make it somewhat more");
    }

    #[test]
    fn threads_change_nothing() {
        let run = FakeRun::new(3, 100, 0.1);
        let on = |threads: usize| {
            rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| run.evaluate())
        };
        assert_eq!(on(1), on(4));
    }

    #[test]
    fn annualised_figures_are_withheld_below_sixty_days() {
        let evaluation = FakeRun::new(3, 100, 0.1).evaluate();
        let sharpe = &evaluation.contestants[0].metrics["sharpe"];
        assert_eq!((sharpe.value, sharpe.ci95), (None, None));
        assert_eq!(sharpe.withheld.as_deref(), Some("2 trading days, 60 needed to annualise"));
        assert!(evaluation.contestants[0].metrics["mean_objective"].ci95.is_some());
    }

    #[test]
    fn utility_is_no_r_and_its_certainty_equivalent_is() {
        let mut run = FakeRun::new(3, 100, 0.3);
        let neutral = run.evaluate();
        run.objective = Objective::exponential(0.5);
        let averse = run.evaluate();
        for (one, other) in neutral.contestants.iter().zip(&averse.contestants) {
            let [j, certain] = ["mean_objective", "certainty_equivalent_r"].map(|name| &one.metrics[name]);
            assert_eq!((j.value, j.ci95, j.unit.as_str()), (certain.value, certain.ci95, "R"));
            let [j, certain] = ["mean_objective", "certainty_equivalent_r"].map(|name| &other.metrics[name]);
            assert_eq!((j.unit.as_str(), certain.unit.as_str()), ("utility", "R"));
            assert_eq!(certain.value.unwrap(), run.objective.certainty_equivalent_r(j.value.unwrap()));
        }
        let value = |name: &str| averse.contestants.iter().find(|found| found.name == name).unwrap();
        let judged = &averse.comparisons[0];
        let certain = |name: &str| value(name).value("certainty_equivalent_r").unwrap();
        let difference = certain(&judged.candidate) - certain(&judged.baseline);
        assert!((judged.certainty_equivalent_difference_r - difference).abs() < 1e-12);
        let [low, high] = judged.ci95_certainty_equivalent_r.unwrap();
        assert!(low < difference && difference < high);
        assert_eq!(neutral.comparisons[0].ci95, neutral.comparisons[0].ci95_certainty_equivalent_r);
        assert!(neutral.verdict.sentence.contains(" R in J ("), "{}", neutral.verdict.sentence);
        assert!(averse.verdict.sentence.contains(" utility in J ("), "{}", averse.verdict.sentence);
    }

    #[test]
    fn contestants_that_cannot_be_compared_are_refused() {
        let mut run = FakeRun::new(3, 30, 0.1);
        run.contestants[2].outcomes.swap(4, 5);
        let refused = evaluate(&run.input(), &EvaluationConfig::default());
        assert!(matches!(refused, Err(EvaluationError::NotAligned { place: 4, .. })));
        run.contestants[2].outcomes.swap(4, 5);
        run.contestants[1].name = run.contestants[0].name.clone();
        let refused = evaluate(&run.input(), &EvaluationConfig::default());
        assert!(matches!(refused, Err(EvaluationError::SameName { .. })));
    }

    #[test]
    fn without_models_or_rules_nothing_is_judged() {
        let mut run = FakeRun::new(3, 30, 0.1);
        (run.sensitivity, run.permuted) = (Vec::new(), Vec::new());
        run.retain(|contestant| contestant.kind == ContestantKind::Baseline);
        let verdict = run.evaluate().verdict;
        assert!(!verdict.better_than_rule && verdict.sentence.starts_with("No model took part"));
        (run.rule, run.ladder) = (None, None);
        run.retain(|contestant| contestant.family != Family::Ladder);
        assert_eq!(run.evaluate().verdict.winner, "all out after 10");
    }
}
