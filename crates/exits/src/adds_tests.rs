//! What holds for positions that fill in parts, for every rule, fee and path.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scaleout_market::{Add, Bar, BarSeries, Entry, Instrument, MarketHistory, Side, Timestamp};

use crate::{
    AsTraded, ExitPolicy, Fraction, IntrabarRule, Market, Matching, Money, Objective, ReplayConfig, Slippage,
    check_adds,
    explain::explain,
    policies::{AllOutTarget, Ladder, Schedule},
    test_market::{MINUTE_NS, dear, entry, instrument, no_features, play_averse, random_history, touch},
};

const HORIZON: u32 = 12;

fn policies() -> Vec<Box<dyn ExitPolicy>> {
    let third = Fraction::ratio(1, 3).unwrap();
    vec![
        Box::new(Ladder::weighted(&[0.1, 0.3, 0.6], &[1, 1, 2])),
        Box::new(Ladder::weighted(&[0.2], &[1])),
        Box::new(AllOutTarget { target_r: 0.3 }),
        Box::new(Schedule { sold: vec![Fraction::ZERO, third, Fraction::ZERO, third, Fraction::ZERO, third] }),
    ]
}

/// A trade of whole lots with one to three adds at prices of their bars.
fn random_trade(rng: &mut ChaCha8Rng, history: &MarketHistory) -> Entry {
    let side = if rng.random_bool(0.5) { Side::Long } else { Side::Short };
    let stop = rng.random_bool(0.8).then(|| 100.0 - side.sign() * f64::from(rng.random_range(2..9)));
    let mut bars: Vec<usize> = (0..rng.random_range(1..4)).map(|_| rng.random_range(1..=HORIZON as usize)).collect();
    bars.sort_unstable();
    let bars = bars.into_iter().map(|bar| (bar, &history.series.bars()[bar]));
    let mut adds: Vec<Add> = bars
        .map(|(bar, shown)| {
            let inside = if rng.random_bool(0.5) { 0 } else { rng.random_range(1..MINUTE_NS) };
            let ts = Timestamp::from_nanos(bar as i64 * MINUTE_NS + inside);
            let price = if inside == 0 { shown.open } else { shown.low + 0.5 * (shown.high - shown.low) };
            Add { ts, price, qty: f64::from(rng.random_range(1..20)) }
        })
        .collect();
    adds.sort_by_key(|add| add.ts);
    let qty = adds.iter().map(|add| add.qty).sum::<f64>() + f64::from(rng.random_range(1..30));
    Entry { adds, ..entry(side, 100.0, stop, qty) }.checked().unwrap()
}

fn random_config(rng: &mut ChaCha8Rng) -> ReplayConfig {
    ReplayConfig {
        intrabar: IntrabarRule::ALL[rng.random_range(0..6)],
        slippage: if rng.random_bool(0.5) { Slippage::Bps(2.0) } else { Slippage::None },
        holding_cost_r: rng.random_range(0.0..0.001),
        latency_bars: rng.random_range(0..3),
        max_fraction_per_bar: rng.random_bool(0.2).then_some(0.5),
        lot_matching: Matching::ALL[rng.random_range(0..3)],
        ..touch(HORIZON)
    }
}

fn over_random_trades(mut check: impl FnMut(&Entry, &MarketHistory, &Instrument, &ReplayConfig, &dyn ExitPolicy)) {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let policies = policies();
    let mut with_adds = 0;
    for _ in 0..200 {
        let history = random_history(&mut rng, HORIZON);
        let trade = random_trade(&mut rng, &history);
        let config = random_config(&mut rng);
        let lots = Instrument { lot_step: 1.0, ..dear() };
        let instrument = [instrument(), dear(), lots][rng.random_range(0..3)].clone();
        for policy in &policies {
            check(&trade, &history, &instrument, &config, policy.as_ref());
            with_adds +=
                usize::from(!play_averse(&trade, &history, &instrument, &config, policy.as_ref()).adds.is_empty());
        }
    }
    assert!(300 < with_adds, "{with_adds}");
}

