//! The contract that every registered feature keeps: exact warm-up, equal to a naive reference, prefix-invariant,
//! finite, the laws it claims, and no parameter without effect.
//!
//! The suite walks the registry, so a new feature is under contract the moment it is registered; its naive function
//! is a field of the definition, so it cannot be forgotten.

mod fixture;
mod naive;

use std::{fs, path::Path};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use scaleout_market::{BarSeries, Column, MarketEvent, MarketHistory};

pub(crate) use naive::{
    bars, books_at_closes, closes, column, correlation, ema, log_returns, mean, over, pick, population_variance,
    quotes_at_closes, rolling, slope, ticks_in, trade_window, true_ranges, wilder, window_stat,
};

use crate::{
    Definition, FeatureFamily, FeatureRow, FeatureSet, FeatureSpec, Mirror, Needs, Parameter, Parameters, Shift,
    TableFold, WarmUp, definitions, parameters::ColumnPlace,
};
use fixture::Fixture;

/// All values of a feature, computed from its definition with no regard to cost.
pub(crate) type Naive = fn(&Parameters, &MarketHistory) -> Vec<Option<f64>>;

/// Two orders of summation over a window of 10⁵ prices at level 10⁵ differ by about 10⁵ · 2⁻⁵² ≈ 2·10⁻¹¹ of the
/// largest term; an error of the method (a drifting sum) is far above this.
const TOLERANCE: f64 = 1e-9;

fn spec_of(definition: &Definition, parameters: &[(&str, f64)]) -> FeatureSpec {
    let name = if definition.reads_column { format!("{}:other", definition.name) } else { definition.name.to_owned() };
    FeatureSpec { name, parameters: parameters.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect() }
}

fn streamed(spec: &FeatureSpec, history: &MarketHistory) -> Vec<Option<f64>> {
    let set = FeatureSet::new(vec![spec.clone()]).unwrap();
    let table = set.table(&history.series.column_names(), history.events()).unwrap();
    table.column(0).collect()
}

fn naively(definition: &Definition, spec: &FeatureSpec, history: &MarketHistory) -> Vec<Option<f64>> {
    let column = definition.reads_column.then_some(ColumnPlace { values: 0, published: None });
    (definition.naive)(&Parameters::resolve(definition, spec, column).unwrap(), history)
}

/// Where the values first differ, in words.
fn difference(what: &str, got: &[Option<f64>], expected: &[Option<f64>]) -> Option<String> {
    assert_eq!(got.len(), expected.len(), "{what}: number of rows");
    let defined: Vec<f64> = expected.iter().flatten().copied().collect();
    let typical = (defined.iter().map(|value| value * value).sum::<f64>() / defined.len().max(1) as f64).sqrt();
    got.iter().zip(expected).enumerate().find_map(|(t, (got, expected))| {
        let equal = match (got, expected) {
            (None, None) => true,
            (Some(got), Some(expected)) => (got - expected).abs() <= TOLERANCE * expected.abs().max(typical),
            _ => false,
        };
        (!equal).then(|| format!("{what}: at close {t} {got:?} instead of {expected:?}"))
    })
}

