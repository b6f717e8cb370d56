//! What a verdict must say of results whose truth is planted: the winner, the keys and the first sentence.

use scaleout_exits::Objective;

use crate::{
    Assumption, Contestant, ContestantKind, Evaluation, Family, Leak, Question, Sample, Trials,
    fake::{Fake, FakeRun, baselines, book},
};

/// What entries earn under every rule, so that they pay.
const PAYS_R: f64 = 0.3;

/// The rule chosen in-span.
const RULE: &str = "all out after 10";

/// The keys of a verdict.
#[derive(Debug, PartialEq)]
struct Keys {
    better_than_rule: bool,
    beats_all: bool,
    better_than_ladder: bool,
}

const NOTHING: Keys = Keys { better_than_rule: false, beats_all: false, better_than_ladder: false };
const EVERYTHING: Keys = Keys { better_than_rule: true, beats_all: true, better_than_ladder: true };

/// Rules that earn `base_r` a trade and a model that earns `edge_r` more, on entries of a random walk.
fn planted(base_r: f64, edge_r: f64) -> FakeRun {
    let mut fake = Fake::new(11, 200, 8);
    let mut contestants = baselines(&mut fake, base_r);
    contestants.push(fake.random_rule("trees", ContestantKind::Model, Family::Learned, base_r + edge_r));
    judged(FakeRun::with(fake, contestants, base_r))
}

fn judged(mut run: FakeRun) -> FakeRun {
    run.objective = Objective::mean_variance(0.01);
    run
}

/// The same with the model replaced by what `change` makes of it, in every assumption too.
fn with_model(change: impl Fn(&mut Contestant, &[Contestant])) -> FakeRun {
    let mut fake = Fake::new(11, 200, 8);
    let mut contestants = baselines(&mut fake, PAYS_R);
    let mut model = fake.random_rule("trees", ContestantKind::Model, Family::Learned, PAYS_R);
    change(&mut model, &contestants);
    contestants.push(model);
    judged(FakeRun::with(fake, contestants, PAYS_R))
}

/// Adds `gain(trade)` to J and net R of each trade of `contestant`.
fn give(contestant: &mut Contestant, gain: impl Fn(usize) -> f64) {
    for (trade, outcome) in contestant.outcomes.iter_mut().enumerate() {
        outcome.objective += gain(trade);
        outcome.net_r += gain(trade);
    }
}

fn rule_of(contestants: &[Contestant]) -> &Contestant {
    contestants.iter().find(|contestant| contestant.name == RULE).unwrap()
}

fn check(what: &str, run: &FakeRun, winner: &str, keys: &Keys, first: &str) {
    let verdict = run.evaluate().verdict;
    let found = Keys {
        better_than_rule: verdict.better_than_rule,
        beats_all: verdict.beats_all,
        better_than_ladder: verdict.better_than_ladder,
    };
    assert_eq!((verdict.winner.as_str(), &found), (winner, keys), "{what}: {}", verdict.sentence);
    assert!(verdict.sentence.starts_with(first), "{what}: {}", verdict.sentence);
    assert!(verdict.sentence.starts_with(&format!("{}. ", verdict.advice)), "{what}: the advice comes first");
}

#[test]
fn nothing_to_find() {
    let first = "Use `all out after 10`: no learned exit beats it significantly.";
    check("nothing to find", &planted(PAYS_R, 0.0), RULE, &NOTHING, first);
}

#[test]
fn an_edge_over_ladders_only() {
    let mut fake = Fake::new(11, 200, 8);
    let mut contestants = baselines(&mut fake, PAYS_R);
    contestants.iter_mut().filter(|rule| rule.name == RULE).for_each(|rule| give(rule, |_| 0.5));
    contestants.push(fake.random_rule("trees", ContestantKind::Model, Family::Learned, PAYS_R + 0.5));
    let run = judged(FakeRun::with(fake, contestants, PAYS_R));
    let keys = Keys { better_than_ladder: true, ..NOTHING };
    let first = "Use `all out after 10`: the model beats the ladders, but not this rule.";
    check("an edge over ladders only", &run, RULE, &keys, first);
}

