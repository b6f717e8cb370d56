//! What holds for every rule, fee and path.

use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use scaleout_market::{Entry, Fees, Instrument, MarketHistory, Side};

use crate::{
    ExitPolicy, Fraction, Impact, IntrabarRule, Market, Money, Objective, PlacedEntry, ReplayConfig, Slippage,
    explain::explain,
    policies::{
        Armed, Distance, Follow, Ladder, Offset, Plan, PolicyFamily, Rung, Schedule, Spacing, StopRule, TimeLimit,
        Trail, Trigger,
    },
    replay_all,
    test_market::{dear, entry, instrument, no_features, play_averse, random_history, touch},
    unit_path,
};

const HORIZON: u32 = 15;

/// Every baseline that reads prices alone, and ladders with stops that move.
fn policies() -> Vec<Box<dyn ExitPolicy>> {
    let mut policies: Vec<Box<dyn ExitPolicy>> = PolicyFamily::ALL
        .into_iter()
        .filter_map(|family| family.grid().into_iter().next())
        .map(|policy| policy.build())
        .filter(|policy| policy.inputs().is_empty())
        .collect();
    for follow in [Follow::Close, Follow::Extreme, Follow::Bar] {
        for distance in [Distance::R(0.3), Distance::Percent(2.0)] {
            let armed = if follow == Follow::Bar { Armed::Bar } else { Armed::Close };
            let stop = StopRule::Trail(Trail { distance, follow, from_r: 0.1, armed });
            policies.push(Box::new(Ladder { stop, ..Ladder::weighted(&[0.2, 0.4, 0.7], &[1, 1, 1]) }));
        }
    }
    for after in [Trigger::Sales(1), Trigger::GainR(0.3)] {
        let stop = StopRule::BreakEven { after, offset: Offset::Costs };
        let name = Some("ladder with break-even".to_owned());
        policies.push(Box::new(Ladder { name, stop, ..Ladder::weighted(&[0.2, 0.4, 0.7], &[1, 1, 1]) }));
    }
    let half = Fraction::ratio(1, 2).unwrap();
    policies.push(Box::new(Schedule { sold: vec![Fraction::ZERO, Fraction::ZERO, half, Fraction::ZERO, half] }));
    let time = |bars, held| TimeLimit { bars, held };
    policies.push(Box::new(Plan {
        rungs: Ladder::weighted(&[0.4, 0.8], &[1, 2]).rungs,
        spacing: Spacing::R,
        stop: StopRule::Entry,
        times: vec![time(3, half), time(6, Fraction::ZERO)],
    }));
    policies
}

fn random_config(rng: &mut ChaCha8Rng) -> ReplayConfig {
    let maybe = |rng: &mut ChaCha8Rng, value: f64| rng.random_bool(0.3).then_some(value);
    ReplayConfig {
        intrabar: IntrabarRule::ALL[rng.random_range(0..6)],
        slippage: if rng.random_bool(0.5) { Slippage::Bps(2.0) } else { Slippage::Ticks(1.0) },
        impact: Impact::WholePosition { cost_r: rng.random_range(0.0..0.1), exponent: 0.5 },
        holding_cost_r: rng.random_range(0.0..0.001),
        max_fraction_per_bar: maybe(rng, 0.5),
        volume_share: maybe(rng, 0.05),
        min_bars_between_sales: rng.random_range(0..3),
        latency_bars: rng.random_range(0..4),
        ..touch(HORIZON)
    }
}

fn random_instrument(rng: &mut ChaCha8Rng) -> Instrument {
    match rng.random_range(0..4) {
        0 => instrument(),
        1 => dear(),
        2 => Instrument { fees: random_fees(rng), multiplier: rng.random_range(0.1..60.0), ..dear() },
        _ => Instrument { lot_step: 1.0, min_qty: f64::from(rng.random_range(0..4)), fees: random_fees(rng), ..dear() },
    }
}

fn random_fees(rng: &mut ChaCha8Rng) -> Fees {
    let mut maybe = |most: f64| if rng.random_bool(0.5) { rng.random_range(0.0..most) } else { 0.0 };
    Fees {
        maker_rate: maybe(0.001) - 0.0003,
        taker_rate: maybe(0.002),
        per_unit: maybe(0.05),
        per_order: maybe(3.0),
        minimum: maybe(5.0),
    }
}

