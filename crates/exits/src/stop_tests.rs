//! What holds for every stop: it never loosens on its own, at any latency, and at break-even it loses nothing.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scaleout_market::{Fees, Instrument, Side};

use crate::{
    FillCause, Market, Money, Objective, ReplayConfig, Slippage,
    explain::explain,
    policies::{BreakEvenLadder, Ladder, Offset, PolicyFamily},
    test_market::{dear, entry, instrument, no_features, play, random_history, touch},
};

const HORIZON: u32 = 15;

#[test]
fn no_stop_loosens_at_any_latency() {
    let mut rng = ChaCha8Rng::seed_from_u64(31);
    let families = PolicyFamily::ALL.into_iter().filter(|family| *family != PolicyFamily::Turtle);
    let policies: Vec<_> = families
        .flat_map(|family| family.grid().into_iter().take(3))
        .map(|policy| policy.build())
        .filter(|policy| policy.inputs().is_empty())
        .collect();
    let mut moved = 0;
    for round in 0..40 {
        let history = random_history(&mut rng, HORIZON);
        let side = if round % 2 == 0 { Side::Long } else { Side::Short };
        let long = entry(side, 100.0, Some(100.0 - side.sign() * rng.random_range(2.0..9.0)), 100.0);
        let instrument = if round % 4 < 2 { instrument() } else { dear() };
        let market = Market { history: &history, instrument: &instrument };
        for latency_bars in 0..4 {
            let config = ReplayConfig { latency_bars, ..touch(HORIZON) };
            for policy in &policies {
                let objective = Objective::mean_variance(0.0);
                let (_, told) =
                    explain(&long, 1, market, &no_features(), policy.as_ref(), &objective, &config).unwrap();
                let stops = told.bars.iter().filter_map(|bar| bar.orders.stop).map(|stop| side.sign() * stop);
                let stops: Vec<f64> = stops.collect();
                moved += stops.windows(2).filter(|pair| pair[0] < pair[1]).count();
                let is_rising = stops.is_sorted();
                assert!(is_rising, "{} {latency_bars} bars late: {stops:?}", policy.name());
            }
        }
    }
    assert!(500 < moved, "{moved}");
}

#[test]
fn a_stop_at_break_even_with_costs_loses_nothing_but_through_a_gap() {
    let mut rng = ChaCha8Rng::seed_from_u64(37);
    let mut stopped = 0;
    for round in 0..3_000 {
        let history = random_history(&mut rng, HORIZON);
        let side = if round % 2 == 0 { Side::Long } else { Side::Short };
        let mut maybe = |most: f64| if rng.random_bool(0.5) { rng.random_range(0.0..most) } else { 0.0 };
        let fees = Fees {
            maker_rate: maybe(0.001) - 0.0003,
            taker_rate: maybe(0.001),
            per_unit: maybe(0.05),
            per_order: maybe(8.0),
            minimum: maybe(9.0),
        };
        let slippage = Slippage::Bps(maybe(5.0));
        let stop_slippage = Some(Slippage::Ticks(f64::from(rng.random_range(0..5))));
        let tick_size = [0.01, 0.05, 0.1][round % 3];
        let lots = f64::from(rng.random_range(2..90));
        let instrument = Instrument { fees, tick_size, spread_ticks: 1.0, lot_step: 1.0, ..instrument() };
        let ladder = Ladder::weighted(&[0.1, 0.2, 3.0], &[1, 1, 2]);
        let policy = BreakEvenLadder { ladder, offset: Offset::Costs };
        let config = ReplayConfig { slippage, stop_slippage, ..touch(HORIZON) };
        let outcome = play(&entry(side, 100.0, None, lots), &history, &instrument, &policy, &config);
        let last = outcome.legs.last().unwrap();
        // A stop in the bar of another sale was sized for what was left before it.
        let is_alone = outcome.legs.iter().filter(|leg| leg.bar == last.bar).count() == 1;
        if last.cause == FillCause::StopReached && is_alone {
            stopped += 1;
            assert!(Money::ZERO <= last.net(), "{side:?} {last:?}");
        }
    }
    assert!(200 < stopped, "{stopped}");
}
