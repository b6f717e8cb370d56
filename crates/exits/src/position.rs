use crate::{Fraction, LotGrid};

/// What is left of one trade. Its size changes only through [`Position::reduce`] and, where a planned position fills in
/// parts, [`Position::fill`].
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    remaining: Fraction,
    filled: Fraction,
    /// Whether it fills in parts: then what is left is a canonical part of whole lots, as what was sold is no whole.
    in_parts: bool,
    qty: f64,
    grid: Option<LotGrid>,
    sales: u32,
}

impl Position {
    /// The whole of a trade of `qty` units, in whole lots of `grid` where there is one.
    pub fn open(qty: f64, grid: Option<LotGrid>) -> Self {
        Self { remaining: Fraction::ONE, filled: Fraction::ONE, in_parts: false, qty, grid, sales: 0 }
    }

    /// Nothing yet of a planned trade of `qty` units.
    pub const fn planned(qty: f64, grid: Option<LotGrid>) -> Self {
        Self { remaining: Fraction::ZERO, filled: Fraction::ZERO, in_parts: true, qty, grid, sales: 0 }
    }

    /// Fills `part` of the planned size, at most what is not filled yet, and returns the quantity.
    ///
    /// ```
    /// use scaleout_exits::{Fraction, Position};
    /// let third = Fraction::ratio(1, 3).unwrap();
    /// let mut position = Position::planned(3.0, None);
    /// assert_eq!(position.fill(third), 1.0);
    /// assert_eq!(position.reduce(Fraction::ONE), (third, 1.0));
    /// ```
    pub fn fill(&mut self, part: Fraction) -> f64 {
        let before = (self.filled, self.remaining);
        let part = part.min(Fraction::ONE.saturating_sub(self.filled));
        self.filled = [self.filled, part].into_iter().sum();
        self.remaining = match self.grid {
            None => [self.remaining, part].into_iter().sum(),
            // The sum of parts of lots may miss whole lots by a unit, and what is left would never be nothing.
            Some(grid) => {
                let lots = grid.nearest(self.filled) - grid.nearest(before.0);
                grid.fraction(grid.nearest(self.remaining) + lots)
            }
        };
        match self.grid {
            Some(grid) => grid.qty(grid.nearest(self.remaining) - grid.nearest(before.1)),
            None if before.0.is_zero() && self.filled == Fraction::ONE => self.qty,
            None => self.qty * part.as_f64(),
        }
    }

    /// Part of the planned size that has filled so far; all of it without adds.
    pub const fn filled(&self) -> Fraction {
        self.filled
    }

    /// Part of the initial size still held.
    pub const fn remaining(&self) -> Fraction {
        self.remaining
    }

    /// Whether nothing is left.
    pub const fn is_closed(&self) -> bool {
        self.remaining.is_zero()
    }

    /// How many sales there were.
    pub const fn sales(&self) -> u32 {
        self.sales
    }

    /// How many shares the whole has: its lots, or the units of a [`Fraction`] where quantity is continuous.
    pub fn shares(&self) -> u64 {
        self.grid.map_or(Fraction::WHOLE.into(), LotGrid::lots)
    }

    /// How many of [`Self::shares`] are left.
    pub fn shares_left(&self) -> u64 {
        self.grid.map_or(self.remaining.units().into(), |grid| grid.nearest(self.remaining))
    }

    /// The lots, where quantity comes in lots.
    pub const fn grid(&self) -> Option<LotGrid> {
        self.grid
    }

    /// Whether taking `part` off sells anything: a unit of rounding is less than a lot of a position that fills in parts.
    pub(crate) fn sells(&self, part: Fraction) -> bool {
        self.without(part) < self.remaining
    }

    /// What is left without `part`.
    fn without(&self, part: Fraction) -> Fraction {
        let left = self.remaining.saturating_sub(part);
        match self.grid.filter(|_| self.in_parts) {
            Some(grid) => grid.fraction(grid.nearest(left)),
            None => left,
        }
    }

    /// Takes `part` of the initial size off, at most what is left, and returns the part and its quantity.
    ///
    /// The parts of all reductions of a closed position sum to exactly 1.
    ///
    /// ```
    /// use scaleout_exits::{Fraction, Position};
    /// let third = Fraction::ratio(1, 3).unwrap();
    /// let mut position = Position::open(9.0, None);
    /// assert_eq!(position.reduce(third), (third, 3.0));
    /// position.reduce(third);
    /// position.reduce(Fraction::ONE);
    /// assert!(position.is_closed());
    /// ```
    pub fn reduce(&mut self, part: Fraction) -> (Fraction, f64) {
        let before = self.remaining;
        self.remaining = self.without(part);
        let sold = before.saturating_sub(self.remaining);
        if !sold.is_zero() {
            self.sales += 1;
        }
        let qty = match self.grid {
            Some(grid) => grid.qty(grid.nearest(before) - grid.nearest(self.remaining)),
            None => self.qty * sold.as_f64(),
        };
        (sold, qty)
    }
}