/// One to four rungs at random levels with random parts, a runner now and then.
fn random_ladder(rng: &mut ChaCha8Rng) -> Ladder {
    let count = rng.random_range(1..5);
    let mut levels: Vec<f64> = (0..count).map(|_| rng.random_range(0.05..1.5)).collect();
    levels.sort_by(f64::total_cmp);
    let weights: Vec<u32> = (0..=count).map(|_| rng.random_range(1..9)).collect();
    let parts = if rng.random_bool(0.5) { &weights[..count] } else { &weights };
    let whole: u32 = parts.iter().sum();
    let rung = |(&level, &part): (&f64, &u32)| Rung { level, fraction: Fraction::ratio(part, whole).unwrap() };
    let mut rungs: Vec<Rung> = levels.iter().zip(parts).map(rung).collect();
    // Parts rounded up may sum to a few units more than the whole.
    let units: u32 = rungs.iter().map(|rung| rung.fraction.units()).sum();
    let over = Fraction::from_units(units.saturating_sub(Fraction::WHOLE)).unwrap();
    rungs[0].fraction = rungs[0].fraction.saturating_sub(over);
    Ladder { rungs, ..Ladder::weighted(&[1.0], &[1]) }
}

fn random_entry(rng: &mut ChaCha8Rng) -> Entry {
    let side = if rng.random_bool(0.5) { Side::Long } else { Side::Short };
    let stop = rng.random_bool(0.8).then(|| 100.0 - side.sign() * rng.random_range(2.0..9.0));
    entry(side, 100.0, stop, f64::from(rng.random_range(1..100)))
}

fn over_random_trades(mut check: impl FnMut(&Entry, &MarketHistory, &Instrument, &ReplayConfig, &dyn ExitPolicy)) {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let policies = policies();
    for _ in 0..150 {
        let history = random_history(&mut rng, HORIZON);
        let (entry, instrument, config) =
            (random_entry(&mut rng), random_instrument(&mut rng), random_config(&mut rng));
        for policy in &policies {
            check(&entry, &history, &instrument, &config, policy.as_ref());
        }
        for _ in 0..4 {
            check(&entry, &history, &instrument, &config, &random_ladder(&mut rng));
        }
    }
}

#[test]
fn legs_make_the_position_and_the_position_is_its_cash() {
    over_random_trades(|entry, history, instrument, config, policy| {
        let trade = play_averse(entry, history, instrument, config, policy);
        let units: u32 = trade.legs.iter().map(|leg| leg.fraction.units()).sum();
        assert_eq!(units, Fraction::WHOLE);
        let legs: Money = trade.legs.iter().map(|leg| leg.net()).sum();
        assert_eq!(legs - trade.carry, trade.net);
        // The same from the cash flows alone: what was bought, what was sold, what was paid.
        let notional = |price: f64, qty: f64| Money::from_f64(price * qty * instrument.multiplier);
        let sold: Money = trade.legs.iter().map(|leg| notional(leg.price, leg.qty)).sum();
        let bought = notional(entry.price, entry.qty);
        let gain = if entry.side == Side::Long { sold - bought } else { bought - sold };
        let fees: Money = trade.legs.iter().map(|leg| leg.exit_fee + leg.entry_fee).sum();
        assert_eq!(gain - fees - trade.carry, trade.net);
        let qty: f64 = trade.legs.iter().map(|leg| leg.qty).sum();
        // Each leg by itself: what it was bought and sold for, in proportion to its quantity.
        for leg in &trade.legs {
            let gain = entry.side.sign() * (leg.price - trade.entry_price) * leg.qty * instrument.multiplier;
            assert!((gain - leg.gross.as_f64()).abs() < 1e-6, "{gain} {:?}", leg);
        }
        // Quantities are sums of fractions of one number.
        assert!((qty - entry.qty).abs() < 1e-9 * entry.qty);
        let net_r: f64 = trade.bar_net_r.iter().sum();
        // 10⁻⁹ of the currency a fill over at least 10 a unit of R; parts that are lots are rounded to 1/5,040,000.
        assert!((net_r - trade.net_r).abs() < 1e-6, "{net_r} {}", trade.net_r);
        assert!(trade.mae_r <= 0.0 && 0.0 <= trade.mfe_r);
        assert_eq!(trade.held.len(), trade.bars_held as usize);
    });
}

