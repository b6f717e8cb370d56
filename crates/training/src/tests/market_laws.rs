//! Laws of the whole way from bars to sales: what must not depend on where prices lie and what they are counted in.

use std::{collections::BTreeSet, sync::Arc};

use scaleout_exits::ExitPolicy;
use scaleout_model::{ModelPolicy, RestingModelPolicy};

use crate::{
    fixtures::{planted_market::Planted, small_learners::recurrent},
    learners::registry::LearnerConfig,
};

/// Bar and fraction of every sale of every trade by `learner`, once fitted on `market`: sold at the open, and resting.
fn sales(market: &Planted, learner: &LearnerConfig) -> Vec<Vec<(usize, u32)>> {
    let model = Arc::new(market.model(learner));
    let policies: [&dyn ExitPolicy; 2] = [&ModelPolicy::new(model.clone()), &RestingModelPolicy::new(model)];
    let sold = policies.into_iter().flat_map(|policy| market.outcomes(policy));
    sold.map(|outcome| outcome.legs.iter().map(|leg| (leg.bar, leg.fraction.units())).collect()).collect()
}

/// Every learner sells the same after all prices went to `scale` · p + `shift`, one R being `scale` times as wide.
fn check(scale: f64, shift: f64) {
    let market = Planted::drawn(1_200, 7);
    let moved = market.moved(scale, shift);
    let learners = LearnerConfig::small().into_iter().filter(|learner| learner.window() == 1);
    for learner in learners.chain([recurrent()]) {
        let (before, after) = (sales(&market, &learner), sales(&moved, &learner));
        let first: BTreeSet<usize> = before.iter().map(|legs| legs[0].0).collect();
        assert!(5 < first.len(), "{}: sales begin in {} bars alone", learner.name(), first.len());
        let differing = before.iter().zip(&after).filter(|(before, after)| before != after).count();
        assert_eq!(differing, 0, "{} of {} trades: {}", differing, before.len(), learner.name());
    }
}

#[test]
fn scaling_prices_and_r_changes_nothing() {
    // A power of two, so that not even rounding differs.
    check(4.0, 0.0);
}

#[test]
fn a_shift_of_all_prices_changes_nothing() {
    // The features (a column and the average true range) do not know the level, and no fee is a percentage.
    check(1.0, 512.0);
}
