//! Mean reversion with a stop (B12): the perpetual problem of Leung & Li 2015 in discrete time.
//!
//! The price handed out is the discounted value e^(−rt)(X − c), the level X a column. The stop stands on X, so in
//! discounted prices it would move: instead, a path that has been stopped keeps its last price. As the bars grow
//! shorter and the horizon longer, the optimum tends to the closed form, which is worked out here by quadrature.

use scaleout_exits::{Objective, Utility};

use crate::{
    CatalogueEntry, Parameter, SaleLimits, Settings,
    grid::{Autoregression, Barrier, GridAxis, ScalarProblem, Told, proportional_terms},
};

const TITLE: &str = "mean reversion with a stop, discounted";

static PARAMETERS: [Parameter; 9] = [
    Parameter::whole("bars", 150.0, 1.0, 5000.0, "decisions N until the position is sold"),
    Parameter::real("bar_years", 0.2, 1e-3, 10.0, "length of a bar, in the unit of time of the rates"),
    Parameter::real("reversion", 1.0, 0.01, 100.0, "μ, speed of reversion"),
    Parameter::real("level", 0.0, -100.0, 100.0, "θ, the level reverted to"),
    Parameter::real("volatility", 1.0, 0.01, 100.0, "σ"),
    Parameter::real("rate", 0.05, 1e-4, 10.0, "r, at which values are discounted"),
    Parameter::real("cost", 0.0, -100.0, 100.0, "c, paid when sold"),
    Parameter::real("stop", 2.0, 0.0, 6.0, "stop below θ, in stationary deviations s = σ / √(2μ); 0: none"),
    Parameter::real("start", 0.0, -3.0, 6.0, "where X starts, in s from θ"),
];

pub(crate) const ENTRY: CatalogueEntry =
    CatalogueEntry::new("B12", TITLE, &PARAMETERS, |settings| Box::new(build(settings)));

/// Nodes in the deviation of one step.
const NODES_PER_SD: f64 = 16.0;

fn build(settings: Settings) -> ScalarProblem {
    let continuous = Continuous::of(&settings);
    let (dt, rate, cost) = (settings.real("bar_years"), settings.real("rate"), settings.real("cost"));
    let slope = (-continuous.reversion * dt).exp();
    let market = Autoregression {
        start: continuous.start,
        intercept: (1.0 - slope) * continuous.level,
        slope,
        sd: continuous.deviation() * (1.0 - slope * slope).sqrt(),
    };
    let barrier = continuous.stop.map(|level| Barrier { level });
    let axis = axis(&continuous, market.sd / NODES_PER_SD);
    ScalarProblem {
        id: "B12",
        title: TITLE,
        kernel: market.kernel(&axis, barrier),
        market,
        barrier,
        axis,
        price: Box::new(move |step, x| (-rate * dt * step as f64).exp() * (x - cost)),
        column: "level",
        column_of: |x| x,
        state_of: |x| x,
        steps: settings.whole("bars"),
        tranches: 1,
        limits: SaleLimits::default(),
        objective: Objective { utility: Utility::MeanVariance, risk_aversion: 0.0, variance_column: None },
        terms: proportional_terms(0.0),
        offset: continuous.start - cost,
        scale: 1.0,
        told: Told::Ladder,
        details,
        settings,
    }
}

/// An axis with the start and the stop among its nodes, six deviations to both sides, or from the stop upwards.
fn axis(continuous: &Continuous, spacing: f64) -> GridAxis {
    let reach = 6.0 * continuous.deviation() + (continuous.start - continuous.level).abs();
    match continuous.stop {
        None => GridAxis::centred(continuous.start, reach, (reach / spacing).ceil() as usize),
        Some(stop) => {
            let spacing = (continuous.start - stop) / ((continuous.start - stop) / spacing).ceil();
            let len = ((continuous.level + reach - stop) / spacing).ceil() as usize + 1;
            GridAxis { low: stop, spacing, len }
        }
    }
}

fn details(problem: &ScalarProblem) -> Vec<(String, f64)> {
    let continuous = Continuous::of(&problem.settings);
    let target = continuous.target();
    vec![
        ("target in continuous time, for ever".to_owned(), target),
        ("value in continuous time, for ever".to_owned(), continuous.value(continuous.start, target)),
    ]
}

/// dX = μ(θ − X) dt + σ dB and the reward e^(−rτ)(X_τ − c), stopped out at `stop`.
#[derive(Debug, Clone, Copy)]
struct Continuous {
    reversion: f64,
    level: f64,
    volatility: f64,
    rate: f64,
    cost: f64,
    stop: Option<f64>,
    start: f64,
}

impl Continuous {
    fn of(settings: &Settings) -> Self {
        let mut continuous = Self {
            reversion: settings.real("reversion"),
            level: settings.real("level"),
            volatility: settings.real("volatility"),
            rate: settings.real("rate"),
            cost: settings.real("cost"),
            stop: None,
            start: 0.0,
        };
        let deviation = continuous.deviation();
        let stop = settings.real("stop");
        continuous.stop = (stop > 0.0).then_some(continuous.level - stop * deviation);
        // A trade that starts at its stop is over; it starts just above at the least.
        let lowest = if stop > 0.0 { 0.05 - stop } else { f64::NEG_INFINITY };
        continuous.start = continuous.level + settings.real("start").max(lowest) * deviation;
        continuous
    }