/// Under observation a rule is asked at every close, otherwise only where its orders do not stand.
#[test]
fn orders_that_stand_are_those_of_every_close() {
    over_random_trades(|entry, history, instrument, config, policy| {
        for intrabar in [IntrabarRule::StopFirst, config.intrabar] {
            let config = ReplayConfig { latency_bars: 0, ..config.with_intrabar(intrabar) };
            let market = Market { history, instrument };
            let objective = Objective::mean_variance(0.5);
            let (watched, _) = explain(entry, 1, market, &no_features(), policy, &objective, &config).unwrap();
            assert_eq!(play_averse(entry, history, instrument, &config, policy), watched, "{}", policy.name());
        }
    });
}

#[test]
fn whole_lots_stay_whole_and_least_orders_are_kept() {
    over_random_trades(|entry, history, instrument, config, policy| {
        if instrument.lot_step > 0.0 {
            for leg in play_averse(entry, history, instrument, config, policy).legs {
                assert_eq!(leg.qty, leg.qty.round());
                let least = instrument.min_qty.min(entry.qty);
                assert!(least <= leg.qty, "{} sold {} of {}, least {least}", policy.name(), leg.qty, entry.qty);
            }
        }
    });
}

#[test]
fn dearer_trading_never_pays_more() {
    over_random_trades(|entry, history, instrument, config, policy| {
        // A stop that allows for costs moves with them: then it is another rule, not a dearer one.
        if policy.name().contains("break-even") {
            return;
        }
        let mut before = f64::INFINITY;
        for factor in [0.0, 1.0, 2.0, 4.0] {
            let net_r = play_averse(entry, history, instrument, &config.with_costs_times(factor), policy).net_r;
            assert!(net_r <= before, "{} {factor}", policy.name());
            before = net_r;
        }
    });
}

#[test]
fn the_order_of_the_entries_changes_nothing() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let history = random_history(&mut rng, 4 * HORIZON);
    let mut entries: Vec<Entry> =
        (0..40).map(|index| Entry { id: index.to_string(), ..random_entry(&mut rng) }).collect();
    let instrument = dear();
    let market = Market { history: &history, instrument: &instrument };
    let policies = policies();
    let play = |entries: &[Entry]| {
        let placed: Vec<PlacedEntry<'_>> = entries
            .iter()
            .map(|entry| PlacedEntry { entry, first_bar: 1 + entry.id.parse::<usize>().unwrap() })
            .collect();
        let policy_of = |index: usize| policies[entries[index].id.parse::<usize>().unwrap() % policies.len()].as_ref();
        let objective = Objective::mean_variance(0.5);
        let mut all = replay_all(&placed, market, &no_features(), policy_of, &objective, &touch(HORIZON)).unwrap();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    };
    let once = play(&entries);
    entries.shuffle(&mut rng);
    assert_eq!(once, play(&entries));
}

#[test]
fn what_happens_after_the_exit_and_before_the_entry_changes_nothing() {
    over_random_trades(|entry, history, instrument, config, policy| {
        let trade = play_averse(entry, history, instrument, config, policy);
        let last = trade.legs.iter().map(|leg| leg.bar).max().unwrap();
        let bars: Vec<_> = history
            .series
            .bars()
            .iter()
            .enumerate()
            .map(|(t, bar)| {
                let later = scaleout_market::Bar {
                    open: 3.0 * bar.open,
                    high: 9.0 * bar.high,
                    low: 0.1 * bar.low,
                    close: 2.0 * bar.close,
                    ..*bar
                };
                if last < t { later } else { *bar }
            })
            .collect();
        // The carry of the last step is paid up to the next open's time, which stays.
        let changed = MarketHistory::from_series(scaleout_market::BarSeries::new(bars, vec![]).unwrap());
        let again = play_averse(entry, &changed, instrument, config, policy);
        assert_eq!(trade.legs, again.legs);
        assert_eq!((trade.net, trade.objective), (again.net, again.objective));
    });
}

#[test]
fn a_unit_path_ends_where_the_stop_does() {
    over_random_trades(|entry, history, instrument, config, _| {
        let market = Market { history, instrument };
        let path = unit_path(entry, 1, market, &Objective::mean_variance(0.0), config).unwrap();
        assert_eq!(path.stopped, path.steps() < HORIZON as usize || path.stop_cost > 0.0);
    });
}
