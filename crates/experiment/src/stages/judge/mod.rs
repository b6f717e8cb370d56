//! The judging stage: every contestant replays the test trades, under the main assumptions and under others.

mod assumptions;
mod facts;
mod field;
mod in_span;
mod names;
mod pairs;
mod paths;
mod rules;
mod schedules;

use std::collections::BTreeMap;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use scaleout_evaluation::{
    Contestant, ContestantKind, Evaluation, EvaluationInput, Facts, Family, InSpan, LotCosts, PermutedSchedules,
    Sample, SensitivityLeg, SymbolFacts, TradeScores, Trials, evaluate,
};
use scaleout_exits::Book;
use scaleout_market::Entry;
use scaleout_report::{LedgerFacts, PathSummary, View, Withheld};

use crate::{
    ExperimentError, Fitted, Prepared, Progress,
    inspect::leaks::leaks,
    seeds::{SeedPurpose, stream},
    stages::{ledger::TrialLedger, views::Views},
};

use assumptions::assumptions;
use facts::{facts, symbols};
pub(crate) use field::Field;
pub use names::{AS_TRADED, CANDIDATE, IN_SPAN_LADDER, IN_SPAN_RULE, PLAN};
pub(crate) use names::{AT_ONCE, HINDSIGHT, IN_PARTS, PERMUTED};

/// What the judging stage hands to the report.
pub struct Judged {
    /// The test trades' entries, in the order of every contestant's outcomes.
    pub entries: Vec<Entry>,
    /// Who took part, with every outcome.
    pub contestants: Vec<Contestant>,
    /// The free-running book of each contestant, in their order.
    pub books: Vec<Book>,
    /// What whole lots cost each rule that can be followed; empty where any part can be sold.
    pub lots: Vec<LotCosts>,
    /// What follows from it.
    pub evaluation: Evaluation,
    /// Close of every bar, by symbol.
    pub symbols: BTreeMap<String, SymbolFacts>,
    /// Candidate, rule and ladder chosen in-span, on every path.
    pub paths: Vec<PathSummary>,
    /// The ledger of tries, if one is kept.
    pub ledger: Option<LedgerFacts>,
    /// What could not be made, and why.
    pub withheld: Vec<Withheld>,
}