    fn deviation(&self) -> f64 {
        self.volatility / (2.0 * self.reversion).sqrt()
    }

    /// ∫₀^∞ u^(r/μ − 1 + order) e^(z u − u²/2) du with z = √(2μ) (x − θ)/σ: for order 0 the increasing solution F of
    /// ½σ²f'' + μ(θ − x)f' = r f (Leung & Li 2015, equation 3.3); its derivative is √(2μ)/σ times order 1.
    ///
    /// With u = e^y the integrand falls off faster than any exponential above and like e^(r y/μ) below; what lies
    /// below u = e^−40 is added in closed form.
    fn solution(&self, z: f64, order: f64) -> f64 {
        let power = self.rate / self.reversion + order;
        let (low, spacing) = (-40.0, 1.0 / 64.0);
        let log_integrand = |y: f64| {
            let u: f64 = f64::exp(y);
            power * y + z * u - 0.5 * u * u
        };
        let nodes = (0..).map(|node| low + spacing * f64::from(node)).take_while(|y| *y < 5.0);
        let sum: f64 = nodes.map(|y| log_integrand(y).exp()).sum();
        let edge = (power * low).exp();
        spacing * (sum - 0.5 * edge) + edge / power
    }

    fn z(&self, x: f64) -> f64 {
        (x - self.level) / self.deviation()
    }

    /// Value of selling at `target` or at the stop, whichever is first, started at `x`.
    fn value(&self, x: f64, target: f64) -> f64 {
        let rising = |x: f64| self.solution(self.z(x), 0.0);
        let falling = |x: f64| self.solution(-self.z(x), 0.0);
        if target <= x {
            return x - self.cost;
        }
        match self.stop {
            None => (target - self.cost) * rising(x) / rising(target),
            Some(stop) if x <= stop => x - self.cost,
            Some(stop) => {
                let determinant = rising(target) * falling(stop) - rising(stop) * falling(target);
                let at_target = rising(x) * falling(stop) - rising(stop) * falling(x);
                let at_stop = rising(target) * falling(x) - rising(x) * falling(target);
                ((target - self.cost) * at_target + (stop - self.cost) * at_stop) / determinant
            }
        }
    }

    /// The target that is best from every start below it: where the value meets the payoff smoothly.
    fn target(&self) -> f64 {
        // Smooth fit: the slope of the value just below the target is 1 at the best one, more below it.
        let step = 1e-4 * self.deviation();
        let excess = |target: f64| {
            let below = self.value(target - step, target);
            let further = self.value(target - 2.0 * step, target);
            // One-sided difference of second order.
            (3.0 * (target - self.cost) - 4.0 * below + further) / (2.0 * step) - 1.0
        };
        let floor = self.stop.unwrap_or(self.level - 3.0 * self.deviation()).max(self.cost);
        let (mut low, mut high) = (floor + 0.01 * self.deviation(), self.level.max(self.cost) + 8.0 * self.deviation());
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if excess(middle) > 0.0 {
                high = middle;
            } else {
                low = middle;
            }
        }
        0.5 * (low + high)
    }
}

#[cfg(test)]
mod tests {
    use super::{Continuous, PARAMETERS};
    use crate::{Settings, problem};

    fn continuous(assignments: &[&str]) -> Continuous {
        Continuous::of(&Settings::parse("B12", &PARAMETERS, assignments).unwrap())
    }

    #[test]
    fn tabled_figures_of_b12() {
        let free = continuous(&["stop=0"]);
        let target = free.target();
        assert!((target - 1.344351).abs() < 2e-6, "{target}");
        assert!((free.value(0.0, target) - 0.931640).abs() < 1e-6);
        let stopped = continuous(&["stop=2"]);
        let (target, deviation) = (stopped.target(), stopped.deviation());
        assert!((target - 0.789266).abs() < 2e-6, "{target}");
        for (start, expected) in [(-deviation, -0.149055), (0.0, 0.273438), (deviation, 0.712290)] {
            let found = stopped.value(start, target);
            assert!((found - expected).abs() < 1e-6, "{start}: {found} for {expected}");
        }
    }

    #[test]
    fn shorter_bars_tend_to_continuous_time() {
        // Without a stop what is lost is of the order of a bar; a stop seen at closes only is passed by the order of
        // its root. The horizon is far: e^(−rT) is .0025.
        for (stop, exact, rates) in [("stop=0", 0.931640, 0.03), ("stop=2", 0.273438, 0.15)] {
            let gap = |bar: &str, bars: &str| {
                let found = problem("B12", &[stop, bar, bars]).unwrap().solve().optimum;
                (found - exact).abs()
            };
            let (coarse, fine) = (gap("bar_years=.4", "bars=300"), gap("bar_years=.1", "bars=1200"));
            assert!(fine < 0.65 * coarse && fine < rates, "{stop}: {coarse} to {fine}");
        }
    }

    #[test]
    fn stopped_paths_and_grid_agree() {
        let problem = problem("B12", &["bars=60"]).unwrap();
        let rule = problem.optimal_rule().unwrap();
        let sampled = problem.simulate(20_000, 5).score(&*rule).unwrap();
        let optimum = problem.solve().optimum;
        assert!((sampled.value - optimum).abs() < 4.0 * sampled.standard_error, "{sampled:?} for {optimum}");
    }
}
