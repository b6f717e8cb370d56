//! Where one tranche of a known optimum is sold.

/// Where one tranche is sold, the first of them first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExactRung {
    /// The level at which a whole position first gives this tranche up at the fill as the price rises: of several such
    /// levels the one next to the start, `None` where there is none. No trade need ever be there.
    pub at_fill: Option<f64>,
    /// The mean level at which trades sell it before the horizon; `None` where none does.
    pub sold_at: Option<f64>,
    /// The share of trades that sell it before the horizon.
    pub sold_share: f64,
}
