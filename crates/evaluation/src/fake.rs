//! A market without an exit worth finding, and rules with exactly the edge that is planted.
//!
//! Use it to test a change of a metric, of a test against luck or of a picture where the answer is known.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scaleout_exits::{
    Book, ExitReason, FillCause, Fraction, Leg, Missed, MissedReason, Money, Objective, Taken, TradeOutcome,
};
use scaleout_market::{Entry, Side, Timestamp};

use crate::{
    Assumption, BarPrices, Contestant, ContestantKind, Evaluation, EvaluationConfig, EvaluationInput, Facts, Family,
    InSpan, PermutedDraw, PermutedSchedules, Sample, SensitivityLeg, SymbolFacts, TradeScores, Trials, evaluate,
};

const HORIZON: usize = 20;
const COST_R: f64 = 0.02;

/// Entries on one random walk, several open at once.
pub struct Fake {
    /// The entries, in order of time.
    pub entries: Vec<Entry>,
    /// The one symbol.
    pub symbols: BTreeMap<String, SymbolFacts>,
    first_bar: Vec<usize>,
    /// Gain of one unit in each bar, in R.
    bar_r: Vec<f64>,
    rng: ChaCha8Rng,
}

/// Close of the bar with this index: bars of one minute.
pub fn bar_close(bar: usize) -> Timestamp {
    Timestamp::from_secs(1_600_000_000 + 60 * (bar as i64 + 1))
}

impl Fake {
    /// `trades` entries, one every `spacing` bars on average.
    pub fn new(seed: u64, trades: usize, spacing: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let bars = trades * spacing + HORIZON + 1;
        let bar_r: Vec<f64> = (0..bars).map(|_| 0.25 * normal(&mut rng)).collect();
        let mut first_bar: Vec<usize> = (0..trades).map(|_| rng.random_range(1..bars - HORIZON)).collect();
        first_bar.sort_unstable();
        let entries = first_bar.iter().enumerate().map(|(trade, &bar)| Entry {
            id: format!("t{trade}"),
            symbol: "FAKE".into(),
            ts: bar_close(bar - 1),
            side: Side::Long,
            price: 100.0,
            risk: 2.0,
            stop: Some(98.0),
            qty: 4.0,
            tags: Vec::new(),
            adds: Vec::new(),
        });
        let mut close = 100.0;
        let prices = bar_r.iter().map(|r| {
            let open = close;
            close += 2.0 * r;
            BarPrices { high: close.max(open), low: close.min(open), close }
        });
        let facts = SymbolFacts {
            bar_close: (0..bars).map(bar_close).collect(),
            prices: prices.collect(),
            currency: "USD".into(),
        };
        Self { entries: entries.collect(), symbols: BTreeMap::from([("FAKE".into(), facts)]), first_bar, bar_r, rng }
    }

    /// A rule that holds whole quarters, leaving at bars drawn at random, and earns `edge_r` more a trade.
    pub fn random_rule(&mut self, name: &str, kind: ContestantKind, family: Family, edge_r: f64) -> Contestant {
        let mut exits: Vec<[usize; 4]> = Vec::new();
        for _ in 0..self.entries.len() {
            let mut bars = [0; 4].map(|_: usize| self.rng.random_range(1..=HORIZON));
            bars.sort_unstable();
            exits.push(bars);
        }
        self.rule(name, kind, family, edge_r, |trade| exits[trade])
    }

    /// A rule that sells a quarter after each of the given numbers of bars.
    pub fn rule(
        &self,
        name: &str,
        kind: ContestantKind,
        family: Family,
        edge_r: f64,
        exits: impl Fn(usize) -> [usize; 4],
    ) -> Contestant {
        let outcomes = (0..self.entries.len()).map(|trade| self.outcome(trade, exits(trade), edge_r)).collect();
        Contestant { name: name.into(), kind, family, sample: Sample::OutOfSample, outcomes }
    }

