//! The advice: one clause in words that a trader says. The first that applies is given.

use crate::{
    Comparison, Sample,
    conditions::{Question, configurations},
    evidence::{Evidence, Verdict},
    number::signed,
};

/// Below so many independent trades nothing can be told.
const LEAST_EFFECTIVE: f64 = 10.0;

/// A model that holds no more than this after two bars refuses the trade.
const REFUSES: f64 = 0.1;

/// The clause; it begins with a capital and has no full stop.
pub(crate) fn advice(verdict: &Verdict, evidence: &Evidence<'_>) -> String {
    let (situation, facts) = (&evidence.situation, evidence.shared.facts);
    let Comparison { baseline, mean_difference_r, .. } = evidence.comparison;
    let rule = facts.say(baseline);
    match evidence.shared.sample {
        Sample::InSample => {
            return "The model learned from these trades, so they show nothing: test it on later trades".into();
        }
        Sample::Unknown => {
            return "The model does not say what it learned from, so nothing is concluded from these trades".into();
        }
        Sample::OutOfSample => {}
    }
    if let Some(leak) = facts.leaks.iter().flatten().next() {
        return format!("Remove the feature `{}`: it looks ahead to the next bar", leak.feature);
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
                "Use the model for smaller swings, not for profit: it earns {} R less per trade than {rule}",
                signed(-mean_difference_r).trim_start_matches('+')
            ),
            (false, true) => "Use the model: it beats every other exit".into(),
            (false, false) => format!("Use the model: it beats {rule}, the benchmark"),
        };
    }
    if situation.is_tie {
        return format!("Use {rule}: the model takes the same exits");
    }
    if let Some(few) = situation.hangs_on {
        let trades = ["one trade", "two trades", "three trades"][few - 1];
        return format!("Use {rule}: the model's gain depends on {trades}");
    }
    let mut blocking = verdict.conditions.iter().filter(|condition| condition.blocks());
    if let (Some(only), None) = (blocking.next(), blocking.next())
        && only.question == Question::Trials
    {
        let count = evidence.shared.trials.count().unwrap_or(1);
        return format!("Use {rule}: after {} the model's gain may be luck", configurations(count));
    }
    if verdict.better_than_ladder {
        return format!("Use {rule}: the model beats the ladders, but not this rule");
    }
    format!("Use {rule}: no learned exit beats it significantly")
}
