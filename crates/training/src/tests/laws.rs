//! Laws that a learned policy must obey whatever the market, and what it makes of bad input.

use scaleout_exits::{Fraction, Objective};
use scaleout_model::{Model, SaleConstraints};

use crate::{
    error::TrainingError,
    fitting::{
        config::{Caution, FitConfig, SearchEffort},
        fit::fit,
        progress::Unwatched,
    },
    fixtures::{
        order_flow_market::{HORIZON, objective, paths, windowed},
        small_learners::linear,
    },
    learners::registry::LearnerConfig,
    rows::data::{PathRows, TrainingData},
};

const TRADES: usize = 200;

/// The trades of the order-flow market, each changed by `change`.
fn changed(change: impl Fn(&mut PathRows)) -> TrainingData {
    let (data, _) = paths(TRADES, 1, 1);
    let trades = data.paths().iter().map(|path| {
        let mut path = path.clone();
        change(&mut path);
        path
    });
    TrainingData::new(data.layout().clone(), data.horizon_bars(), trades.collect()).unwrap()
}

fn fitted(data: &TrainingData, objective: &Objective, learner: &LearnerConfig, limits: SaleConstraints) -> Model {
    fitted_with(Caution::None, data, objective, learner, limits)
}

fn fitted_with(
    caution: Caution,
    data: &TrainingData,
    objective: &Objective,
    learner: &LearnerConfig,
    limits: SaleConstraints,
) -> Model {
    let train: Vec<usize> = (0..TRADES).collect();
    let search = SearchEffort::None;
    let config = FitConfig { limits, folds: 2, rounds: 3, search, caution, ..FitConfig::default() };
    let data = &windowed(data, learner.window());
    fit(data, &train, objective, learner, &config, 1, &Unwatched).unwrap()
}

/// Every learner by itself, and one that departs from a plain rule.
fn learners() -> Vec<(Caution, LearnerConfig)> {
    let plain = LearnerConfig::small().into_iter().map(|learner| (Caution::None, learner));
    plain.chain([(Caution::Chosen, linear())]).collect()
}

/// The fractions held through every bar of every trade, in the order of trades.
fn held(model: &Model, data: &TrainingData) -> Vec<f64> {
    let data = &windowed(data, model.layout.window);
    let width = data.layout().width();
    let mut all = Vec::new();
    for path in data.paths() {
        let (mut remaining, mut since_sale) = (1.0, u32::MAX);
        for row in path.features.chunks_exact(width) {
            let may_sell = model.limits.min_bars_between_sales <= since_sale;
            let target = model.target(&model.hold_values(row), remaining, may_sell, &path.unit.terms);
            since_sale = if target < remaining { 1 } else { since_sale.saturating_add(1) };
            remaining = target;
            all.push(remaining);
        }
    }
    all
}

fn sales(held: &[f64], data: &TrainingData) -> usize {
    let mut rest = held;
    let mut count = 0;
    for path in data.paths() {
        let (trade, later) = rest.split_at(path.unit.r.len());
        count += std::iter::once(&1.0).chain(trade).zip(trade).filter(|(before, after)| after < before).count();
        count += usize::from(0.0 < trade[trade.len() - 1]);
        rest = later;
    }
    count
}

fn differing(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).filter(|(a, b)| (*a - *b).abs() > 1e-9).count() as f64 / one.len() as f64
}

#[test]
fn scaling_prices_and_r_changes_nothing() {
    // Powers of two, so that rounding differs nowhere: gains double, their variance is four times as large. Only a tie is
    // a tie within 1e-6 of whatever R is, and one decision of another policy can turn what a learner draws.
    let one = changed(|_| {});
    let two = changed(|path| {
        path.unit.r.iter_mut().for_each(|gain| *gain *= 2.0);
        path.unit.variance.iter_mut().for_each(|variance| *variance *= 4.0);
        path.unit.terms.proportional_r *= 2.0;
        path.unit.terms.impact_r *= 2.0;
    });
    let half = Objective { risk_aversion: objective().risk_aversion / 2.0, ..objective() };
    for (caution, learner) in learners() {
        let limits = SaleConstraints::default();
        let before = held(&fitted_with(caution, &one, &objective(), &learner, limits), &one);
        let after = held(&fitted_with(caution, &two, &half, &learner, limits), &two);
        assert!(differing(&before, &after) < 0.02, "{}: {}", learner.name(), differing(&before, &after));
    }
}

#[test]
fn a_proportional_cost_that_stays_the_same_changes_nothing() {
    let free = changed(|path| path.unit.terms.proportional_r = 0.0);
    let dear = changed(|path| path.unit.terms.proportional_r = 0.5);
    for (caution, learner) in learners() {
        let limits = SaleConstraints::default();
        let before = held(&fitted_with(caution, &free, &objective(), &learner, limits), &free);
        let after = held(&fitted_with(caution, &dear, &objective(), &learner, limits), &dear);
        // The cost shifts targets and hold values alike, so only the rounding of sums is left.
        assert!(differing(&before, &after) < 0.01, "{}: {}", learner.name(), differing(&before, &after));
    }
}