    fn outcome(&self, trade: usize, exits: [usize; 4], edge_r: f64) -> TradeOutcome {
        let (entry, first_bar) = (&self.entries[trade], self.first_bar[trade]);
        let money_per_r = 2.0 * 4.0 * 50.0;
        let quarters = |count: usize| Fraction::ratio(count as u32, 4).expect("Invariant: at most four quarters");
        let quarter = quarters(1);
        let last = exits[3];
        let unit_r: Vec<f64> = self.bar_r[first_bar..first_bar + last].to_vec();
        let mut bar_net_r: Vec<f64> = unit_r
            .iter()
            .enumerate()
            .map(|(bar, r)| r * exits.iter().filter(|&&exit| exit > bar).count() as f64 / 4.0)
            .collect();
        bar_net_r[last - 1] += edge_r - COST_R;
        let legs = exits.map(|exit| {
            let gain_r: f64 = unit_r[..exit].iter().sum();
            Leg {
                bar: first_bar + exit - 1,
                ts: bar_close(first_bar + exit - 1),
                reason: if exit == HORIZON { ExitReason::Horizon } else { ExitReason::Limit },
                cause: if exit == HORIZON { FillCause::Horizon } else { FillCause::LimitReached },
                fraction: quarter,
                qty: 1.0,
                reference: 100.0 + 2.0 * gain_r,
                price: 100.0 + 2.0 * gain_r,
                gross: Money::from_f64(gain_r * money_per_r / 4.0),
                exit_fee: Money::from_f64((COST_R - edge_r) * money_per_r / 4.0),
                entry_fee: Money::ZERO,
                decided_by_rule: trade.is_multiple_of(10),
            }
        });
        let path: Vec<f64> = unit_r
            .iter()
            .scan(0.0, |sum, r| {
                *sum += r;
                Some(*sum)
            })
            .collect();
        let net_r: f64 = bar_net_r.iter().sum();
        TradeOutcome {
            id: entry.id.clone(),
            symbol: entry.symbol.clone(),
            side: entry.side,
            entry_ts: entry.ts,
            exit_ts: bar_close(first_bar + last - 1),
            first_bar,
            entry_price: entry.price,
            adds: Vec::new(),
            adds_missed: 0,
            legs: legs.to_vec(),
            carry: Money::ZERO,
            net: Money::from_f64(net_r * money_per_r),
            one_r: Money::from_f64(money_per_r),
            net_r,
            gross_r: net_r + COST_R - edge_r,
            objective: net_r,
            mfe_r: path.iter().copied().fold(0.0, f64::max),
            mae_r: path.iter().copied().fold(0.0, f64::min),
            bars_held: last as u32,
            held: (0..last).map(|bar| quarters(exits.iter().filter(|&&exit| exit > bar).count())).collect(),
            bar_net_r,
        }
    }
}

/// A field of three ladders, an all-out rule and two models that earn `edge_r` a trade more than chance, with
/// everything a verdict asks for.
pub struct FakeRun {
    /// Entries and symbol.
    pub fake: Fake,
    /// Who took part.
    pub contestants: Vec<Contestant>,
    /// The free-running book of each.
    pub books: Vec<Book>,
    /// Another rule inside the bar, and doubled costs.
    pub sensitivity: Vec<SensitivityLeg>,
    /// Draws of permuted schedules of both models.
    pub permuted: Vec<PermutedSchedules>,
    /// What J is; risk-neutral.
    pub objective: Objective,
    /// Name of the rule chosen in-span.
    pub rule: Option<&'static str>,
    /// Name of the ladder chosen in-span.
    pub ladder: Option<&'static str>,
    /// Configurations judged on the same trades.
    pub trials: Trials,
    /// What the outcomes do not tell.
    pub facts: Facts,
    /// Pairs to lay side by side.
    pub pairs: Vec<(String, String)>,
    /// The best exit in parts and the best at once.
    pub scaling: Option<(&'static str, &'static str)>,
}

impl FakeRun {
    /// Nobody on the entries of `fake`.
    pub fn of(fake: Fake) -> Self {
        Self {
            fake,
            contestants: Vec::new(),
            books: Vec::new(),
            sensitivity: Vec::new(),
            permuted: Vec::new(),
            objective: Objective::mean_variance(0.0),
            rule: None,
            ladder: None,
            trials: Trials::Unknown,
            facts: Facts { horizon_bars: Some(HORIZON), leaks: Some(Vec::new()), ..Facts::default() },
            pairs: Vec::new(),
            scaling: None,
        }
    }

    /// The field on `trades` entries.
    pub fn new(seed: u64, trades: usize, edge_r: f64) -> Self {
        let mut fake = Fake::new(seed, trades, 8);
        let mut contestants = baselines(&mut fake, 0.0);
        for name in ["trees", "linear"] {
            contestants.push(fake.random_rule(name, ContestantKind::Model, Family::Learned, edge_r));
        }
        contestants.push(fake.random_rule("oracle", ContestantKind::Oracle, Family::Hindsight, 1.0));
        Self::with(fake, contestants, 0.0)
    }

    /// `contestants` under every assumption, each model with permuted schedules that earn `permuted_r` a trade.
    pub fn with(mut fake: Fake, contestants: Vec<Contestant>, permuted_r: f64) -> Self {
        let scores = |change: f64| -> Vec<TradeScores> {
            let mut scores: Vec<TradeScores> = contestants.iter().map(TradeScores::from).collect();
            scores.iter_mut().flat_map(|scores| &mut scores.objective).for_each(|objective| *objective += change);
            scores
        };
        let sensitivity = [
            (Assumption::Intrabar("target-first".into()), 0.01),
            (Assumption::CostsTimes(2.0), -COST_R),
            (Assumption::RiskAversionTimes(0.5), 0.02),
            (Assumption::RiskAversionTimes(2.0), -0.04),
        ];
        let sensitivity = sensitivity.map(|(assumption, change)| SensitivityLeg { assumption, scores: scores(change) });
        let (entries, symbols) = (fake.entries.clone(), fake.symbols.clone());
        let models = contestants.iter().filter(|contestant| contestant.kind == ContestantKind::Model);
        let permuted = models.map(|model| {
            let draws = (0..20)
                .map(|_| fake.random_rule(&model.name, ContestantKind::Random, Family::Shuffled, permuted_r).outcomes);
            let draws = draws.map(|outcomes: Vec<TradeOutcome>| {
                let neutral = Objective::mean_variance(0.0);
                PermutedDraw::new(&model.name, &entries, &outcomes, &symbols, Some(HORIZON), &neutral)
            });
            PermutedSchedules::new(model.name.clone(), None, draws.collect())
        });
        let permuted: Vec<PermutedSchedules> = permuted.collect();
        let books = contestants.iter().map(book).collect();
        let (rule, ladder) = (Some("all out after 10"), Some("ladder 4/8/12/20"));
        Self { contestants, books, sensitivity: sensitivity.to_vec(), permuted, rule, ladder, ..Self::of(fake) }
    }

