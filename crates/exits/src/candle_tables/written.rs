use super::mirror;
use crate::{Decision, ExitOrders, ExitPolicy, Fraction, LimitOrder};

/// Orders as a table writes them, repeated at every close until they are done.
pub(super) struct Written {
    stop: Option<f64>,
    trail: Option<f64>,
    limits: Vec<LimitOrder>,
    markets: Vec<(u32, Fraction)>,
}

impl Written {
    pub(super) fn of(text: &str, mirrored: bool) -> Self {
        let mut orders = Self { stop: None, trail: None, limits: Vec::new(), markets: Vec::new() };
        let part = |text: &str| match text {
            "all" => Fraction::ONE,
            _ => Fraction::from_share(text.trim_end_matches('%').parse::<f64>().unwrap() / 100.0).unwrap(),
        };
        for order in text.split('|').map(str::trim).filter(|order| !order.is_empty()) {
            match order.split_whitespace().collect::<Vec<_>>()[..] {
                ["stop", price] => orders.stop = Some(mirror(price.parse().unwrap(), mirrored)),
                ["trail", distance] => orders.trail = Some(distance.parse().unwrap()),
                ["limit", price, size] => {
                    let price = mirror(price.parse().unwrap(), mirrored);
                    orders.limits.push(LimitOrder { price, fraction: part(size) });
                }
                ["market", size, "bar", bar] => orders.markets.push((bar.parse().unwrap(), part(size))),
                _ => panic!("`{order}`: write `stop 90`, `trail 5`, `limit 110 50%` or `market 25% bar 2`"),
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
        let mut gone = Fraction::ONE.saturating_sub(decision.remaining).saturating_sub(marketed);
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
        ExitOrders { stop, trail: self.trail, limits, market }
    }
}