fn assert_none(failures: &[String]) {
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

/// The default spec, and one for each other way of measuring the window.
fn variants(definition: &Definition) -> Vec<FeatureSpec> {
    let mut specs = vec![spec_of(definition, &[])];
    for (kind, value) in [("trades", 37.0), ("volume", 150.0), ("seconds", 300.0)] {
        if definition.parameters.iter().any(|parameter| parameter.name == kind && parameter.default.is_none()) {
            specs.push(spec_of(definition, &[(kind, value)]));
        }
    }
    specs
}

#[test]
fn every_feature_equals_its_naive_reference_at_ordinary_flat_and_real_prices() {
    let mut failures = vec![];
    for history in [Fixture::ordinary().market(), Fixture::real_prices().market()] {
        for definition in definitions() {
            for spec in variants(definition) {
                let expected = naively(definition, &spec, &history);
                if expected.iter().all(Option::is_none) {
                    failures.push(format!("{spec}: the fixture never gives a value"));
                }
                failures.extend(difference(&spec.to_string(), &streamed(&spec, &history), &expected));
            }
        }
    }
    assert_none(&failures);
}

#[test]
fn every_feature_equals_its_naive_reference_after_a_hundred_thousand_steps_at_level_a_hundred_thousand() {
    let (in_bars, in_ticks) = (Fixture::long().market(), Fixture::long_in_ticks().market());
    assert!(100_000 <= in_ticks.trades.len());
    let all: Vec<&Definition> = definitions().collect();
    let failures: Vec<String> = all
        .par_iter()
        .filter_map(|definition| {
            let spec = spec_of(definition, &[]);
            let history = if definition.needs == Needs::BARS { &in_bars } else { &in_ticks };
            difference(&spec.to_string(), &streamed(&spec, history), &naively(definition, &spec, history))
        })
        .collect();
    assert_none(&failures);
}

#[test]
fn every_feature_has_its_first_value_exactly_after_its_warm_up() {
    let history = Fixture::ordinary().market();
    let mut failures = vec![];
    for definition in definitions() {
        let spec = spec_of(definition, &[]);
        if let WarmUp::Bars(bars) = spec.warm_up().unwrap() {
            let first = streamed(&spec, &history).iter().position(Option::is_some);
            if first != bars.checked_sub(1) {
                failures.push(format!("{spec}: first value at {first:?}, not at {}", bars - 1));
            }
        }
    }
    assert_none(&failures);
}

#[test]
fn no_feature_sees_the_future() {
    let history = Fixture::ordinary().market();
    let all: Vec<FeatureSpec> = definitions().flat_map(variants).collect();
    let set = FeatureSet::new(all).unwrap();
    let names = history.series.column_names();
    let whole = set.table(&names, history.events()).unwrap();
    assert_eq!(set.table_of(&history).unwrap(), whole);
    let rows = whole.len();
    let columns = set.columns_of(&history).unwrap();
    for (position, name) in whole.names().iter().enumerate() {
        assert!(columns.column(position).eq(whole.column(position)), "{name} over {rows} rows");
    }
    for bars in [1, 333, 700] {
        let prefix = set.table(&names, (0..bars).flat_map(|t| history.events_of(t))).unwrap();
        for t in 0..bars {
            assert_eq!(prefix.row(t), whole.row(t), "at close {t}");
        }
    }
    let mut row = FeatureRow::new(&set, &names).unwrap();
    for t in 0..history.series.len() {
        history.events_of(t).iter().for_each(|event| row.update(event));
        assert_eq!(row.values(), whole.row(t), "the live row at close {t}");
    }
}

/// Every feature at its defaults, and at the smallest and at larger whole-numbered parameters where they fit together.
fn at_many_parameters() -> Vec<FeatureSpec> {
    let resized = |definition: &Definition, size: fn(f64) -> f64| {
        let whole = definition.parameters.iter().filter(|parameter| parameter.whole && parameter.default.is_some());
        let sized = |parameter: &Parameter| {
            let value = size(parameter.default.unwrap_or_default());
            (parameter.name, value.clamp(parameter.min, parameter.max))
        };
        spec_of(definition, &whole.map(sized).collect::<Vec<_>>())
    };
    let sizes: [fn(f64) -> f64; 3] = [|_| 1.0, |default| default + 1.0, |default| (2.5 * default).floor()];
    let mut specs: Vec<FeatureSpec> = definitions().flat_map(variants).collect();
    for definition in definitions() {
        for spec in sizes.map(|size| resized(definition, size)) {
            if spec.warm_up().is_ok() && !specs.contains(&spec) {
                specs.push(spec);
            }
        }
    }
    specs
}

#[test]
fn how_events_are_cut_into_stretches_changes_nothing() {
    let set = FeatureSet::new(at_many_parameters()).unwrap();
    let history = Fixture::real_prices().market();
    let events: Vec<MarketEvent<'_>> = history.events().collect();
    let whole = set.table_of(&history).unwrap();
    let (mut fold, mut rest) = (TableFold::new(&set, &history.series.column_names()).unwrap(), &events[..]);
    for length in [1, 2, 3, 5, 17, 64, 301, 1_024].into_iter().cycle() {
        let (stretch, later) = rest.split_at(length.min(rest.len()));
        fold.extend(stretch);
        rest = later;
        if rest.is_empty() {
            break;
        }
    }
    let cut = fold.finish();
    for (position, name) in whole.names().iter().enumerate() {
        assert!(cut.column(position).eq(whole.column(position)), "{name}");
    }
}

#[test]
fn every_value_is_finite() {
    let set = FeatureSet::new(definitions().flat_map(variants).collect()).unwrap();
    for history in [Fixture::ordinary().market(), Fixture::real_prices().market()] {
        let mut row = FeatureRow::new(&set, &history.series.column_names()).unwrap();
        for event in history.events() {
            row.update(&event);
            for (spec, value) in set.specs().iter().zip(row.values()) {
                assert!(value.is_none_or(f64::is_finite), "{spec}: {value:?}");
            }
        }
    }
}

#[test]
fn every_feature_keeps_the_laws_it_claims() {
    let fixture = Fixture::ordinary();
    let history = fixture.market();
    let mut failures = vec![];
    for definition in definitions() {
        let spec = spec_of(definition, &[]);
        let values = streamed(&spec, &history);
        let times = |factor: f64| values.iter().map(|value| value.map(|value| value * factor)).collect::<Vec<_>>();
        if let Some(power) = definition.laws.price_power {
            let scaled = Fixture { price_factor: 8.0, ..fixture }.market();
            failures.extend(difference(
                &format!("{spec}, prices x 8"),
                &streamed(&spec, &scaled),
                &times(8.0_f64.powf(power)),
            ));
        }
        if let Some(power) = definition.laws.volume_power {
            let scaled = Fixture { volume_factor: 4.0, ..fixture }.market();
            failures.extend(difference(
                &format!("{spec}, volumes x 4"),
                &streamed(&spec, &scaled),
                &times(4.0_f64.powf(power)),
            ));
        }
        let shift = 1_000.0;
        let shifted = || streamed(&spec, &Fixture { price_shift: shift, ..fixture }.market());
        match definition.laws.shift {
            Shift::Unchanged => failures.extend(difference(&format!("{spec}, prices + {shift}"), &shifted(), &values)),
            Shift::Moves => {
                let moved: Vec<_> = values.iter().map(|value| value.map(|value| value + shift)).collect();
                failures.extend(difference(&format!("{spec}, prices + {shift}"), &shifted(), &moved));
            }
            Shift::Relative => {
                if shifted() == values {
                    failures.push(format!("{spec}: claims to be relative to the price level"));
                }
            }
        }
    }
    assert_none(&failures);
}

/// Features that cut on one side, so that a value at the edge falls into the neighbour of its mirror image: the upper of
/// two equally full bins counts, bins begin at the first price, and a root is cut at 0.
const CUT_ON_ONE_SIDE: [&str; 3] = ["point_of_control_distance", "value_area_position", "abdi_ranaldo"];

/// At a level where a move is a hundred-thousandth of the price, the second order of simple returns does not show.
#[test]
fn every_feature_keeps_its_law_on_the_mirrored_market() {
    let fixture = Fixture { level: 1e7, other_level: 1e6, ..Fixture::ordinary() };
    let (market, mirrored) = (fixture.market(), Fixture { mirrored: true, ..fixture }.market());
    let with_sales = with_rest_of_the_volume(&mirrored, &market);
    let mut failures = vec![];
    for definition in definitions() {
        // Shares of whole lots often lie exactly at the edge of one of eight classes, and hardly ever at that of one of 97.
        let classes: &[_] = if definition.name == "signed_volume_entropy" { &[("classes", 97.0)] } else { &[] };
        let spec = spec_of(definition, classes);
        let Some(expected) = on_the_mirrored_market(definition, &spec, &market, fixture.level) else { continue };
        // Its column is the volume bought, which becomes the volume sold.
        let mirrored = if definition.name == "taker_imbalance" { &with_sales } else { &mirrored };
        let got = streamed(&spec, mirrored);
        let spread = population_variance(&expected.iter().flatten().copied().collect::<Vec<_>>()).sqrt();
        let differs = |t: &usize| match (got[*t], expected[*t]) {
            (None, None) => false,
            (Some(got), Some(expected)) => (got - expected).abs() > 1e-3 * spread,
            (Some(_), None) | (None, Some(_)) => true,
        };
        let differing: Vec<usize> = (0..got.len()).filter(differs).collect();
        let allowed = if CUT_ON_ONE_SIDE.contains(&definition.name) { got.len() / 10 } else { 0 };
        if allowed < differing.len() {
            let (t, all) = (differing[0], got.len());
            let (count, got, expected) = (differing.len(), got[t], expected[t]);
            failures.push(format!("{spec}: {count} of {all} closes, at close {t} {got:?} instead of {expected:?}"));
        }
    }
    assert_none(&failures);
}

/// The values that the law of `definition` promises on the mirror image of `market`; `None` where it has no law.
fn on_the_mirrored_market(
    definition: &Definition,
    spec: &FeatureSpec,
    market: &MarketHistory,
    level: f64,
) -> Option<Vec<Option<f64>>> {
    let own = |mirrored: &dyn Fn(f64) -> f64| {
        streamed(spec, market).into_iter().map(|value| value.map(mirrored)).collect::<Vec<_>>()
    };
    let of_partner = |mirrored: &dyn Fn(f64) -> f64| {
        let partner = spec.mirror_partner().unwrap();
        assert_eq!(partner.mirror_partner().as_ref(), Some(spec), "the partner of {partner}");
        streamed(&partner, market).into_iter().map(|value| value.map(mirrored)).collect::<Vec<_>>()
    };
    let is_price = definition.laws.shift == Shift::Moves;
    match definition.mirror {
        Mirror::Unknown => None,
        Mirror::Unchanged => Some(own(&|value| value)),
        Mirror::Negated => Some(own(&|value| -value)),
        Mirror::Complement(whole) => Some(own(&|value| whole - value)),
        Mirror::Swapped(_) if is_price => Some(of_partner(&|value| 2.0 * level - value)),
        Mirror::Swapped(_) => Some(of_partner(&|value| value)),
        Mirror::SwappedAndNegated(_) => Some(of_partner(&|value| -value)),
    }
}

/// `history` with a column that holds the volume of `market` less its own column.
fn with_rest_of_the_volume(history: &MarketHistory, market: &MarketHistory) -> MarketHistory {
    let rest = bars(market)
        .iter()
        .zip(&market.series.columns()[0].values)
        .map(|(bar, bought)| bought.map(|bought| bar.volume - bought));
    let column = Column { name: "other".to_owned(), values: rest.collect() };
    MarketHistory { series: BarSeries::new(bars(history).to_vec(), vec![column]).unwrap(), ..history.clone() }
}

#[test]
fn every_parameter_changes_the_result() {
    let history = Fixture::ordinary().market();
    let mut failures = vec![];
    for definition in definitions() {
        let usual = streamed(&spec_of(definition, &[]), &history);
        for parameter in definition.parameters {
            let candidates = match parameter.default {
                None => vec![40.0, 150.0],
                Some(default) if parameter.whole => vec![default + 1.0, default - 1.0, default * 2.0, default + 7.0],
                Some(default) => vec![default * 1.5, default * 0.5, 0.5 * (default + parameter.max)],
            };
            let changed = candidates.iter().any(|value| {
                let spec = spec_of(definition, &[(parameter.name, *value)]);
                spec.warm_up().is_ok() && streamed(&spec, &history) != usual
            });
            if !changed {
                failures.push(format!("{}: {} changes nothing", definition.name, parameter.name));
            }
        }
    }
    assert_none(&failures);
}

#[test]
fn every_definition_says_what_it_is() {
    for definition in definitions() {
        let texts = [
            definition.summary,
            definition.formula,
            definition.source,
            definition.unit,
            definition.undefined,
            definition.cost,
        ];
        assert!(texts.iter().all(|text| !text.is_empty()), "{}: an empty field", definition.name);
        assert!(
            definition.parameters.iter().all(|parameter| !parameter.about.is_empty()),
            "{}: a parameter without a meaning",
            definition.name
        );
    }
}

/// A file a feature (or a few of one idea), with an example in its documentation that a reader can check by hand.
#[test]
#[expect(clippy::disallowed_methods, reason = "the test reads the source files of the crate")]
fn every_feature_has_a_checked_example_in_its_file() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for definition in definitions() {
        let folder = match definition.family {
            FeatureFamily::OrderFlow => "order_flow",
            FeatureFamily::Volatility => "volatility",
            FeatureFamily::Momentum => "momentum",
            FeatureFamily::CrossMarket => "cross_market",
        };
        let named = format!("    name: \"{}\",\n", definition.name);
        let files = fs::read_dir(source.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        let texts: Vec<String> = files.map(|path| fs::read_to_string(path).unwrap()).collect();
        let own: Vec<&String> = texts.iter().filter(|text| text.contains(&named)).collect();
        assert_eq!(own.len(), 1, "`{}` is defined in one file", definition.name);
        let examples = own[0].lines().filter(|line| line.starts_with("//!")).collect::<Vec<_>>().join("\n");
        let shown = ["\"", "(", ":"].iter().any(|end| examples.contains(&format!("\"{}{end}", definition.name)));
        assert!(shown, "`{}` has no example at the top of its file", definition.name);
    }
}
