use crate::{Fraction, LotGrid, Objective, ReplayConfig, UnitPath, Utility, policies::Schedule};

/// The schedule of market parts with the highest J in hindsight: an upper bound, not a rule.
///
/// Dynamic programming over the held fraction, on a grid of `tranches` equal parts (whole lots where there are lots), with
/// the path's own costs at every step, fees per order, impact, the largest sale in a bar and the spacing between sales
/// of `config`. Under exponential utility it maximises the net R itself, which is the same in hindsight. If two
/// schedules tie, the one that sells later is returned. Cost: O(steps × tranches² × spacing).
///
/// `path` must come from the same `config`.
pub fn oracle(path: &UnitPath, tranches: u32, objective: &Objective, config: &ReplayConfig) -> Schedule {
    let table = OracleTable::new(path, tranches, objective, config);
    let mut sold = Vec::with_capacity(path.steps());
    let (mut held, mut rest) = (table.levels.len() - 1, table.spacing);
    for step in 0..path.steps() {
        let keep = table.best_keep(step, held, rest).1;
        sold.push(table.levels[held].saturating_sub(table.levels[keep]));
        rest = if keep < held { 1 } else { rest + 1 }.min(table.spacing);
        held = keep;
        if held == 0 {
            break;
        }
    }
    while sold.last().is_some_and(|part| part.is_zero()) {
        sold.pop();
    }
    Schedule { sold }
}

/// The most that one who knows the path earns if, for each bar through which parts are held, the surprise in their value is
/// charged. It sells at the opens, in equal parts of whole lots, without spacing of sales or a volume to share.
///
/// A rule that does not know the future is charged nothing on average, so the mean over many paths is at least what the best
/// rule of this kind earns, if what is called a surprise is one. Source: Brown, Smith & Sun 2010, Operations Research 58(4).
pub struct PaidHindsight<'a>(OracleTable<'a>);

impl<'a> PaidHindsight<'a> {
    /// On `path`, with parts of one in `tranches`; `None` where sales need spacing, are capped or share the volume of a bar,
    /// where the parts are not whole lots, or utility is exponential.
    pub fn new(path: &'a UnitPath, tranches: u32, objective: &Objective, config: &ReplayConfig) -> Option<Self> {
        let table = OracleTable::of(path, tranches, objective, config);
        let of_lots =
            |lots: u64| lots.is_multiple_of(u64::from(tranches)) && path.terms.min_lots <= lots / u64::from(tranches);
        let has_all = table.levels.len() == tranches as usize + 1 && path.terms.lots.is_none_or(of_lots);
        let is_free = table.spacing == 1 && config.volume_share.is_none() && table.most == Fraction::ONE;
        (has_all && is_free && objective.utility == Utility::MeanVariance).then_some(Self(table))
    }

    /// What holding each of 1 … K parts through `step` and being right about what comes is worth: the step's own gain, and
    /// the best of `hold_values` after it, H of 1 … K parts at the next decision.
    pub fn after_holding(&self, step: usize, hold_values: &[f64]) -> Vec<f64> {
        let next = |held: usize| {
            let next = step + 1;
            if next == self.0.path.steps() {
                return self.0.at_end(held);
            }
            self.0.best_of(next, held, 1, |keep, _| if keep == 0 { 0.0 } else { hold_values[keep - 1] }).0
        };
        (1..self.0.levels.len()).map(|held| self.0.hold(step, held) + next(held)).collect()
    }

    /// The most that is earned, in J, where holding 1 … K parts through step t costs `paid[t]` beside.
    pub fn most(mut self, paid: &[Vec<f64>]) -> f64 {
        self.0.solve(|step, keep| paid[step][keep - 1]);
        self.0.best_keep(0, self.0.levels.len() - 1, 1).0
    }
}

struct OracleTable<'a> {
    path: &'a UnitPath,
    /// Fractions that can be held, from nothing to the whole.
    levels: Vec<Fraction>,
    /// Least part of an order, in levels' own fractions; nothing where any part can be sold.
    least: Fraction,
    spacing: usize,
    most: Fraction,
    half_gamma: f64,
    /// Value of holding level `k` before the decision of a step, `rest` bars after the last sale.
    values: Vec<f64>,
    /// Cost of selling each pair of levels' difference is taken from here: by step and held level, to nothing.
    costs: Vec<f64>,
    /// What holding each level through each step earns.
    gains: Vec<f64>,
}

impl<'a> OracleTable<'a> {
    fn new(path: &'a UnitPath, tranches: u32, objective: &Objective, config: &ReplayConfig) -> Self {
        let mut table = Self::of(path, tranches, objective, config);
        table.solve(|_, _| 0.0);
        table
    }