#[test]
fn legs_make_what_has_filled_and_the_position_is_its_cash() {
    over_random_trades(|trade, history, instrument, config, policy| {
        let outcome = play_averse(trade, history, instrument, config, policy);
        let market = Market { history, instrument };
        let objective = Objective::mean_variance(0.5);
        let (watched, told) = explain(trade, 1, market, &no_features(), policy, &objective, config).unwrap();
        assert_eq!(watched, outcome, "a replay that nobody watches gives the same\n{told}");
        let legs: Money = outcome.legs.iter().map(|leg| leg.net()).sum();
        assert_eq!(legs - outcome.carry, outcome.net);
        // The same from the cash flows alone.
        let notional = |price: f64, qty: f64| Money::from_f64(price * qty * instrument.multiplier);
        let sold: Money = outcome.legs.iter().map(|leg| notional(leg.price, leg.qty)).sum();
        let (sold_qty, added_qty) =
            (outcome.legs.iter().map(|leg| leg.qty).sum::<f64>(), outcome.adds.iter().map(|add| add.qty).sum::<f64>());
        let first = told.first_qty.unwrap();
        assert!((sold_qty - added_qty - first).abs() < 1e-6 * trade.qty, "{sold_qty} {added_qty} {first}");
        let added: Money = outcome.adds.iter().map(|add| notional(add.price, add.qty)).sum();
        let bought = added + notional(outcome.entry_price, first);
        let gain = if trade.side == Side::Long { sold - bought } else { bought - sold };
        let fees: Money = outcome.legs.iter().map(|leg| leg.exit_fee + leg.entry_fee).sum();
        // Continuous quantities are counts of 1/5,040,000 of the plan.
        let room = 1e-6 * trade.qty * 100.0 * instrument.multiplier;
        assert!(((gain - fees - outcome.carry) - outcome.net).as_f64().abs() < room, "{told}");
        let bars: f64 = outcome.bar_net_r.iter().sum();
        assert!((bars - outcome.net_r).abs() < 1e-9, "{bars} {}\n{told}", outcome.net_r);
        assert_eq!(outcome.adds.len() + outcome.adds_missed, trade.adds.len());
    });
}

#[test]
fn no_more_is_held_than_has_filled() {
    over_random_trades(|trade, history, instrument, config, policy| {
        let outcome = play_averse(trade, history, instrument, config, policy);
        let first: u32 = Fraction::WHOLE - trade.adds.iter().map(|add| part(add, trade)).sum::<u32>();
        let sold: u32 = outcome.legs.iter().map(|leg| leg.fraction.units()).sum();
        let added: u32 = outcome.adds.iter().map(|add| add.fraction.units()).sum();
        // Parts of lots and counts of 1/5,040,000 differ by a unit each.
        let rounding = 1 + trade.adds.len() as u32;
        assert!(sold.abs_diff(first + added) <= rounding, "{sold} of {first} and {added}");
        for (step, held) in outcome.held.iter().enumerate() {
            let by_then = outcome.adds.iter().filter(|add| add.bar <= 1 + step);
            let filled: u32 = first + by_then.map(|add| add.fraction.units()).sum::<u32>();
            assert!(held.units() <= filled + rounding, "{step}: {held} of {filled}");
        }
    });
}

fn part(add: &Add, trade: &Entry) -> u32 {
    (f64::from(Fraction::WHOLE) * add.qty / trade.qty).round() as u32
}

#[test]
fn the_matching_of_lots_moves_gain_between_legs_only() {
    over_random_trades(|trade, history, instrument, config, policy| {
        let under = |lot_matching| {
            let config = ReplayConfig { lot_matching, ..config.clone() };
            play_averse(trade, history, instrument, &config, policy)
        };
        let [fifo, lifo, average] = Matching::ALL.map(under);
        for other in [lifo, average] {
            assert_eq!((fifo.net, fifo.objective, fifo.carry), (other.net, other.objective, other.carry));
            assert_eq!((fifo.mfe_r, &fifo.held, &fifo.adds), (other.mfe_r, &other.held, &other.adds));
        }
    });
}

