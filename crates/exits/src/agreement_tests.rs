//! The unit path that models learn from and the replay that judges them are one arithmetic.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scaleout_market::Side;

use crate::{
    Fraction, Impact, IntrabarRule, Liquidation, Market, Objective, ReplayConfig, Slippage, UnitPath,
    costs::TradeCosts,
    oracle,
    policies::Schedule,
    replay,
    test_market::{dear, entry, instrument, no_features, random_history, touch},
    unit_path,
};

const HORIZON: u32 = 12;

fn configs() -> Vec<ReplayConfig> {
    let base = touch(HORIZON);
    vec![
        base.clone(),
        ReplayConfig {
            slippage: Slippage::Bps(3.0),
            stop_slippage: Some(Slippage::Volatility { share: 0.1, window: 3 }),
            impact: Impact::VolumeShare { bps: 40.0, exponent: 0.5, window: 5 },
            holding_cost_r: 0.002,
            cost_multiplier: 1.5,
            ..base.clone()
        },
        ReplayConfig {
            impact: Impact::WholePosition { cost_r: 0.2, exponent: 1.0 },
            max_fraction_per_bar: Some(0.5),
            min_bars_between_sales: 3,
            volume_share: Some(0.07),
            intrabar: IntrabarRule::TargetFirst,
            ..base.clone()
        },
        ReplayConfig {
            liquidation: Some(Liquidation { leverage: 25.0, maintenance_frac: 0.005 }),
            stop_slippage: Some(Slippage::Ticks(2.0)),
            holding_cost_r: 0.002,
            ..base.clone()
        },
        ReplayConfig {
            flat_before: Some(toml::from_str("minutes = 1.0\nevents = [{ ts = '1970-01-01T00:07:00Z' }]").unwrap()),
            slippage: Slippage::Bps(3.0),
            ..base.clone()
        },
        ReplayConfig {
            flat_at: Some(toml::from_str("time = '00:08'\nzone = 'UTC'").unwrap()),
            slippage: Slippage::Bps(3.0),
            ..base
        },
    ]
}

fn objectives() -> [Objective; 4] {
    let named = Objective { variance_column: Some("variance".into()), ..Objective::mean_variance(0.7) };
    [Objective::mean_variance(0.0), Objective::mean_variance(0.8), named, Objective::exponential(1.3)]
}

/// Runs `check` over random trades under every config and objective.
fn over_random_trades(mut check: impl FnMut(&mut ChaCha8Rng, Case<'_>)) {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    for round in 0..60 {
        let history = random_history(&mut rng, HORIZON);
        let side = if round % 2 == 0 { Side::Long } else { Side::Short };
        let stop = (round % 3 != 0).then_some(100.0 - side.sign() * rng.random_range(1.0..8.0));
        let entry = entry(side, 100.0 + rng.random_range(-0.2..0.2), stop, 100.0);
        for instrument in [instrument(), dear()] {
            let market = Market { history: &history, instrument: &instrument };
            for config in &configs() {
                for objective in &objectives() {
                    check(&mut rng, Case { entry: &entry, market, config, objective });
                }
            }
        }
    }
}

struct Case<'a> {
    entry: &'a scaleout_market::Entry,
    market: Market<'a>,
    config: &'a ReplayConfig,
    objective: &'a Objective,
}

impl Case<'_> {
    fn path(&self) -> UnitPath {
        unit_path(self.entry, 1, self.market, self.objective, self.config).unwrap()
    }

    fn replayed(&self, schedule: &Schedule) -> crate::TradeOutcome {
        replay(self.entry, 1, self.market, &no_features(), schedule, self.objective, self.config).unwrap()
    }
}

#[test]
fn selling_on_a_schedule_is_worth_the_same_to_the_last_bit() {
    over_random_trades(|rng, case| {
        let path = case.path();
        let hold = Schedule { sold: vec![] };
        assert_eq!(case.replayed(&hold).objective, path.objective_of(&hold.sold, case.objective));
        if case.config.max_fraction_per_bar.is_none() {
            let quarters = |rng: &mut ChaCha8Rng| Fraction::ratio(rng.random_range(0..3), 4).unwrap();
            let schedule = Schedule { sold: (0..HORIZON).map(|_| quarters(rng)).collect() };
            assert_eq!(case.replayed(&schedule).objective, path.objective_of(&schedule.sold, case.objective));
        }
    });
}

#[test]
fn without_risk_aversion_the_objective_is_net_r_but_for_the_entry() {
    over_random_trades(|rng, case| {
        if case.objective.risk_aversion == 0.0 {
            let schedule = Schedule { sold: vec![Fraction::ratio(rng.random_range(0..4), 7).unwrap(); 5] };
            let outcome = case.replayed(&schedule);
            let entry_fee: f64 = outcome.legs.iter().map(|leg| leg.entry_fee.as_f64()).sum();
            // What the entry gave away on its way from the market's price to its own.
            let bars = case.market.bars();
            let costs = TradeCosts::of(case.entry, 1, bars, case.market.instrument, case.config).unwrap();
            let given_away = (case.entry.price - costs.market_at_fill(case.entry.price, case.config, bars, 1)).abs();
            // 10⁻⁹ of the currency a fill, over 1000 a unit of R.
            let net_r = outcome.net_r + entry_fee / outcome.one_r.as_f64() + given_away / case.entry.risk;
            assert!((outcome.objective - net_r).abs() < 1e-10, "{} {net_r}", outcome.objective);
            assert!((outcome.bar_net_r.iter().sum::<f64>() - outcome.net_r).abs() < 1e-10);
        }
    });
}

#[test]
fn hindsight_is_what_the_replay_makes_of_it_and_no_schedule_beats_it() {
    over_random_trades(|rng, case| {
        let path = case.path();
        let best = oracle(&path, 4, case.objective, case.config);
        let outcome = case.replayed(&best);
        assert_eq!(outcome.objective, path.objective_of(&best.sold, case.objective));
        for _ in 0..20 {
            let part = |rng: &mut ChaCha8Rng| Fraction::ratio(rng.random_range(0..5_u32).saturating_sub(2), 4).unwrap();
            let schedule = Schedule { sold: (0..HORIZON).map(|_| part(rng)).collect() };
            let other = case.replayed(&schedule);
            // A sale that the volume cut short is off the grid of quarters.
            if other.legs.iter().all(|leg| leg.fraction.units() % (Fraction::WHOLE / 4) == 0) {
                assert!(other.objective <= outcome.objective + 1e-12);
            }
        }
    });
}
