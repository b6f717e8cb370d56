//! The arithmetic of a feature as data: what the generated Python and MQL5 are written from, and what a test evaluates.

/// A number of the bar that has just closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BarField {
    /// Highest price.
    High,
    /// Lowest price.
    Low,
    /// Last price.
    Close,
    /// Quantity traded.
    Volume,
}

/// A function of one number. Undefined results are NaN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unary {
    /// |x|.
    Abs,
    /// √x.
    Sqrt,
}

/// A function of two numbers. NaN in, NaN out; a division by 0 is NaN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// a + b.
    Add,
    /// a − b.
    Sub,
    /// a · b.
    Mul,
    /// a ÷ b.
    Div,
    /// ln(a ÷ b) where both are above 0, else NaN.
    LogRatio,
    /// The larger.
    Max,
    /// The smaller.
    Min,
    /// b where a > 0, else NaN.
    Where,
    /// b where a > 0, else 0; NaN where a is NaN.
    Gate,
}

/// A small state machine that takes one number a bar. NaN until it is full.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Machine {
    /// The number n bars ago.
    Lag(usize),
    /// The sum of the last n numbers; NaN while one of them is.
    Sum(usize),
    /// The mean of the last n numbers.
    Mean(usize),
    /// The population deviation of the last n numbers.
    Deviation(usize),
    /// The largest of the last n.
    Highest(usize),
    /// The smallest of the last n.
    Lowest(usize),
    /// Wilder's average: the mean of the first n, then a + (x − a) / n. A NaN before the first number is passed over.
    Wilder(usize),
    /// An exponential average with a weight for the newest number, after the mean of the first n. A NaN starts it anew.
    Smoothed(usize, f64),
}

/// An expression over the bars so far.
#[derive(Debug, Clone, PartialEq)]
pub enum FeatureExpression {
    /// A number of the bar.
    Field(BarField),
    /// A constant.
    Number(f64),
    /// A function of one number.
    Unary(Unary, Box<Self>),
    /// A function of two.
    Binary(Binary, Box<[Self; 2]>),
    /// A state machine fed with a number a bar.
    Machine(Machine, Box<Self>),
}

impl FeatureExpression {
    fn two(operator: Binary, a: Self, b: Self) -> Self {
        Self::Binary(operator, Box::new([a, b]))
    }

    /// The larger of this and `other`.
    pub fn max(self, other: Self) -> Self {
        Self::two(Binary::Max, self, other)
    }

    /// The smaller of this and `other`.
    pub fn min(self, other: Self) -> Self {
        Self::two(Binary::Min, self, other)
    }

    /// This where `condition` is above 0, else NaN.
    pub fn where_positive(self, condition: Self) -> Self {
        Self::two(Binary::Where, condition, self)
    }

    /// This where `condition` is above 0, else 0.
    pub fn gated(self, condition: Self) -> Self {
        Self::two(Binary::Gate, condition, self)
    }

    /// |this|.
    pub fn abs(self) -> Self {
        Self::Unary(Unary::Abs, Box::new(self))
    }

    /// √this.
    pub fn sqrt(self) -> Self {
        Self::Unary(Unary::Sqrt, Box::new(self))
    }

    /// ln(this ÷ other) where both are above 0, else NaN.
    pub fn log_ratio(self, other: Self) -> Self {
        Self::two(Binary::LogRatio, self, other)
    }

    /// What `machine` makes of it.
    pub fn through(self, machine: Machine) -> Self {
        Self::Machine(machine, Box::new(self))
    }

    /// The number `bars` ago.
    pub fn lag(self, bars: usize) -> Self {
        self.through(Machine::Lag(bars))
    }
}

impl std::ops::Add for FeatureExpression {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::two(Binary::Add, self, other)
    }
}

impl std::ops::Sub for FeatureExpression {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::two(Binary::Sub, self, other)
    }
}

impl std::ops::Mul for FeatureExpression {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self::two(Binary::Mul, self, other)
    }
}

impl std::ops::Div for FeatureExpression {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        Self::two(Binary::Div, self, other)
    }
}

impl From<f64> for FeatureExpression {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}
