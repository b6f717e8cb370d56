use std::collections::BTreeSet;

use crate::{EvaluationError, EvaluationInput, TradeScores};

/// Refuses contestants that cannot be compared trade by trade.
pub(crate) fn check(input: &EvaluationInput<'_>) -> Result<(), EvaluationError> {
    if input.entries.is_empty() {
        return Err(EvaluationError::Nothing { what: "entries" });
    }
    if input.contestants.is_empty() {
        return Err(EvaluationError::Nothing { what: "contestants" });
    }
    if let Some(entry) = input.entries.iter().find(|entry| !input.symbols.contains_key(&entry.symbol)) {
        return Err(EvaluationError::Unknown { role: "symbol", name: entry.symbol.clone() });
    }
    let mut names = BTreeSet::new();
    for contestant in input.contestants {
        if !names.insert(contestant.name.as_str()) {
            return Err(EvaluationError::SameName { name: contestant.name.clone() });
        }
        let mut outcomes = contestant.outcomes.iter();
        for (place, entry) in input.entries.iter().enumerate() {
            let not_aligned = |found: String| EvaluationError::NotAligned {
                contestant: contestant.name.clone(),
                place,
                expected: entry.id.clone(),
                found,
            };
            let outcome = outcomes.next().ok_or_else(|| not_aligned("nothing".into()))?;
            if outcome.id != entry.id || outcome.symbol != entry.symbol {
                return Err(not_aligned(format!("`{}` of `{}`", outcome.id, outcome.symbol)));
            }
            let figures = [("objective", outcome.objective), ("net_r", outcome.net_r), ("gross_r", outcome.gross_r)];
            let bars = outcome.bar_net_r.iter().map(|&net_r| ("bar_net_r", net_r));
            if let Some((field, value)) = figures.into_iter().chain(bars).find(|(_, value)| !value.is_finite()) {
                let (contestant, entry) = (contestant.name.clone(), entry.id.clone());
                return Err(EvaluationError::NotFinite { contestant, entry, field, value });
            }
        }
        if let Some(extra) = outcomes.next() {
            return Err(EvaluationError::NotAligned {
                contestant: contestant.name.clone(),
                place: input.entries.len(),
                expected: "no more".into(),
                found: format!("`{}`", extra.id),
            });
        }
    }
    if input.books.len() != input.contestants.len() {
        return Err(EvaluationError::NotAligned {
            contestant: "books".into(),
            place: input.books.len().min(input.contestants.len()),
            expected: format!("{} books, one for each contestant", input.contestants.len()),
            found: format!("{} books", input.books.len()),
        });
    }
    let roles = [
        ("candidate", input.candidate),
        ("in-span rule", input.in_span.rule),
        ("in-span ladder", input.in_span.ladder),
    ];
    for (role, name) in roles {
        if let Some(name) = name.filter(|name| !names.contains(name)) {
            return Err(EvaluationError::Unknown { role, name: name.to_owned() });
        }
    }
    let pairs = input.pairs.iter().flat_map(|(candidate, baseline)| [candidate.as_str(), baseline.as_str()]);
    let scaling = input.scaling.iter().flat_map(|&(in_parts, at_once)| [in_parts, at_once]);
    if let Some(name) = pairs.chain(scaling).find(|name| !names.contains(name)) {
        return Err(EvaluationError::Unknown { role: "contestant of a pair", name: name.to_owned() });
    }
    if let Some(grouping) = input.facts.groupings.iter().find(|grouping| grouping.of_entry.len() != input.entries.len())
    {
        return Err(EvaluationError::NotAligned {
            contestant: format!("grouping by {}", grouping.kind),
            place: grouping.of_entry.len().min(input.entries.len()),
            expected: format!("{} parts, one for each entry", input.entries.len()),
            found: format!("{} parts", grouping.of_entry.len()),
        });
    }
    let legs = input.sensitivity.iter().flat_map(|leg| &leg.scores);
    for scores in legs.chain(input.permuted.iter().flat_map(|permuted| &permuted.draws)) {
        check_scores(scores, &names, input)?;
    }
    Ok(())
}

fn check_scores(
    scores: &TradeScores,
    names: &BTreeSet<&str>,
    input: &EvaluationInput<'_>,
) -> Result<(), EvaluationError> {
    if !names.contains(scores.name.as_str()) {
        return Err(EvaluationError::Unknown { role: "scores of", name: scores.name.clone() });
    }
    for (field, values) in [("objective", &scores.objective), ("net_r", &scores.net_r)] {
        if values.len() != input.entries.len() {
            return Err(EvaluationError::NotAligned {
                contestant: scores.name.clone(),
                place: values.len().min(input.entries.len()),
                expected: format!("{} values of {field}", input.entries.len()),
                found: format!("{} values", values.len()),
            });
        }
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            return Err(EvaluationError::NotFinite {
                contestant: scores.name.clone(),
                entry: input.entries[place].id.clone(),
                field,
                value: values[place],
            });
        }
    }
    Ok(())
}