#[test]
fn an_edge_over_all() {
    check("an edge over all", &planted(PAYS_R, 0.5), "trees", &EVERYTHING, "Use the model: it beats every other exit.");
}

#[test]
fn an_edge_over_the_rule_that_could_be_chosen_and_not_over_one_that_could_not() {
    let mut fake = Fake::new(11, 200, 8);
    let mut contestants = baselines(&mut fake, PAYS_R);
    give(&mut contestants[0], |_| 0.5);
    contestants.push(fake.random_rule("trees", ContestantKind::Model, Family::Learned, PAYS_R + 0.5));
    let run = judged(FakeRun::with(fake, contestants, PAYS_R));
    let keys = Keys { beats_all: false, ..EVERYTHING };
    let first = "Use the model: it beats `all out after 10`, the benchmark.";
    check("an edge over the rule alone", &run, "trees", &keys, first);
    assert_eq!(run.evaluate().verdict.not_beaten, ["ladder 2/5/9/14"]);
}

#[test]
fn it_loses_in_r_and_wins_in_j() {
    let run = with_model(|model, _| {
        give(model, |_| 0.6);
        model.outcomes.iter_mut().for_each(|outcome| outcome.net_r -= 1.0);
    });
    let first = "Use the model for smaller swings, not for profit: it earns ";
    check("loses in R and wins in J", &run, "trees", &EVERYTHING, first);
    assert!(run.evaluate().verdict.sentence.contains(" R less per trade than `all out after 10`."));
}

#[test]
fn one_outlier() {
    let run = with_model(|model, rules| {
        model.outcomes = rule_of(rules).outcomes.clone();
        give(model, |trade| if trade == 90 { 80.0 } else { -0.1 - 0.01 * (trade % 7) as f64 });
    });
    check("one outlier", &run, RULE, &NOTHING, "Use `all out after 10`: the model's gain depends on one trade.");
}

#[test]
fn a_leak() {
    let mut run = planted(PAYS_R, 0.5);
    let leak = Leak { feature: "column:tomorrow".into(), rank_correlation: 0.9, low99: 0.88, one_bar_later: 0.02 };
    run.facts.leaks = Some(vec![leak]);
    let first = "Remove the feature `column:tomorrow`: it looks ahead to the next bar.";
    check("a leak", &run, RULE, &NOTHING, first);
    run.facts.leaks = None;
    let evaluation = run.evaluate();
    assert_eq!(blocking(&evaluation), [Question::Leak], "what was not tested fails");
    let said = "This condition fails: no feature looks ahead to the next bar (not tested).";
    assert!(evaluation.verdict.sentence.contains(said), "{}", evaluation.verdict.sentence);
}

#[test]
fn in_sample() {
    let mut run = planted(PAYS_R, 0.5);
    let mark = |run: &mut FakeRun, sample| run.contestants.iter_mut().for_each(|c: &mut Contestant| c.sample = sample);
    mark(&mut run, Sample::InSample);
    let first = "The model learned from these trades, so they show nothing: test it on later trades.";
    assert!(run.evaluate().contestants.iter().all(|contestant| contestant.sample == Sample::InSample));
    assert!(!run.evaluate().verdict.sentence.contains("more trades"), "more of the same would show nothing");
    check("in-sample", &run, RULE, &NOTHING, first);
    mark(&mut run, Sample::Unknown);
    check("unknown sample", &run, RULE, &NOTHING, "The model does not say what it learned from");
}

#[test]
fn it_refuses_the_trade() {
    let mut fake = Fake::new(11, 200, 8);
    let mut contestants = baselines(&mut fake, PAYS_R);
    contestants.push(fake.rule("trees", ContestantKind::Model, Family::Learned, PAYS_R, |trade| {
        if trade % 25 == 0 { [8; 4] } else { [1; 4] }
    }));
    let run = judged(FakeRun::with(fake, contestants, PAYS_R));
    let first = "The model mostly refuses the trade: it holds 4 % after two bars.";
    check("refuses the trade", &run, RULE, &NOTHING, first);
}

#[test]
fn no_exit_pays() {
    check("no exit pays", &planted(-PAYS_R, 0.0), RULE, &NOTHING, "No exit makes these entries pay.");
    let better = planted(-1.0, 0.5);
    check("no exit pays, the model least", &better, "trees", &EVERYTHING, "No exit makes these entries pay.");
}