/// Replays every contestant on the test trades and judges them.
///
/// # Errors
/// If the models do not fit the experiment's horizon, objective or costs, or a policy's inputs do not exist.
pub fn judge(prepared: &Prepared, fitted: &Fitted, progress: &dyn Progress) -> Result<Judged, ExperimentError> {
    let field = Field::new(prepared, fitted)?;
    let mut views = Views::default();
    let ledger = views.made(View::Trials, || TrialLedger::of(prepared, fitted));
    let main = &prepared.config.replay;
    let legs = assumptions(prepared);
    progress.stage("replaying", field.rules.len() as u64 + legs.len() as u64 + 3);

    let entries: Vec<Entry> = field.places.iter().map(|&place| prepared.trades[place].entry.clone()).collect();
    let symbols = symbols(prepared);
    let mut contestants = Vec::with_capacity(field.rules.len() + 2);
    for rule in &field.rules {
        let outcomes = field.replay(rule, main)?;
        progress.step(&rule.name);
        contestants.push(Contestant {
            name: rule.name.clone(),
            kind: rule.kind,
            family: rule.family,
            sample: if field.fitted_to_these.contains(&rule.name) { Sample::InSample } else { fitted.sample },
            outcomes,
        });
    }
    let mut sensitivity: Vec<SensitivityLeg> = Vec::new();
    for (assumption, config) in legs {
        let name = assumption.to_string();
        let leg = views.made_of(View::Assumptions, &name, || {
            let rules = field.rules.par_iter();
            let scores: Vec<Result<TradeScores, ExperimentError>> =
                rules.map(|rule| Ok(TradeScores::new(rule.name.clone(), &field.replay(rule, &config)?))).collect();
            Ok(Some(SensitivityLeg { assumption, scores: scores.into_iter().collect::<Result<_, _>>()? }))
        });
        sensitivity.extend(leg);
        progress.step(&name);
    }
    sensitivity.extend(views.made_of(View::Assumptions, "other risk aversions", || field.other_risk_aversions(main)));

    let lots = views.made(View::Lots, || field.lot_costs(&contestants));
    let mut books = views.made(View::Accounts, || field.books());
    // An account that cannot be kept took nothing.
    books.resize_with(contestants.len(), || field.no_book());
    progress.step("accounts and lots");

    let made = field.as_traded();
    let as_traded = views.made_of(View::Accounts, AS_TRADED, || {
        made.map(|made| Ok((field.replay_as_traded(&made, main)?, made))).transpose()
    });
    if let Some((outcomes, as_traded)) = as_traded {
        contestants.push(Contestant {
            name: AS_TRADED.to_owned(),
            kind: ContestantKind::Baseline,
            family: Family::AsTraded,
            sample: fitted.sample,
            outcomes,
        });
        let book = views.made_of(View::Accounts, AS_TRADED, || field.book_as_traded(&as_traded).map(Some));
        books.push(book.unwrap_or_else(|| field.no_book()));
    }

    let hindsight = views.made(View::Hindsight, || {
        let schedules = field.hindsight(main)?;
        Ok(Some((field.replay_schedules(&schedules, main)?, field.book_of_schedules(&schedules)?)))
    });
    if let Some((outcomes, book)) = hindsight {
        contestants.push(Contestant {
            name: HINDSIGHT.to_owned(),
            kind: ContestantKind::Oracle,
            family: Family::Hindsight,
            sample: fitted.sample,
            outcomes,
        });
        books.push(book);
    }
    progress.step("hindsight");
    let mut permuted = Vec::new();
    let candidate = contestants.iter().find(|contestant| contestant.name == CANDIDATE);
    let at_random = views.made(View::Permuted, || {
        let Some(candidate) = candidate else { return Ok(None) };
        // One draw stands for all where single trades are shown; its figures are means over all draws.
        let schedules = field.permuted_schedules(&candidate.outcomes, 0)?;
        let draws = field.permuted(&candidate.outcomes, main, &entries, &symbols)?;
        Ok(Some((field.replay_schedules(&schedules, main)?, field.book_of_schedules(&schedules)?, draws)))
    });
    if let Some((outcomes, book, draws)) = at_random {
        contestants.push(Contestant {
            name: PERMUTED.to_owned(),
            kind: ContestantKind::Random,
            family: Family::Shuffled,
            sample: fitted.sample,
            outcomes,
        });
        books.push(book);
        permuted.push(PermutedSchedules::new(CANDIDATE, Some(PERMUTED.to_owned()), draws));
    }
    progress.step("permuted schedules");

    progress.stage("judging", 1);
    let mut asked = prepared.config.evaluation.pairs.clone();
    let with_real_exits = (CANDIDATE.to_owned(), AS_TRADED.to_owned());
    let took_part = |name: &str| contestants.iter().any(|contestant| contestant.name == name);
    if took_part(CANDIDATE) && took_part(AS_TRADED) && !asked.contains(&with_real_exits) {
        asked.push(with_real_exits);
    }
    let pairs = field.pairs(&asked, &contestants, &mut views);
    let facts = Facts { leaks: views.made(View::Leaks, || leaks(prepared).map(Some)), ..facts(fitted, &field) };
    let input = EvaluationInput {
        entries: &entries,
        symbols: &symbols,
        objective: &prepared.objective,
        contestants: &contestants,
        books: &books,
        candidate: contestants.iter().any(|contestant| contestant.name == CANDIDATE).then_some(CANDIDATE),
        in_span: InSpan { rule: field.in_span_rule.as_deref(), ladder: field.in_span_ladder.as_deref() },
        intrabar_rule: main.intrabar.name(),
        sensitivity: &sensitivity,
        permuted: &permuted,
        n_trials: fitted.n_trials,
        trials: ledger.as_ref().map_or(Trials::Unknown, TrialLedger::trials),
        facts: &facts,
        pairs: &pairs,
        scaling: field.in_parts.as_deref().zip(field.at_once.as_deref()),
        seed: stream(prepared.config.seed, SeedPurpose::Evaluation),
    };
    let evaluation = evaluate(&input, &prepared.config.evaluation)?;
    progress.step("");
    let paths = views.made(View::Paths, || field.paths(main));
    let ledger = ledger.as_ref().map(TrialLedger::facts);
    Ok(Judged { entries, contestants, books, lots, evaluation, symbols, paths, ledger, withheld: views.withheld })
}
