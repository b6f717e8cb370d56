//! The pairs of contestants that the config wants side by side.

use scaleout_evaluation::Contestant;
use scaleout_report::{View, Withheld};

use crate::stages::{
    judge::{
        field::Field,
        names::{AT_ONCE, IN_PARTS, IN_SPAN_LADDER, IN_SPAN_RULE},
    },
    views::Views,
};

impl Field<'_> {
    /// The pairs of `asked` whose contestants took part; of the others it is told why they are not shown. A baseline that
    /// is best in every fold stands for the one chosen in-span.
    pub(super) fn pairs(
        &self,
        asked: &[(String, String)],
        contestants: &[Contestant],
        views: &mut Views,
    ) -> Vec<(String, String)> {
        let took_part = |name: &String| contestants.iter().any(|contestant| contestant.name == *name);
        let found = |name: &String| {
            let stands_for = match name.as_str() {
                IN_SPAN_RULE => self.in_span_rule.clone(),
                IN_SPAN_LADDER => self.in_span_ladder.clone(),
                IN_PARTS => self.in_parts.clone(),
                AT_ONCE => self.at_once.clone(),
                _ => Some(name.clone()),
            };
            stands_for.filter(took_part).ok_or_else(|| format!("`{name}` took no part"))
        };
        let mut pairs = Vec::with_capacity(asked.len());
        for (candidate, baseline) in asked {
            match found(candidate).and_then(|candidate| Ok((candidate, found(baseline)?))) {
                Ok(pair) => pairs.push(pair),
                Err(reason) => views.withheld.push(Withheld { view: View::Pairs, reason }),
            }
        }
        pairs
    }
}
