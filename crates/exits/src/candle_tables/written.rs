use super::mirror;
use crate::{Decision, ExitOrders, ExitPolicy, Fraction, LimitOrder, StopOrder, TrailBy, TrailOrder};

/// Orders as a table writes them, repeated at every close until they are done.
pub(super) struct Written {
    stop: Option<f64>,
    stop_limit: Option<f64>,
    trail: Option<TrailOrder>,
    stops: Vec<StopOrder>,
    limits: Vec<LimitOrder>,
    markets: Vec<(u32, Fraction)>,
}

impl Written {
    pub(super) fn of(text: &str, mirrored: bool) -> Self {
        let mut orders = Self {
            stop: None,
            stop_limit: None,
            trail: None,
            stops: Vec::new(),
            limits: Vec::new(),
            markets: Vec::new(),
        };
        let part = |text: &str| match text {
            "all" => Fraction::ONE,
            _ => Fraction::from_share(text.trim_end_matches('%').parse::<f64>().unwrap() / 100.0).unwrap(),
        };
        for order in text.split('|').map(str::trim).filter(|order| !order.is_empty()) {
            match order.split_whitespace().collect::<Vec<_>>()[..] {
                ["stop", price] => orders.stop = Some(mirror(price.parse().unwrap(), mirrored)),
                ["stop", price, "limit", limit] => {
                    orders.stop = Some(mirror(price.parse().unwrap(), mirrored));
                    orders.stop_limit = Some(price.parse::<f64>().unwrap() - limit.parse::<f64>().unwrap());
                }
                ["stop", price, size] => {
                    let price = mirror(price.parse().unwrap(), mirrored);
                    orders.stops.push(StopOrder { price, fraction: part(size), limit: None });
                }
                ["stop", price, size, "or", "limit", number] => {
                    let price = mirror(price.parse().unwrap(), mirrored);
                    let limit = Some(number.parse::<usize>().unwrap() - 1);
                    orders.stops.push(StopOrder { price, fraction: part(size), limit });
                }
                ["trail", distance] => orders.trail = Some(TrailOrder { by: trail_by(distance), from: None }),
                ["trail", distance, "from", price] => {
                    let from = Some(mirror(price.parse().unwrap(), mirrored));
                    orders.trail = Some(TrailOrder { by: trail_by(distance), from });
                }
                ["limit", price, size] => {
                    let price = mirror(price.parse().unwrap(), mirrored);
                    orders.limits.push(LimitOrder { price, fraction: part(size) });
                }
                ["market", size, "bar", bar] => orders.markets.push((bar.parse().unwrap(), part(size))),
                _ => panic!(
                    "`{order}`: write `stop 90`, `stop 90 limit 88`, `stop 95 50%`, `stop 95 50% or limit 1`, `trail 5`, `trail 3% from 105`, `limit 110 50%` or `market 25% bar 2`"
                ),
            }
        }
        orders
    }
}

impl ExitPolicy for Written {
    fn name(&self) -> String {
        "orders of the table".into()
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let bar = decision.path.bars_held + 1;
        let market = self.markets.iter().filter(|(at, _)| *at == bar).map(|(_, part)| *part).sum();
        let marketed: Fraction = self.markets.iter().filter(|(at, _)| *at < bar).map(|(_, part)| *part).sum();
        let mut gone = decision.gone().saturating_sub(marketed);
        let limits = self
            .limits
            .iter()
            .map(|limit| {
                let fraction = limit.fraction.saturating_sub(gone);
                gone = gone.saturating_sub(limit.fraction);
                LimitOrder { fraction, ..*limit }
            })
            .collect();
        // A stop that followed the price stays where it got to.
        let stop = if self.trail.is_some() { decision.stop.or(self.stop) } else { self.stop };
        ExitOrders { stop, stop_limit: self.stop_limit, trail: self.trail, stops: self.stops.clone(), limits, market }
    }
}

fn trail_by(text: &str) -> TrailBy {
    match text.strip_suffix('%') {
        Some(percent) => TrailBy::Percent(percent.parse().unwrap()),
        None => TrailBy::Points(text.parse().unwrap()),
    }
}
