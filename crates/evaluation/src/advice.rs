//! The advice: one clause in words that a trader says. The first that applies is given.

use crate::{
    Comparison, Contestant, Sample, TradeScores,
    conditions::{Question, configurations},
    number::signed,
    sensitivity::mean_objective,
    stats::moments::mean,
    verdict::{Evidence, Verdict},
};

/// What the advice must know beyond the conditions.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Situation {
    /// Highest mean net R of all contestants that can be followed.
    pub best_net_r: f64,
    /// Share of the initial size that the candidate holds after two bars, over all trades.
    pub held_after_two_bars: f64,
    /// Fewest trades without which the paired gain is gone, where at most [`FEW`] are enough.
    pub hangs_on: Option<usize>,
    /// Whether candidate and rule have the same J in every trade.
    pub is_tie: bool,
}

/// So many trades are few to hang a result on.
const FEW: usize = 3;

/// A result that hangs on few of fewer trades than this is a matter of too few trades.
const LEAST_TRADES: usize = 20;

/// Below so many independent trades nothing can be told.
const LEAST_EFFECTIVE: f64 = 10.0;

/// A model that holds no more than this after two bars refuses the trade.
const REFUSES: f64 = 0.1;

impl Situation {
    pub fn new(
        followed: &[&TradeScores],
        candidate: &Contestant,
        paired: &[f64],
    ) -> Self {
        let held = candidate.outcomes.iter().map(|outcome| outcome.held.get(2).map_or(0.0, |held| held.as_f64()));
        let net_r = followed.iter().filter_map(|scores| mean(&scores.net_r));
        Self {
            best_net_r: net_r.fold(f64::NEG_INFINITY, f64::max),
            held_after_two_bars: held.sum::<f64>() / candidate.outcomes.len() as f64,
            hangs_on: hangs_on(paired),
            is_tie: paired.iter().all(|&difference| difference == 0.0),
        }
    }
}

/// Fewest of the largest gains without which their sum is no longer above 0.
fn hangs_on(paired: &[f64]) -> Option<usize> {
    let mut sum: f64 = paired.iter().sum();
    if sum <= 0.0 || paired.len() < LEAST_TRADES {
        return None;
    }
    let mut gains = paired.to_vec();
    gains.sort_unstable_by(|a, b| b.total_cmp(a));
    gains.iter().take(FEW).position(|gain| {
        sum -= gain;
        sum <= 0.0
    }).map(|place| place + 1)
}

/// The clause; it begins with a capital and has no full stop.
pub(crate) fn advice(verdict: &Verdict, evidence: &Evidence<'_>) -> String {
    let (situation, facts) = (&evidence.situation, evidence.shared.facts);
    let Comparison { baseline, mean_difference_r, .. } = evidence.comparison;
    let rule = facts.say(baseline);
    match evidence.shared.sample {
        Sample::InSample => return "The model learned from these trades, so they show nothing: test it on later ones".into(),
        Sample::Unknown => {
            return "The model does not say what it learned from, so nothing is concluded from these trades".into();
        }
        Sample::OutOfSample => {}
    }
    if let Some(leak) = facts.leaks.first() {
        return format!("Take `{}` out of the features: it knows the next bar", leak.feature);
    }
    if evidence.power.effective_trades < LEAST_EFFECTIVE {
        return format!("Too few trades to tell: use {rule} meanwhile");
    }
    if situation.best_net_r <= 0.0 {
        return "No exit makes these entries pay".into();
    }
    if situation.held_after_two_bars <= REFUSES {
        let held = 100.0 * situation.held_after_two_bars;
        return format!("The model mostly refuses the trade: it holds {held:.0} % after two bars");
    }
    if verdict.better_than_rule {
        return match (*mean_difference_r < 0.0, verdict.beats_all) {
            (true, _) => format!(
                "Use the model for smaller swings and not for profit: it earns {} R less a trade than {rule}",
                signed(-mean_difference_r).trim_start_matches('+')
            ),
            (false, true) => "Use the model: it beats every other exit".into(),
            (false, false) => format!("Use the model: it beats {rule}, the best rule chosen beforehand"),
        };
    }
    if situation.is_tie {
        return format!("Use {rule}: the model takes the same exits");
    }
    if let Some(few) = situation.hangs_on {
        let trades = ["one trade", "two trades", "three trades"][few - 1];
        return format!("Use {rule}: the model's gain hangs on {trades}");
    }
    let mut blocking = verdict.conditions.iter().filter(|condition| condition.blocks());
    if let (Some(only), None) = (blocking.next(), blocking.next())
        && only.question == Question::Trials
    {
        let count = evidence.shared.trials.count().unwrap_or(1);
        return format!("Use {rule}: after {} the model's gain may be luck", configurations(count));
    }
    if verdict.better_than_ladder {
        return format!("Use {rule}: the model is shown to beat the ladders, but not it");
    }
    format!("Use {rule}: no learned exit is shown to beat it")
}

/// Those whose mean J is highest and whose mean net R is highest, by name.
pub(crate) fn leaders<'a>(followed: &[&'a TradeScores]) -> Option<(&'a str, &'a str)> {
    let first = |key: &dyn Fn(&TradeScores) -> f64| {
        followed.iter().rev().max_by(|a, b| key(a).total_cmp(&key(b))).map(|scores| scores.name.as_str())
    };
    first(&mean_objective).zip(first(&|scores| mean(&scores.net_r).unwrap_or(f64::NEG_INFINITY)))
}

#[cfg(test)]
mod tests {
    use super::hangs_on;

    #[test]
    fn a_sum_hangs_on_the_trades_that_turn_its_sign() {
        let with = |large: &[f64]| [vec![-0.1; 30], large.to_vec()].concat();
        assert_eq!(hangs_on(&with(&[4.0])), Some(1));
        assert_eq!(hangs_on(&with(&[2.0, 2.0])), Some(1));
        assert_eq!(hangs_on(&with(&[1.6, 1.6, 1.6])), Some(2), "1.8 in all, .2 without the first, below 0 without two");
        assert_eq!(hangs_on(&with(&[1.0; 30])), None, "many trades carry it");
        assert_eq!(hangs_on(&with(&[1.0])), None, "there is no gain");
        assert_eq!(hangs_on(&[1.0, -0.5]), None, "two trades are too few for anything");
    }
}
