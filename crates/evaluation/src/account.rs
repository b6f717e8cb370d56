use std::collections::BTreeMap;

use scaleout_exits::{Book, MissedReason, Money};
use scaleout_market::Entry;
use serde::{Deserialize, Serialize};

use crate::timeline::Timeline;

/// The free-running book of one contestant, marked to market: the base of daily returns and what follows from them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountResult {
    /// Name of the contestant.
    pub name: String,
    /// Cash at the start.
    pub capital: Money,
    /// Equity when everything is closed: the capital and `net`, to the last unit.
    pub end_equity: Money,
    /// What the trades taken earned after fees and carry.
    pub net: Money,
    /// Fees of entries and exits, in `net`.
    pub fees: Money,
    /// Holding costs, funding, financing and dividends, in `net`.
    pub carry: Money,
    /// Entries taken.
    pub taken: usize,
    /// Entries taken at less than the risk allowed, because the free margin ended.
    pub cut: usize,
    /// Ids of the entries it had to miss, by reason.
    pub missed: BTreeMap<MissedReason, Vec<String>>,
    /// Largest margin of one position, as a share of the equity before it.
    pub largest_margin_frac: f64,
    /// Deepest fall of the marked equity from a peak, as a share of the peak.
    pub max_drawdown_frac: f64,
    /// Equity at each mark of the curves.
    pub equity_at_marks: Vec<f64>,
    /// Equity at the end of each trading day.
    pub equity_by_day: Vec<f64>,
    /// Return of each trading day; 0 once nothing is left.
    pub returns: Vec<f64>,
}

impl AccountResult {
    /// Entries missed, for any reason.
    pub fn missed_count(&self) -> usize {
        self.missed.values().map(Vec::len).sum()
    }
}

/// Marks `book` to market at the moments of `timeline` and shows it at the moments `places`.
pub(crate) fn account(
    name: &str,
    book: &Book,
    entries: &[Entry],
    timeline: &Timeline,
    places: &[usize],
) -> AccountResult {
    let equity = equity_by_moment(book, timeline);
    let (mut peak, mut max_drawdown_frac) = (book.capital.as_f64(), 0.0_f64);
    for equity in &equity {
        peak = peak.max(equity.as_f64());
        max_drawdown_frac = max_drawdown_frac.max(1.0 - equity.as_f64() / peak);
    }
    let (equity_by_day, returns) = by_day(book.capital, &equity, timeline);
    let mut missed: BTreeMap<MissedReason, Vec<String>> = BTreeMap::new();
    for one in &book.missed {
        missed.entry(one.reason).or_default().push(entries[one.index].id.clone());
    }
    let legs = || book.taken.iter().flat_map(|taken| &taken.outcome.legs);
    AccountResult {
        name: name.to_owned(),
        capital: book.capital,
        end_equity: book.end_equity(),
        net: book.taken.iter().map(|taken| taken.outcome.net).sum(),
        fees: legs().map(|leg| leg.entry_fee + leg.exit_fee).sum(),
        carry: book.taken.iter().map(|taken| taken.outcome.carry).sum(),
        taken: book.taken.len(),
        cut: book.taken.iter().filter(|taken| taken.is_cut).count(),
        missed,
        largest_margin_frac: largest_margin_frac(book),
        max_drawdown_frac,
        equity_at_marks: places.iter().map(|&place| equity[place].as_f64()).collect(),
        equity_by_day,
        returns,
    }
}

/// Equity at each moment, open positions at their mark; at the last moment exactly what the ledger says.
fn equity_by_moment(book: &Book, timeline: &Timeline) -> Vec<Money> {
    let mut steps = vec![Money::ZERO; timeline.moments.len()];
    for taken in &book.taken {
        let outcome = &taken.outcome;
        let last = outcome.bar_net_r.len() - 1;
        let (mut net_r, mut marked) = (0.0, Money::ZERO);
        for (bar, (moment, step_r)) in timeline.marks(outcome).enumerate() {
            net_r += step_r;
            let now = if bar == last { outcome.net } else { Money::from_f64(net_r * outcome.one_r.as_f64()) };
            steps[moment] = steps[moment] + (now - marked);
            marked = now;
        }
    }
    let mut equity = book.capital;
    steps
        .into_iter()
        .map(|step| {
            equity = equity + step;
            equity
        })
        .collect()
}

fn by_day(capital: Money, equity: &[Money], timeline: &Timeline) -> (Vec<f64>, Vec<f64>) {
    let (mut before, mut next) = (capital.as_f64(), 0);
    let (mut by_day, mut returns) = (Vec::with_capacity(timeline.days.len()), Vec::with_capacity(timeline.days.len()));
    for &day in &timeline.days {
        let mut now = before;
        while next < equity.len() && timeline.moments[next].utc_day() <= day {
            now = equity[next].as_f64();
            next += 1;
        }
        by_day.push(now);
        returns.push(if before > 0.0 { now / before - 1.0 } else { 0.0 });
        before = now;
    }
    (by_day, returns)
}

fn largest_margin_frac(book: &Book) -> f64 {
    book.taken.iter().map(|taken| taken.margin / taken.equity_before.as_f64()).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use scaleout_exits::Money;

    use crate::fake::FakeRun;

    #[test]
    fn money_reconciles_and_every_entry_is_taken_or_missed() {
        let run = FakeRun::new(5, 60, 0.2);
        let evaluation = run.evaluate();
        for (account, book) in evaluation.accounts.iter().zip(&run.books) {
            assert_eq!(account.taken + account.missed_count(), 60);
            assert!(0 < account.taken && 0 < account.missed_count(), "entries overlap in this market");
            assert_eq!(account.end_equity, account.capital + account.net);
            assert_eq!(account.net, book.taken.iter().map(|taken| taken.outcome.net).sum::<Money>());
            let gross: Money = book.taken.iter().flat_map(|taken| &taken.outcome.legs).map(|leg| leg.gross).sum();
            let by_parts = (gross - account.fees - account.carry).as_f64();
            assert!((account.net.as_f64() - by_parts).abs() < 1e-6, "the fake rounds a trade and its legs apart");
            let last = account.end_equity.as_f64();
            assert_eq!((account.equity_at_marks.last(), account.equity_by_day.last()), (Some(&last), Some(&last)));
            let compounded: f64 = account.returns.iter().map(|day| 1.0 + day).product();
            assert!((compounded - last / account.capital.as_f64()).abs() < 1e-12, "days multiply to the whole");
        }
    }
}
