use scaleout_market::{Fees, Instrument, Side};

use crate::{
    EntryLiquidity, EntryPrice, ExitReason, Fraction, IntrabarRule, LateEntry, LimitOrder, Market, Money, Objective,
    ReplayConfig, replay,
    test_market::{Fixed, entry, history, instrument, no_features, play, touch},
};

fn limits(rungs: &[(f64, u32, u32)]) -> Vec<LimitOrder> {
    let rung = |&(price, part, of)| LimitOrder { price, fraction: Fraction::ratio(part, of).unwrap() };
    rungs.iter().map(rung).collect()
}

fn cents(amount: Money) -> f64 {
    (amount.as_f64() * 100.0).round() / 100.0
}

#[test]
fn golden_sums_of_the_design() {
    let rows = [[100.0, 113.0, 100.0, 112.0], [112.0, 119.0, 112.0, 118.0], [118.0, 118.0, 99.0, 100.0], [100.0; 4]];
    let ladder = Fixed { stop: Some(90.0), limits: limits(&[(112.0, 1, 2), (118.0, 1, 4)]) };
    let rate = Instrument { fees: Fees { maker_rate: 0.001, taker_rate: 0.001, ..Fees::default() }, ..instrument() };
    let order = Instrument { fees: Fees { per_order: 10.0, ..Fees::default() }, ..instrument() };
    let long = entry(Side::Long, 100.0, Some(90.0), 100.0);
    let by_rate = play(&long, &history(&rows), &rate, &ladder, &touch(3));
    assert_eq!(cents(by_rate.net), 1028.95);
    let by_order = play(&long, &history(&rows), &order, &ladder, &touch(3));
    assert_eq!(cents(by_order.net), 1010.0);
    let fees: Vec<f64> = by_order.legs.iter().map(|leg| cents(leg.entry_fee + leg.exit_fee)).collect();
    assert_eq!(fees, [15.0, 12.5, 12.5]);

    let rows = [[100.0, 111.0, 100.0, 110.0], [110.0, 121.0, 110.0, 120.0], [120.0, 120.0, 89.0, 90.0], [90.0; 4]];
    let ladder = Fixed { stop: Some(90.0), limits: limits(&[(110.0, 2, 4), (120.0, 1, 4), (130.0, 1, 4)]) };
    let four = entry(Side::Long, 100.0, Some(90.0), 4.0);
    let outcome = play(&four, &history(&rows), &rate, &ladder, &touch(3));
    assert_eq!(cents(outcome.net), 29.17);
    assert_eq!(
        outcome.legs.iter().map(|leg| leg.reason).collect::<Vec<_>>(),
        [ExitReason::Limit, ExitReason::Limit, ExitReason::Stop]
    );
}

#[test]
fn known_outcomes_of_one_bar() {
    let check = |rule, row: [f64; 4], expected: f64| {
        for side in [Side::Long, Side::Short] {
            let mirror = |price: f64| if side == Side::Long { price } else { 200.0 - price };
            let [open, high, low, close] = row.map(mirror);
            let row = [open, high.max(low), high.min(low), close];
            let rows = [[100.0; 4], row, [close; 4]];
            let bracket = Fixed { stop: Some(mirror(90.0)), limits: limits(&[(mirror(110.0), 1, 1)]) };
            let trade = entry(side, 100.0, Some(mirror(90.0)), 1.0);
            let config = ReplayConfig { intrabar: rule, ..touch(2) };
            let outcome = play(&trade, &history(&rows), &instrument(), &bracket, &config);
            assert_eq!(outcome.legs[0].price, mirror(expected), "{rule:?} {side:?} {row:?}");
        }
    };
    check(IntrabarRule::StopFirst, [100.0, 112.0, 88.0, 100.0], 90.0);
    check(IntrabarRule::NearestExtreme, [104.0, 112.0, 88.0, 100.0], 110.0);
    check(IntrabarRule::NearestExtreme, [96.0, 112.0, 88.0, 100.0], 90.0);
    check(IntrabarRule::StopFirst, [80.0, 85.0, 75.0, 82.0], 80.0);
    check(IntrabarRule::StopFirst, [125.0, 126.0, 120.0, 121.0], 125.0);
}

