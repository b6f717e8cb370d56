//! The tabled figures of a problem on a grid: its optimum, its base, the value of any rule.

use super::{Chooser, Economics, GridProblem, PolicyTable, TableRule, best, blind::base_of, dual_bound, evaluate};
use crate::{Rule, Score};

/// The answers to a [`GridProblem`], in its tabled unit. A problem whose figure is not a mean of J, or whose best rule
/// without features is found in another way, gives its own.
pub(crate) trait GridAnswers: GridProblem + Sized {
    /// The tabled figure of what a chooser does.
    fn measure(&self, chooser: &Chooser<'_>) -> f64 {
        self.scale() * (self.offset() + evaluate(self, &Economics::of(self), chooser))
    }
    /// An upper bound on the tabled figure of every rule, by the values of what a chooser does; `None` where there is none.
    fn bound(&self, chooser: &Chooser<'_>) -> Option<Score> {
        let Score { value, standard_error } = dual_bound(self, &Economics::of(self), chooser)?;
        let value = self.scale() * (self.offset() + value);
        Some(Score { value, standard_error: self.scale().abs() * standard_error })
    }
    /// The tabled optimum, and the policy that attains it.
    fn optimum(&self) -> (f64, PolicyTable) {
        let (value, table) = best(self, &Economics::of(self));
        (self.scale() * (self.offset() + value), table)
    }
    /// The tabled optimum, and a rule that attains it between the states too.
    fn optimal(&self) -> (f64, Box<dyn Rule + '_>) {
        let (value, table) = self.optimum();
        (value, Box::new(TableRule { problem: self, table }))
    }
    /// The tabled figure of the best rule that ignores the features, and its name.
    fn base(&self) -> (f64, String) {
        let (value, name) = base_of(self);
        (self.scale() * (self.offset() + value), name)
    }
}
