/// Where in the life of a trade a rule is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Number of the decision, 0 at the fill.
    pub step: usize,
    /// Bars until everything left is sold; at least 1.
    pub bars_to_horizon: usize,
    /// Tranches in the whole position, K.
    pub tranches: usize,
}

/// A decision rule that a reference problem can score: a learned model, a schedule, the exact optimum.
pub trait Rule: Sync {
    /// The features it reads, by the problem's names, in the order in which rows bring them.
    fn inputs(&self) -> Vec<String>;

    /// The tranches to keep through the next bar, for every row and every number of tranches that may be left.
    ///
    /// `rows` holds n rows of the inputs; `out` has shape `(n, K)` and `out[i · K + k − 1]` is the answer for row `i`
    /// with `k` tranches left, from 0 to k. Where the problem caps what one bar can take, a lower answer sells
    /// what the cap allows. Where sales must be spaced, the rule is asked only when it may sell.
    fn targets(&self, at: &Moment, rows: &[f64], out: &mut [u32]);
}

/// Sells down to the given number of tranches at each decision, whatever the market does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedSchedule {
    /// Tranches kept after each decision; nothing is kept beyond its end.
    pub kept: Vec<u32>,
}

impl FixedSchedule {
    /// Everything leaves at decision `step`.
    pub fn all_at(step: usize, tranches: usize) -> Self {
        Self { kept: vec![tranches as u32; step] }
    }

    /// One tranche leaves at decision `first` and every `spacing` bars after it.
    pub fn even(first: usize, spacing: usize, tranches: usize) -> Self {
        let mut kept = vec![tranches as u32; first];
        for left in (0..tranches).rev() {
            kept.extend(std::iter::repeat_n(left as u32, spacing));
        }
        Self { kept }
    }
}

impl Rule for FixedSchedule {
    fn inputs(&self) -> Vec<String> {
        Vec::new()
    }

    fn targets(&self, at: &Moment, _rows: &[f64], out: &mut [u32]) {
        let wanted = self.kept.get(at.step).copied().unwrap_or(0);
        for answers in out.chunks_exact_mut(at.tranches) {
            for (index, answer) in answers.iter_mut().enumerate() {
                *answer = wanted.min(index as u32 + 1);
            }
        }
    }
}