#[test]
fn more_cost_never_pays_more() {
    over_random_trades(|trade, history, instrument, config, policy| {
        let net = |cost_multiplier| {
            let config = ReplayConfig { cost_multiplier, ..config.clone() };
            play_averse(trade, history, instrument, &config, policy).net
        };
        assert!(net(2.0) <= net(1.0) && net(1.0) <= net(0.0));
    });
}

#[test]
fn a_mirrored_market_gives_the_mirrored_trade() {
    over_random_trades(|trade, history, instrument, config, policy| {
        // Rules that look at the shape of a bar see another one, and costs in basis points another price.
        let config = ReplayConfig { intrabar: IntrabarRule::StopFirst, slippage: Slippage::None, ..config.clone() };
        let instrument = Instrument { fees: Default::default(), carry: Default::default(), ..instrument.clone() };
        let mirror = |price: f64| 200.0 - price;
        let bars = history.series.bars().iter().map(|bar| Bar {
            open: mirror(bar.open),
            high: mirror(bar.low),
            low: mirror(bar.high),
            close: mirror(bar.close),
            ..*bar
        });
        let mirrored = MarketHistory::from_series(BarSeries::new(bars.collect(), vec![]).unwrap());
        let adds = trade.adds.iter().map(|add| Add { price: mirror(add.price), ..*add }).collect();
        let other = Entry { side: trade.side.opposite(), stop: trade.stop.map(mirror), adds, ..trade.clone() };
        let one = play_averse(trade, history, &instrument, &config, policy);
        let two = play_averse(&other, &mirrored, &instrument, &config, policy);
        assert_eq!((one.adds.len(), one.legs.len()), (two.adds.len(), two.legs.len()));
        assert!((one.net_r - two.net_r).abs() < 1e-9, "{} {}", one.net_r, two.net_r);
    });
}

/// An entry of 2 at 100 with `adds` as `second price qty`; the error or the parts.
fn check(adds: &[(i64, f64, f64)], lot_step: f64, expected: &str) {
    let history = crate::test_market::history(&[[100.0, 103.0, 99.0, 102.0], [102.0, 106.0, 101.0, 105.0], [105.0; 4]]);
    let adds = adds.iter().map(|&(second, price, qty)| Add { ts: Timestamp::from_secs(second), price, qty }).collect();
    let trade = Entry { adds, ..entry(Side::Long, 100.0, Some(98.0), 3.0) };
    let instrument = Instrument { lot_step, ..instrument() };
    let market = Market { history: &history, instrument: &instrument };
    let found = match trade.checked() {
        Err(error) => error.to_string(),
        Ok(trade) => {
            check_adds(&trade, 1, market, &touch(2)).map_or_else(|error| error.to_string(), |()| "accepted".to_owned())
        }
    };
    assert_eq!(found, expected, "lots of {lot_step}");
}