    /// The table before anything is known of values.
    fn of(path: &'a UnitPath, tranches: u32, objective: &Objective, config: &ReplayConfig) -> Self {
        let grid = path.terms.lots.map(|lots| LotGrid::of_units(lots, path.terms.min_lots));
        let mut levels: Vec<Fraction> = (0..=tranches.max(1))
            .filter_map(|k| Fraction::ratio(k, tranches.max(1)))
            .map(|level| grid.map_or(level, |grid| grid.fraction(grid.nearest(level))))
            .collect();
        levels.dedup();
        let half_gamma = match objective.utility {
            Utility::MeanVariance => 0.5 * objective.risk_aversion,
            Utility::Exponential => 0.0,
        };
        let spacing = config.min_bars_between_sales.max(1) as usize;
        let count = levels.len();
        let mut table = Self {
            path,
            least: grid.map_or(Fraction::ZERO, |grid| grid.fraction(grid.min_lots().min(grid.lots()))),
            most: config.max_fraction_per_bar.and_then(Fraction::from_share).unwrap_or(Fraction::ONE),
            levels,
            spacing,
            half_gamma,
            values: vec![0.0; (path.steps() + 1) * count * spacing],
            costs: Vec::new(),
            gains: Vec::new(),
        };
        table.costs = table.sale_costs();
        table
    }

    /// The values of all steps where holding a level through a step costs `paid` beside.
    fn solve(&mut self, paid: impl Fn(usize, usize) -> f64) {
        let (steps, count, spacing) = (self.path.steps(), self.levels.len(), self.spacing);
        let each = |step| (0..count).map(move |level| (step, level));
        let gain = |(step, level)| if level == 0 { 0.0 } else { self.hold(step, level) - paid(step, level) };
        self.gains = (0..steps).flat_map(each).map(gain).collect();
        for held in 1..count {
            let at_end = self.at_end(held);
            for rest in 1..=spacing {
                let at = self.at(steps, held, rest);
                self.values[at] = at_end;
            }
        }
        for step in (0..steps).rev() {
            for held in 1..count {
                for rest in 1..=spacing {
                    let at = self.at(step, held, rest);
                    self.values[at] = self.best_keep(step, held, rest).0;
                }
            }
        }
    }

    /// Value of holding level `held` after the last step.
    fn at_end(&self, held: usize) -> f64 {
        let path = self.path;
        if path.stopped { 0.0 } else { -path.sale_cost_r(path.steps(), path.terms.share(self.levels[held])) }
    }

    /// The best value before the decision of `step`, and the level to keep.
    fn best_keep(&self, step: usize, held: usize, rest: usize) -> (f64, usize) {
        self.best_of(step, held, rest, |keep, next| {
            let gain = self.gains[step * self.levels.len() + keep];
            if keep == 0 { 0.0 } else { gain + self.values[self.at(step + 1, keep, next)] }
        })
    }

    /// The same where keeping a level, with so many bars since the last sale at the next decision, is worth `value_of`.
    fn best_of(&self, step: usize, held: usize, rest: usize, value_of: impl Fn(usize, usize) -> f64) -> (f64, usize) {
        let mut best = (f64::NEG_INFINITY, held);
        for keep in (0..=held).rev() {
            if keep < held && !self.may_sell(step, held, keep, rest) {
                continue;
            }
            let cost = if keep < held {
                self.costs[(step * self.levels.len() + held) * self.levels.len() + keep]
            } else {
                0.0
            };
            let next = if keep < held { 1 } else { (rest + 1).min(self.spacing) };
            let value = value_of(keep, next);
            if best.0 < value - cost {
                best = (value - cost, keep);
            }
        }
        best
    }

    /// Value of holding level `keep` over `step`, including the stop's cost.
    fn hold(&self, step: usize, keep: usize) -> f64 {
        let share = self.path.terms.share(self.levels[keep]);
        let gain = share * self.path.r[step];
        let penalty = if self.path.names_variance() { share * share * self.path.variance[step] } else { gain * gain };
        let stop = if self.path.stopped && step + 1 == self.path.steps() { self.path.stop_cost_r(share) } else { 0.0 };
        gain - self.half_gamma * penalty - stop
    }

    fn may_sell(&self, step: usize, held: usize, keep: usize, rest: usize) -> bool {
        let part = self.levels[held].saturating_sub(self.levels[keep]);
        let kept = self.levels[keep];
        self.spacing <= rest
            && part <= self.most.min(self.path.volume_cap(step))
            && self.least <= part
            && (kept.is_zero() || self.least <= kept)
    }

    fn sale_costs(&self) -> Vec<f64> {
        let count = self.levels.len();
        let mut costs = vec![0.0; self.path.steps() * count * count];
        for step in 0..self.path.steps() {
            for held in 1..count {
                for keep in 0..held {
                    let part = self.levels[held].saturating_sub(self.levels[keep]);
                    costs[(step * count + held) * count + keep] =
                        self.path.sale_cost_r(step, self.path.terms.share(part));
                }
            }
        }
        costs
    }

    fn at(&self, step: usize, held: usize, rest: usize) -> usize {
        (step * self.levels.len() + held) * self.spacing + rest - 1
    }
}
