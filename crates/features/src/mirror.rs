//! What a feature says of the mirrored market, in which every short is a long.

/// What becomes of a feature's value on the mirrored market: prices reflected about a level, buyers and sellers, bids
/// and asks exchanged. A short is a long on that market, so both can teach one model the same function.
///
/// The law is exact for features of price differences and of log returns. For features of simple returns it holds up
/// to products of two returns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mirror {
    /// Nothing: it points nowhere (a volatility, a spread, a volume, the clock).
    Unchanged,
    /// It changes its sign.
    Negated,
    /// It becomes the constant less the value: 100 less the RSI.
    Complement(f64),
    /// It becomes the value of the feature of that name with the same parameters: Aroon up and Aroon down. Where the
    /// value is a price, it is reflected as well.
    Swapped(&'static str),
    /// As [`Swapped`](Self::Swapped), with the opposite sign.
    SwappedAndNegated(&'static str),
    /// Nobody knows: the value is that of a column whose meaning only its owner knows.
    Unknown,
}

impl Mirror {
    /// The feature whose value it becomes, if that is another one.
    pub const fn partner(self) -> Option<&'static str> {
        match self {
            Self::Swapped(partner) | Self::SwappedAndNegated(partner) => Some(partner),
            Self::Unchanged | Self::Negated | Self::Complement(_) | Self::Unknown => None,
        }
    }
}
