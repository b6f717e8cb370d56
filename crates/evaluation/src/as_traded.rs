//! The other population: what one account took, one position a symbol. Its figures never stand among those of all
//! entries, and it has a verdict line of its own.

use serde::{Deserialize, Serialize};

use crate::{
    AccountResult,
    stats::{
        block_length::politis_white,
        bootstrap::{DrawPurpose, IntervalRule, StationaryBootstrap},
        moments::mean,
    },
};

/// Two accounts on the same days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AsTraded {
    /// The contestant whose account is compared.
    pub candidate: String,
    /// The other.
    pub baseline: String,
    /// Return of the candidate's account from start to end, as a share.
    pub candidate_return: f64,
    /// The same of the other.
    pub baseline_return: f64,
    /// Mean difference of the daily returns.
    pub mean_daily_difference: f64,
    /// Two-sided 95 % interval of it, from a stationary bootstrap over days; `None` below [`FEWEST_DAYS`] days.
    pub ci95: Option<[f64; 2]>,
    /// Trading days.
    pub days: usize,
    /// The verdict on this population alone.
    pub sentence: String,
}

/// Fewest trading days for an interval.
const FEWEST_DAYS: usize = 20;

/// The accounts of `candidate` and `baseline` on the same days.
pub(crate) fn as_traded(
    candidate: &AccountResult,
    baseline: &AccountResult,
    words: &str,
    seed: u64,
    draws: usize,
) -> AsTraded {
    let differences: Vec<f64> = candidate.returns.iter().zip(&baseline.returns).map(|(a, b)| a - b).collect();
    let mean_daily_difference = mean(&differences).unwrap_or(0.0);
    let ci95 = (FEWEST_DAYS <= differences.len()).then(|| interval(&differences, seed, draws)).flatten();
    let of = |account: &AccountResult| account.net.as_f64() / account.capital.as_f64();
    let (candidate_return, baseline_return) = (of(candidate), of(baseline));
    let percent = |share: f64| format!("{}{:.2} %", if share < 0.0 { "−" } else { "+" }, 100.0 * share.abs());
    let shown = match ci95 {
        Some([low, _]) if low > 0.0 => "the model's account is shown to do better",
        Some([_, high]) if high < 0.0 => "the model's account is shown to do worse",
        Some(_) => "no difference is shown",
        None => "too few days to tell",
    };
    let between =
        ci95.map_or(String::new(), |[low, high]| format!(" ({} to {} a day, 95 %)", percent(low), percent(high)));
    let sentence = format!(
        "As traded, one position a symbol: the model took {} entries and made {} of the capital, {words} took {} and made {}; \
         {shown}{between}.",
        candidate.taken,
        percent(candidate_return),
        baseline.taken,
        percent(baseline_return)
    );
    AsTraded {
        candidate: candidate.name.clone(),
        baseline: baseline.name.clone(),
        candidate_return,
        baseline_return,
        mean_daily_difference,
        ci95,
        days: differences.len(),
        sentence,
    }
}

fn interval(differences: &[f64], seed: u64, draws: usize) -> Option<[f64; 2]> {
    let block = politis_white(differences).map_or(1.0, |length| length.stationary);
    let bootstrap = StationaryBootstrap::new(differences.len(), block);
    let mut means = bootstrap.draws(draws, seed, DrawPurpose::Returns, |places| {
        places.iter().map(|&day| differences[day as usize]).sum::<f64>() / places.len() as f64
    });
    IntervalRule::for_blocks(differences.len() as f64 / block).interval(&mut means)
}

#[cfg(test)]
mod tests {
    use scaleout_exits::Money;

    use super::*;

    fn account(name: &str, daily: impl Fn(usize) -> f64) -> AccountResult {
        let returns: Vec<f64> = (0..200).map(daily).collect();
        let net = Money::from_f64(100_000.0 * (returns.iter().map(|day| 1.0 + day).product::<f64>() - 1.0));
        AccountResult {
            name: name.into(),
            capital: Money::from_f64(100_000.0),
            end_equity: Money::from_f64(100_000.0) + net,
            net,
            fees: Money::ZERO,
            carry: Money::ZERO,
            taken: 30,
            cut: 0,
            missed: Default::default(),
            largest_margin_frac: 0.0,
            max_drawdown_frac: 0.0,
            equity_at_marks: Vec::new(),
            equity_by_day: Vec::new(),
            returns,
        }
    }

    #[test]
    fn accounts_have_a_verdict_of_their_own() {
        let wave = |day: usize| 0.001 * ((day * 37 % 11) as f64 - 5.0);
        let check = |gain: f64, expected: &str| {
            let (own, other) = (account("model", |day| wave(day) + gain), account("rule", |day| wave(day + 3)));
            let found = as_traded(&own, &other, "the percent trail", 1, 500);
            assert!(found.sentence.contains(expected), "{}", found.sentence);
            assert!(found.sentence.contains("the percent trail took 30"), "{}", found.sentence);
        };
        check(0.003, "shown to do better");
        check(-0.003, "shown to do worse");
        check(0.0, "no difference is shown");
    }
}
