//! Two contestants on the same trades, in every figure that a trader asks for, over all trades and by group.
//!
//! Every figure is a function of sums over calendar cells, so a bootstrap draw costs one pass over the cells, not over the
//! trades. The drawdown is that of the sum of net R with trades in order of entry, each booked at once. It needs no prices,
//! so it is defined for any group of trades.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{EquityPath, Grouping, TradeScores, resample::Resample, stats::bootstrap::DrawPurpose};

/// Two contestants in figures, over all trades and by group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairedFigures {
    /// The contestant that is compared.
    pub candidate: String,
    /// The contestant it is compared with.
    pub baseline: String,
    /// All trades first, then every group of every kind.
    pub groups: Vec<PairedGroup>,
}

/// The figures of one group of trades.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairedGroup {
    /// What the trades are grouped by, as `side`; `all` for all of them.
    pub kind: String,
    /// Name of the group, for example `long`.
    pub name: String,
    /// Trades in it.
    pub trades: usize,
    /// By name of the figure, in [`FIGURES`].
    pub figures: BTreeMap<String, PairedFigure>,
}

/// One figure of both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairedFigure {
    /// Of the candidate; `None` where it is undefined.
    pub candidate: Option<f64>,
    /// Of the baseline.
    pub baseline: Option<f64>,
    /// Candidate minus baseline.
    pub difference: Option<f64>,
    /// Two-sided 95 % block-bootstrap interval of the difference; `None` below [`FEWEST_TRADES`] trades or where more
    /// than one draw in twenty is undefined.
    pub ci95: Option<[f64; 2]>,
}

/// The figures, in the order of tables: name, unit, and what it is.
pub const FIGURES: [(&str, &str, &str); 7] = [
    ("mean_objective", "unit of J", "Mean J per trade."),
    ("mean_net_r", "R", "Mean net R per trade."),
    ("sharpe_per_trade", "ratio", "Mean net R of a trade ÷ its deviation; not annualised."),
    ("closed_drawdown_r", "R", "Deepest fall of the sum of net R, trades in order of entry, each closed at once."),
    ("deviation_net_r", "R", "Sample deviation of net R over trades."),
    ("win_rate", "share", "Share of trades with a net gain."),
    ("profit_factor", "ratio", "Sum of net gains ÷ sum of net losses."),
];

/// Minimum number of trades in a group for an interval.
pub const FEWEST_TRADES: usize = 20;

/// What a stretch of trades adds up to.
#[derive(Debug, Clone, Copy)]
struct Sums {
    trades: f64,
    objective: f64,
    net_r: f64,
    squares: f64,
    won: f64,
    gains: f64,
    losses: f64,
    path: EquityPath,
}

impl Sums {
    const NONE: Self = Self {
        trades: 0.0,
        objective: 0.0,
        net_r: 0.0,
        squares: 0.0,
        won: 0.0,
        gains: 0.0,
        losses: 0.0,
        path: EquityPath::FLAT,
    };

    fn then_trade(self, objective: f64, net_r: f64) -> Self {
        Self {
            trades: self.trades + 1.0,
            objective: self.objective + objective,
            net_r: self.net_r + net_r,
            squares: self.squares + net_r * net_r,
            won: self.won + f64::from(u8::from(net_r > 0.0)),
            gains: self.gains + net_r.max(0.0),
            losses: self.losses + (-net_r).max(0.0),
            path: self.path.then_step(net_r),
        }
    }

    fn then(self, later: &Self) -> Self {
        Self {
            trades: self.trades + later.trades,
            objective: self.objective + later.objective,
            net_r: self.net_r + later.net_r,
            squares: self.squares + later.squares,
            won: self.won + later.won,
            gains: self.gains + later.gains,
            losses: self.losses + later.losses,
            path: self.path.then(later.path),
        }
    }

    /// The values of [`FIGURES`].
    fn figures(&self) -> [Option<f64>; 7] {
        let defined = |value: f64| value.is_finite().then_some(value);
        let mean = self.net_r / self.trades;
        let variance = (self.squares - self.net_r * mean) / (self.trades - 1.0);
        let deviation = defined(variance.max(0.0).sqrt()).filter(|_| self.trades > 1.0);
        // What rounding leaves of no variation is none.
        let varies = deviation.filter(|&deviation| deviation > 1e-9 * (1.0 + mean.abs()));
        [
            defined(self.objective / self.trades),
            defined(mean),
            varies.map(|deviation| mean / deviation),
            (self.trades > 0.0).then_some(self.path.drawdown),
            deviation,
            defined(self.won / self.trades),
            defined(self.gains / self.losses),
        ]
    }
}