#[test]
fn what_is_no_add_is_refused_with_what_would_be_accepted() {
    check(&[(120, 104.0, 1.0)], 1.0, "accepted");
    check(&[(119, 102.5, 1.0), (150, 104.0, 1.5)], 0.5, "accepted");
    check(
        &[(59, 100.0, 1.0)],
        0.0,
        "entry `a`, add 1: filled at 1970-01-01T00:00:59Z; accepted: at or after the entry at 1970-01-01T00:01:00Z",
    );
    check(&[(120, 104.0, 3.0)], 0.0, "entry `a`, add 1: 3 added in all; accepted: less than the planned quantity 3");
    check(&[(120, 104.0, -1.0)], 0.0, "entry `a`, add 1: qty = -1 must be a finite number above 0");
    check(&[(120, f64::NAN, 1.0)], 0.0, "entry `a`, add 1: price = NaN must be a finite number");
    check(&[(120, 104.0, 0.5)], 1.0, "entry `a`, add 1: quantity 0.5; accepted: whole lots of 1");
    check(
        &[(130, 107.0, 1.0)],
        0.0,
        "entry `a`, add 1: 107 lies outside the bar that closes at 1970-01-01T00:03:00Z; accepted: 100.9999999 to \
         106.0000001 (its range, half-spread, slippage and a tick)",
    );
    // 1e-8 of two is less than the least part of a position.
    check(
        &[(120, 104.0, 1e-7)],
        1e-8,
        "entry `a`, add 1: quantity 0.0000001 of 3 planned; accepted: 1/5,040,000 of the plan or more",
    );
    // What is left is sold at the horizon, so this add does not fill.
    check(&[(200, 105.0, 1.0)], 0.0, "accepted");
}

#[test]
fn adds_that_were_made_stand_beside_exits_that_were_made() {
    use scaleout_market::MadeExit;
    let history = crate::test_market::history(&[[100.0, 106.0, 99.0, 102.0], [102.0, 106.0, 101.0, 105.0], [105.0; 4]]);
    let add = Add { ts: Timestamp::from_secs(120), price: 104.0, qty: 1.0 };
    let trade = Entry { adds: vec![add], ..entry(Side::Long, 100.0, Some(98.0), 3.0) };
    let instrument = instrument();
    let market = Market { history: &history, instrument: &instrument };
    let made = |exits: &[(i64, f64, f64)]| {
        let exits: Vec<MadeExit> = exits
            .iter()
            .map(|&(second, price, qty)| MadeExit { ts: Timestamp::from_secs(second), price, qty })
            .collect();
        AsTraded::new(&trade, 1, market, &exits, &touch(2))
    };
    let policy = made(&[(90, 105.0, 1.0), (150, 106.0, 2.0)]).unwrap();
    let outcome = play_averse(&trade, &history, &instrument, &touch(2), &policy);
    // 1 x 5 + 1 x 6 + 1 x 2.
    assert_eq!((outcome.net.as_f64(), outcome.adds.len(), outcome.legs.len()), (13.0, 1, 2));
    let error = |exits: &[(i64, f64, f64)]| made(exits).unwrap_err().to_string();
    assert_eq!(error(&[(90, 105.0, 3.0)]), "entry `a`, exit 1: 3 sold by then; accepted: at most 2, which had filled");
    assert_eq!(
        error(&[(90, 105.0, 2.0), (150, 105.0, 1.0)]),
        "entry `a`, exit 1: it closed the position before the add at 1970-01-01T00:02:00Z; accepted: adds to what is held"
    );
    assert_eq!(
        error(&[(90, 105.0, 2.0)]),
        "entry `a`, exit 1: it closed the position before the add at 1970-01-01T00:02:00Z; accepted: adds to what is held"
    );
    let late = ReplayConfig { latency_ms: 500.0, ..touch(2) };
    let refused = check_adds(&trade, 1, market, &late).unwrap_err().to_string();
    assert_eq!(refused, "entry `a`, add 1: latency_ms = 500; accepted: 0 where positions fill in parts");
}

#[test]
fn an_add_beyond_the_horizon_does_not_fill() {
    let history = crate::test_market::history(&[[100.0, 106.0, 99.0, 102.0], [102.0, 106.0, 101.0, 105.0], [105.0; 4]]);
    let add = Add { ts: Timestamp::from_secs(200), price: 105.0, qty: 1.0 };
    let trade = Entry { adds: vec![add], ..entry(Side::Long, 100.0, Some(98.0), 3.0) };
    let outcome = play_averse(&trade, &history, &instrument(), &touch(2), &Schedule { sold: vec![] });
    // 2 x 5, of which 1 R is 3 x 2.
    assert_eq!((outcome.net.as_f64(), outcome.adds.len(), outcome.adds_missed), (10.0, 0, 1));
}