    /// What is to be judged.
    pub fn input(&self) -> EvaluationInput<'_> {
        EvaluationInput {
            entries: &self.fake.entries,
            symbols: &self.fake.symbols,
            objective: &self.objective,
            contestants: &self.contestants,
            books: &self.books,
            candidate: None,
            in_span: InSpan { rule: self.rule, ladder: self.ladder },
            intrabar_rule: "stop-first",
            sensitivity: &self.sensitivity,
            permuted: &self.permuted,
            n_trials: 12,
            trials: self.trials,
            facts: &self.facts,
            pairs: &self.pairs,
            scaling: self.scaling,
            seed: 1,
        }
    }

    /// The same trades on the markets that `symbols_of` gives for each, which all have the same prices. Other assumptions
    /// and permuted schedules are left out.
    #[must_use]
    pub fn on_markets(mut self, symbols_of: impl Fn(usize) -> Vec<&'static str>) -> Self {
        let facts = self.fake.symbols.remove("FAKE").expect("Invariant: a run has one market");
        let copies: Vec<(usize, &str)> = (0..self.fake.entries.len())
            .flat_map(|trade| symbols_of(trade).into_iter().map(move |symbol| (trade, symbol)))
            .collect();
        let id = |trade: usize, symbol: &str| format!("{symbol} {trade}");
        for (_, symbol) in &copies {
            self.fake.symbols.entry((*symbol).to_owned()).or_insert_with(|| facts.clone());
        }
        for contestant in &mut self.contestants {
            let copy = |&(trade, symbol): &(usize, &str)| TradeOutcome {
                id: id(trade, symbol),
                symbol: symbol.to_owned(),
                ..contestant.outcomes[trade].clone()
            };
            contestant.outcomes = copies.iter().map(copy).collect();
        }
        let copy = |&(trade, symbol): &(usize, &str)| Entry {
            id: id(trade, symbol),
            symbol: symbol.to_owned(),
            ..self.fake.entries[trade].clone()
        };
        self.fake.entries = copies.iter().map(copy).collect();
        self.books = self.contestants.iter().map(book).collect();
        (self.sensitivity, self.permuted) = (Vec::new(), Vec::new());
        self
    }

    /// Keeps those that `stay`, with their books.
    pub fn retain(&mut self, stay: impl Fn(&Contestant) -> bool) {
        self.contestants.retain(stay);
        self.books = self.contestants.iter().map(book).collect();
    }

    /// The judgement, by few draws.
    pub fn evaluate(&self) -> Evaluation {
        let config = EvaluationConfig { draws: 500, metric_draws: 200, ..EvaluationConfig::default() };
        evaluate(&self.input(), &config).expect("Invariant: the field is aligned and has rivals")
    }
}

/// Three ladders and an all-out rule that earn `edge_r` a trade.
pub(crate) fn baselines(fake: &mut Fake, edge_r: f64) -> Vec<Contestant> {
    let baseline = ContestantKind::Baseline;
    vec![
        fake.rule("ladder 2/5/9/14", baseline, Family::Ladder, edge_r, |_| [2, 5, 9, 14]),
        fake.rule("ladder 4/8/12/20", baseline, Family::Ladder, edge_r, |_| [4, 8, 12, 20]),
        fake.random_rule("ladder by lot", baseline, Family::Ladder, edge_r),
        fake.rule("all out after 10", baseline, Family::AllOut, edge_r, |_| [10; 4]),
    ]
}

/// One position at a time, each at its own size.
pub fn book(contestant: &Contestant) -> Book {
    let capital = Money::from_f64(100_000.0);
    let mut book = Book { capital, taken: Vec::new(), missed: Vec::new(), equity: Vec::new() };
    let (mut free_from, mut equity) = (bar_close(0), capital);
    for (index, outcome) in contestant.outcomes.iter().enumerate() {
        if outcome.entry_ts < free_from {
            book.missed.push(Missed { index, reason: MissedReason::PositionOpen });
            continue;
        }
        free_from = outcome.exit_ts;
        let equity_before = equity;
        equity = equity + outcome.net;
        book.equity.push((outcome.exit_ts, equity));
        book.taken.push(Taken {
            index,
            qty: 4.0,
            margin: 400.0,
            equity_before,
            is_cut: false,
            outcome: outcome.clone(),
        });
    }
    book
}

/// A standard normal number, near enough.
pub fn normal(rng: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0
}