#[test]
fn too_few_trades() {
    let mut fake = Fake::new(11, 8, 8);
    let mut contestants = baselines(&mut fake, PAYS_R);
    contestants.push(fake.random_rule("trees", ContestantKind::Model, Family::Learned, PAYS_R + 0.1));
    let run = judged(FakeRun::with(fake, contestants, PAYS_R));
    check("too few trades", &run, RULE, &NOTHING, "Too few trades to tell: use `all out after 10` meanwhile.");
}

#[test]
fn a_ledger_full_of_tries() {
    let mut run = planted(PAYS_R, 0.32);
    assert!(run.evaluate().verdict.better_than_rule, "without a ledger nothing vetoes");
    run.trials = Trials::Counted(1);
    assert!(run.evaluate().verdict.better_than_rule, "nor does a ledger with this try alone");
    run.trials = Trials::Counted(100_000);
    let first =
        "Use `all out after 10`: after 100000 configurations judged on these trades the model's gain may be luck.";
    check("a ledger full of tries", &run, RULE, &NOTHING, first);
}

#[test]
fn ties() {
    let run = with_model(|model, rules| model.outcomes = rule_of(rules).outcomes.clone());
    check("ties", &run, RULE, &NOTHING, "Use `all out after 10`: the model takes the same exits.");
}

fn blocking(evaluation: &Evaluation) -> Vec<Question> {
    let conditions = &evaluation.verdict.conditions;
    conditions.iter().filter(|condition| condition.blocks()).map(|condition| condition.question).collect()
}

#[test]
fn each_assumption_alone_can_stand_in_the_way() {
    for place in 0..4 {
        let mut run = planted(PAYS_R, 0.5);
        let model = run.sensitivity[place].scores.iter_mut().find(|scores| scores.name == "trees").unwrap();
        model.objective.iter_mut().for_each(|objective| *objective -= 2.0);
        let evaluation = run.evaluate();
        assert_eq!(blocking(&evaluation), [Question::Assumption], "{}", evaluation.verdict.sentence);
        assert!(!evaluation.verdict.better_than_rule && !evaluation.verdict.beats_all);
        let named = run.sensitivity[place].assumption.to_string();
        assert!(evaluation.verdict.sentence.contains(&format!("keeps its sign under {named}")));
    }
}

#[test]
fn mere_exposure_stands_in_the_way() {
    let mut run = planted(PAYS_R, 0.5);
    for draw in run.permuted.iter_mut().flat_map(|permuted| &mut permuted.draws) {
        draw.objective.iter_mut().for_each(|objective| *objective += 0.5);
    }
    assert_eq!(blocking(&run.evaluate()), [Question::Permutation]);
    run.permuted.clear();
    assert_eq!(blocking(&run.evaluate()), [Question::Permutation], "what was not tested fails");
}

#[test]
fn what_restates_the_base_case_is_no_condition() {
    let questions = |run: &FakeRun| -> usize {
        let conditions = run.evaluate().verdict.conditions;
        conditions.iter().filter(|condition| condition.question == Question::Assumption).count()
    };
    let mut run = planted(PAYS_R, 0.5);
    assert_eq!(questions(&run), 4);
    run.objective = Objective::mean_variance(0.0);
    assert_eq!(questions(&run), 2, "half and twice nothing are nothing");
    for leg in run.sensitivity.iter_mut().filter(|leg| leg.assumption == Assumption::CostsTimes(2.0)) {
        leg.scores = run.contestants.iter().map(crate::TradeScores::from).collect();
    }
    assert_eq!(questions(&run), 1, "twice no costs are no costs");
}

/// Hindsight may be as good as it likes: it is neither the benchmark nor among those that must be beaten.
#[test]
fn hindsight_is_no_rule() {
    let mut run = planted(PAYS_R, 0.5);
    let best = run.fake.random_rule("oracle", ContestantKind::Oracle, Family::Hindsight, 9.0);
    run.contestants.push(best);
    run.books = run.contestants.iter().map(book).collect();
    check("with hindsight", &run, "trees", &EVERYTHING, "Use the model: it beats every other exit.");
}