/// The figures of `candidate` and `baseline` over all trades and over the parts of `groupings`.
pub(crate) fn paired_figures(
    candidate: &TradeScores,
    baseline: &TradeScores,
    groupings: &[Grouping],
    resample: &Resample,
    draws: usize,
) -> PairedFigures {
    let all = Grouping { kind: "all".into(), of_entry: vec![Some("all trades".into()); candidate.net_r.len()] };
    let groups = std::iter::once(&all).chain(groupings).flat_map(|grouping| {
        let names: BTreeSet<&String> = grouping.of_entry.iter().flatten().collect();
        names.into_iter().map(|name| {
            let is_in: Vec<bool> = grouping.of_entry.iter().map(|part| part.as_ref() == Some(name)).collect();
            group(&grouping.kind, name, &is_in, [candidate, baseline], resample, draws)
        })
    });
    PairedFigures { candidate: candidate.name.clone(), baseline: baseline.name.clone(), groups: groups.collect() }
}

fn group(
    kind: &str,
    name: &str,
    is_in: &[bool],
    pair: [&TradeScores; 2],
    resample: &Resample,
    draws: usize,
) -> PairedGroup {
    let by_cell = pair.map(|scores| -> Vec<Sums> {
        let of_cell = |trades: &Vec<u32>| {
            trades
                .iter()
                .map(|&trade| trade as usize)
                .filter(|&trade| is_in[trade])
                .fold(Sums::NONE, |sums, trade| sums.then_trade(scores.objective[trade], scores.net_r[trade]))
        };
        resample.trades_of_cell.iter().map(of_cell).collect()
    });
    let whole = |cells: &[Sums]| cells.iter().fold(Sums::NONE, |sums, cell| sums.then(cell));
    let [own, other] = [whole(&by_cell[0]).figures(), whole(&by_cell[1]).figures()];
    let trades = is_in.iter().filter(|&&is_in| is_in).count();
    let difference = |own: Option<f64>, other: Option<f64>| own.zip(other).map(|(own, other)| own - other);
    let drawn: Vec<[Option<f64>; 7]> = if trades < FEWEST_TRADES {
        Vec::new()
    } else {
        resample.bootstrap.draws(draws, resample.seed, DrawPurpose::Comparisons, |places| {
            let [own, other] = [0, 1].map(|which: usize| {
                let cells = &by_cell[which];
                places.iter().fold(Sums::NONE, |sums, &place| sums.then(&cells[place as usize])).figures()
            });
            std::array::from_fn(|figure| difference(own[figure], other[figure]))
        })
    };
    let interval = |figure: usize| {
        let mut defined: Vec<f64> = drawn.iter().filter_map(|draw| draw[figure]).collect();
        let enough = drawn.len() * 19 <= defined.len() * 20;
        enough.then(|| resample.rule.interval(&mut defined)).flatten()
    };
    let figures = FIGURES.iter().enumerate().map(|(place, (name, ..))| {
        let difference = difference(own[place], other[place]);
        let ci95 = difference.and_then(|_| interval(place));
        ((*name).to_owned(), PairedFigure { candidate: own[place], baseline: other[place], difference, ci95 })
    });
    PairedGroup { kind: kind.to_owned(), name: name.to_owned(), trades, figures: figures.collect() }
}

#[cfg(test)]
mod tests {
    use crate::{Grouping, fake::FakeRun};

    /// One definition a figure: the sums give what the metrics of single contestants give.
    #[test]
    fn figures_equal_the_metrics_of_both() {
        let mut run = FakeRun::new(5, 120, 0.4);
        run.pairs = vec![("trees".into(), "all out after 10".into())];
        let evaluation = run.evaluate();
        let all = &evaluation.paired[0].groups[0];
        assert_eq!((all.kind.as_str(), all.trades), ("all", 120));
        for name in ["mean_objective", "mean_net_r", "sharpe_per_trade", "deviation_net_r", "win_rate", "profit_factor"]
        {
            let metric = |who: &str| {
                evaluation.contestants.iter().find(|contestant| contestant.name == who).unwrap().value(name).unwrap()
            };
            let figure = &all.figures[name];
            assert!((figure.candidate.unwrap() - metric("trees")).abs() < 1e-9, "{name}");
            assert!((figure.baseline.unwrap() - metric("all out after 10")).abs() < 1e-9, "{name}");
            let [low, high] = figure.ci95.unwrap();
            assert!(low <= figure.difference.unwrap() && figure.difference.unwrap() <= high, "{name}");
        }
    }

    #[test]
    fn parts_add_up_and_small_ones_have_no_interval() {
        let mut run = FakeRun::new(5, 120, 0.4);
        run.pairs = vec![("trees".into(), "all out after 10".into())];
        let of_entry = (0..120).map(|place| Some(if place < 10 { "few" } else { "many" }.to_owned())).collect();
        run.facts.groupings.push(Grouping { kind: "size".into(), of_entry });
        let evaluation = run.evaluate();
        let groups = &evaluation.paired[0].groups;
        let part = |name: &str| groups.iter().find(|group| group.name == name).unwrap();
        let sum = |name: &str| {
            let group = part(name);
            group.trades as f64 * group.figures["mean_net_r"].difference.unwrap()
        };
        assert!((sum("few") + sum("many") - sum("all trades")).abs() < 1e-9);
        assert!(part("few").figures["mean_net_r"].ci95.is_none() && part("many").figures["mean_net_r"].ci95.is_some());
    }
}