#[test]
fn more_risk_aversion_never_holds_longer_and_a_higher_fee_never_means_more_orders() {
    let data = changed(|_| {});
    let dearer = [0.0, 0.05, 0.2].map(|fee| changed(|path| path.unit.terms.per_order_r = fee));
    for (caution, learner) in learners() {
        let limits = SaleConstraints::default();
        let bars = [0.1, 0.3, 0.8].map(|risk_aversion| {
            let objective = Objective { risk_aversion, ..objective() };
            held(&fitted_with(caution, &data, &objective, &learner, limits), &data).iter().sum::<f64>()
        });
        assert!(bars.is_sorted_by(|less, more| more <= less), "{}: {bars:?}", learner.name());
        let orders = dearer
            .each_ref()
            .map(|data| sales(&held(&fitted_with(caution, data, &objective(), &learner, limits), data), data));
        assert!(orders.is_sorted_by(|less, more| more <= less), "{}: {orders:?}", learner.name());
    }
}

#[test]
fn every_parameter_of_the_objective_changes_what_is_done() {
    let learner = linear();
    let data = changed(|_| {});
    let usual = held(&fitted(&data, &objective(), &learner, SaleConstraints::default()), &data);
    let other = |name: &str, data: &TrainingData, objective: &Objective, limits: SaleConstraints| {
        let held = held(&fitted(data, objective, &learner, limits), data);
        assert!(0.0 < differing(&usual, &held), "{name} changes nothing");
        held
    };
    let limits = SaleConstraints::default();
    let exponential = Objective { utility: scaleout_exits::Utility::Exponential, ..objective() };
    other("exponential utility", &data, &exponential, limits);
    other("risk aversion", &data, &Objective { risk_aversion: 0.1, ..objective() }, limits);
    other("impact", &changed(|path| path.unit.terms.impact_r = 0.0), &objective(), limits);
    other("its power", &changed(|path| path.unit.terms.impact_power = 1.0), &objective(), limits);
    other("a fee per order", &changed(|path| path.unit.terms.per_order_r = 0.05), &objective(), limits);
    let capped = SaleConstraints { max_fraction_per_bar: Some(0.25), ..limits };
    let sold_at_once = |held: &[f64]| held.windows(2).map(|pair| pair[0] - pair[1]).fold(0.0, f64::max);
    assert!(sold_at_once(&other("a cap per bar", &data, &objective(), capped)) < 0.25 + 1e-9);
    other("spacing", &data, &objective(), SaleConstraints { min_bars_between_sales: 3, ..limits });
}

#[test]
fn one_two_or_three_lots_are_sold_whole() {
    let learner = linear();
    for lots in 1..=3_u64 {
        let data = changed(|path| path.unit.terms.lots = Some(lots));
        let held = held(&fitted(&data, &objective(), &learner, SaleConstraints::default()), &data);
        // A decision is an f32, so a third of a position is a third to seven digits.
        let whole = |part: &f64| (part * lots as f64 - (part * lots as f64).round()).abs() < 1e-6;
        assert!(held.iter().all(whole), "{lots} lots");
        assert!(held.contains(&0.0) && held.contains(&1.0), "{lots} lots: nothing is ever sold");
    }
}

#[test]
fn a_model_that_knows_its_lots_earns_more_with_them() {
    let of_lots = |lots| changed(|path| path.unit.terms.lots = lots);
    let (free, whole) = (of_lots(None), of_lots(Some(1)));
    let earned = |model: &Model| {
        let held = held(model, &whole);
        let trades = whole.paths().iter().zip(held.chunks_exact(HORIZON as usize));
        let each = trades.map(|(path, held)| {
            let before = std::iter::once(&1.0).chain(held);
            let sold: Vec<Fraction> =
                before.zip(held).map(|(before, held)| Fraction::from_share(before - held).unwrap()).collect();
            path.unit.objective_of(&sold, &objective())
        });
        each.sum::<f64>() / TRADES as f64
    };
    let learner = linear();
    let unaware = earned(&fitted(&free, &objective(), &learner, SaleConstraints::default()));
    let aware = earned(&fitted(&whole, &objective(), &learner, SaleConstraints::default()));
    assert!(unaware + 0.01 < aware, "{unaware} {aware}");
}

#[test]
fn constant_and_missing_features_are_left_aside_and_nothing_else_is_an_error() {
    let width = changed(|_| {}).layout().width();
    let noise = 2;
    let fill =
        |value: f32| changed(|path| path.features.iter_mut().skip(noise).step_by(width).for_each(|v| *v = value));
    let (constant, missing) = (fill(3.0), fill(f32::NAN));
    for learner in LearnerConfig::small() {
        let one = fitted(&constant, &objective(), &learner, SaleConstraints::default());
        let other = fitted(&missing, &objective(), &learner, SaleConstraints::default());
        assert_eq!(one.regressor, other.regressor, "{}", learner.name());
        assert!(
            one.hold_values(&windowed(&constant, learner.window()).paths()[0].features)
                .iter()
                .all(|value| value.is_finite())
        );
    }
    let broken = missing.paths().iter().map(|path| {
        let mut path = path.clone();
        path.unit.r[3] = f64::NAN;
        path
    });
    let error = TrainingData::new(constant.layout().clone(), constant.horizon_bars(), broken.collect()).unwrap_err();
    assert!(matches!(error, TrainingError::NotFinite { trade: 0, step: 3, field: "r", .. }), "{error}");
}