#[test]
fn an_entry_at_the_markets_price_and_its_fill_half_a_spread_beyond_are_the_same_trade() {
    let spread = Instrument { tick_size: 0.5, spread_ticks: 2.0, ..instrument() };
    for side in [Side::Long, Side::Short] {
        let rows = [[100.0, 101.0, 99.0, 100.0], [100.0; 4]];
        let hold = Fixed { stop: None, limits: vec![] };
        let with = |price: f64, config: ReplayConfig| {
            play(&entry(side, price, None, 4.0), &history(&rows), &spread, &hold, &config)
        };
        let at_market = ReplayConfig { entry_price: EntryPrice::Reference, ..touch(1) };
        let fill = with(100.0 + side.sign() * 0.5, touch(1));
        let reference = with(100.0, at_market.clone());
        assert_eq!(reference.entry_price, fill.entry_price);
        assert_eq!((reference.net, reference.objective), (fill.net, fill.objective));
        assert_eq!(cents(reference.net), -4.0, "half of one point on four units, twice");
        assert_eq!(reference.objective, -0.05, "the entry's half is not in J");
        assert!((reference.bar_net_r.iter().sum::<f64>() - reference.net_r).abs() < 1e-12);
        let dearer = with(100.0, ReplayConfig { cost_multiplier: 2.0, ..at_market.clone() });
        assert_eq!(dearer.entry_price, 100.0 + side.sign());
        let rested = with(100.0, ReplayConfig { entry_liquidity: EntryLiquidity::Maker, ..at_market });
        assert_eq!(rested.entry_price, 100.0);
    }
}

#[test]
fn a_target_touched_on_the_bar_of_an_entry_at_its_open_fills() {
    let trade = entry(Side::Long, 100.0, Some(90.0), 1.0);
    let bracket = Fixed { stop: Some(90.0), limits: limits(&[(110.0, 1, 1)]) };
    let outcome =
        play(&trade, &history(&[[100.0, 111.0, 99.0, 105.0], [105.0; 4]]), &instrument(), &bracket, &touch(1));
    assert_eq!((outcome.legs[0].price, outcome.legs[0].bar), (110.0, 1));
}

#[test]
fn an_entry_at_or_after_the_hour_is_refused_with_both_times() {
    let rows = [[100.0; 4], [100.0; 4]];
    let hold = Fixed { stop: None, limits: vec![] };
    let flat = |time: &str, late| ReplayConfig {
        flat_at: Some(toml::from_str(&format!("time = '{time}'\nzone = 'UTC'")).unwrap()),
        late,
        ..touch(1)
    };
    let told = |config: &ReplayConfig| {
        let (history, instrument, long) = (history(&rows), instrument(), entry(Side::Long, 100.0, None, 1.0));
        let market = Market { history: &history, instrument: &instrument };
        let objective = Objective::mean_variance(0.0);
        replay(&long, 1, market, &no_features(), &hold, &objective, config).map_err(|error| error.to_string())
    };
    let expected = "entry `a` fills at 1970-01-01T00:01:00Z, after flat_at (1970-01-01T00:01:00Z), and would be held \
                    overnight; late = \"next-day\" allows that";
    assert_eq!(told(&flat("00:01", LateEntry::Refuse)).unwrap_err(), expected);
    assert!(told(&flat("00:02", LateEntry::Refuse)).is_ok());
    assert!(told(&flat("00:01", LateEntry::NextDay)).is_ok());
    let read: ReplayConfig = toml::from_str("late = \"next-day\"").unwrap();
    assert_eq!(read.late, LateEntry::NextDay);
}
