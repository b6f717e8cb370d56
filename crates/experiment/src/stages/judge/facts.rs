//! What the evaluation says in words, and the prices it needs.

use std::collections::BTreeMap;

use scaleout_evaluation::{BarPrices, Facts, Stake, SymbolFacts};

use crate::{
    Fitted, FittedFold, Prepared, PreparedMarket, TunedBaseline,
    config::baselines::words,
    stages::judge::{
        field::Field,
        in_span::{best_in_span, is_at_once, is_in_parts, is_ladder},
        names::{AS_TRADED, AT_ONCE, IN_PARTS, IN_SPAN_LADDER, IN_SPAN_RULE},
    },
};

pub(super) fn facts(fitted: &Fitted, field: &Field<'_>) -> Facts {
    let now = &fitted.refit.baselines;
    let is_fair = |baseline: &TunedBaseline| !field.fitted_to_these.contains(&baseline.name);
    let mut said = words(now.iter().map(|baseline| baseline.name.as_str()));
    if field.as_traded().is_some() {
        said.insert(AS_TRADED.to_owned(), "the exits that were really made".to_owned());
    }
    let mut say_choice = |contestant: Option<&str>, place: Option<usize>, what: &str| {
        if let (Some(name @ (IN_SPAN_RULE | IN_SPAN_LADDER | IN_PARTS | AT_ONCE)), Some(place)) = (contestant, place) {
            let chosen = said.get(&now[place].name).cloned().unwrap_or_else(|| format!("`{}`", now[place].name));
            said.insert(name.to_owned(), format!("{what} chosen in each fold (now {chosen})"));
        }
    };
    say_choice(field.in_span_rule.as_deref(), best_in_span(&fitted.refit, is_fair), "the rule");
    say_choice(
        field.in_span_ladder.as_deref(),
        best_in_span(&fitted.refit, |one| is_fair(one) && is_ladder(one)),
        "the ladder",
    );
    let (in_parts, at_once) = (field.in_parts.as_deref(), field.at_once.as_deref());
    say_choice(in_parts, best_in_span(&fitted.refit, |one| is_fair(one) && is_in_parts(one)), "the best exit in parts");
    say_choice(at_once, best_in_span(&fitted.refit, |one| is_fair(one) && is_at_once(one)), "the best exit at once");
    let account = &field.prepared.config.account;
    let stake = Stake {
        capital: account.capital,
        risk_per_trade_frac: account.risk_per_trade_frac,
        currency: field.prepared.currency().to_owned(),
    };
    let learner = |fold: &FittedFold| {
        let FittedFold { lesson, .. } = fold;
        match lesson.follows() {
            Some(place) => Some(lesson.baselines[place].name.clone()),
            None => Some(lesson.models.get(lesson.chosen)?.name.clone()),
        }
    };
    Facts {
        words: said,
        learners: fitted.folds.iter().filter_map(learner).collect(),
        stake: Some(stake),
        horizon_bars: Some(field.prepared.config.replay.horizon_bars as usize),
        ..Facts::default()
    }
}

pub(super) fn symbols(prepared: &Prepared) -> BTreeMap<String, SymbolFacts> {
    let facts = |market: &PreparedMarket| {
        let (bars, instrument) = (market.view().bars(), &market.loaded.instrument);
        let facts = SymbolFacts {
            bar_close: bars.iter().map(|bar| bar.ts).collect(),
            prices: bars.iter().map(|bar| BarPrices { high: bar.high, low: bar.low, close: bar.close }).collect(),
            currency: instrument.currency.clone(),
        };
        (instrument.symbol.clone(), facts)
    };
    prepared.markets.iter().map(facts).collect()
}
