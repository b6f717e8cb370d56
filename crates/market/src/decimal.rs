//! Exact decimals: what a price in a file says, and not the nearest binary number to it.
//!
//! Two binary numbers compare as the decimals that they were read from, so comparing prices is exact as long as every
//! price is the binary number nearest to *its* decimal. Binary sums break that: 50.3 − .5 · .4 is 50.099999999999994.
//! Levels are therefore computed here, in integers, and rounded to a binary number once.

/// A decimal number `digits · 10^−scale`.
///
/// Sums and products are exact up to 38 digits; beyond, they are those of binary numbers, which the prices of no venue
/// reach.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    digits: i128,
    scale: i32,
}

/// Powers of ten that a binary number holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];
/// Integers below it are exact binary numbers.
const EXACT: u128 = 1 << 53;
/// A decimal of fewer digits is the shortest one of its binary number.
const FIFTEEN_DIGITS: f64 = 1e15;

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self { digits: 0, scale: 0 };

    /// A whole number.
    pub const fn whole(number: i64) -> Self {
        Self { digits: number as i128, scale: 0 }
    }

    /// The shortest decimal that reads back as `value`, which is the one that a file holds; 0 for what is no number.
    ///
    /// ```
    /// use scaleout_market::Decimal;
    /// let level = Decimal::of(50.3).minus(Decimal::of(0.5).times(Decimal::of(0.4)));
    /// assert_eq!(level.to_f64(), 50.1);
    /// assert_ne!(50.3 - 0.5 * 0.4, 50.1);
    /// ```
    #[inline]
    pub fn of(value: f64) -> Self {
        for scale in [2, 5, 9] {
            let shifted = value * POWERS[scale];
            if FIFTEEN_DIGITS <= shifted.abs() || shifted.is_nan() {
                break;
            }
            let digits = (shifted + 0.5_f64.copysign(shifted)) as i64;
            if digits as f64 / POWERS[scale] == value {
                return Self { digits: i128::from(digits), scale: scale as i32 };
            }
        }
        Self::long(value).unwrap_or_else(|| Self::written(value))
    }

    /// The same in whole numbers: the first of the nearest decimals of 15, 16 and 17 digits that reads back as `value`.
    fn long(value: f64) -> Option<Self> {
        let size = value.abs();
        // Below, more digits than 128 bits hold; above, nobody's price.
        if !(1e-4..1e15).contains(&size) {
            return None;
        }
        let bits = size.to_bits();
        let mantissa = (bits & (EXACT as u64 / 2 - 1)) | (EXACT as u64 / 2);
        // size = mantissa / 2^below, and 2^below cannot exceed 66 bits.
        let below = u32::try_from(1075 - (bits >> 52) as i64).ok().filter(|below| 0 < *below)?;
        // A power of two lies nearer to the number below it.
        if mantissa == EXACT as u64 / 2 {
            return None;
        }
        let before_point = POWERS.iter().take_while(|power| **power <= size).count() as i32;
        let zeros = || POWERS.iter().skip(1).take_while(|power| size * **power < 1.0).count() as i32;
        let first = if before_point == 0 { -zeros() } else { before_point };
        for wanted in 15..=17 {
            let scale = wanted - first;
            let power = 10_u128.checked_pow(u32::try_from(scale).ok()?)?;
            let exact = u128::from(mantissa).checked_mul(power)?;
            let digits = (exact + (1 << (below - 1))) >> below;
            if (digits << below).abs_diff(exact) * 2 < power {
                let digits = i128::try_from(digits).ok()?;
                return Some(Self { digits: if value < 0.0 { -digits } else { digits }, scale });
            }
        }
        None
    }

    /// The same by way of the number's text.
    #[cold]
    fn written(value: f64) -> Self {
        if !value.is_finite() {
            return Self::ZERO;
        }
        let text = format!("{value:e}");
        let (mantissa, exponent) = text.split_once('e').expect("Invariant: that is how numbers are written");
        let exponent: i32 = exponent.parse().expect("Invariant: an exponent is a whole number");
        let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{before}{after}").parse().expect("Invariant: at most 17 digits");
        Self { digits, scale: after.len() as i32 - exponent }
    }

    /// The nearest binary number.
    #[inline]
    pub fn to_f64(self) -> f64 {
        let power = POWERS.get(self.scale.unsigned_abs() as usize);
        match power {
            // Both are exact, so there is one rounding.
            Some(power) if self.digits.unsigned_abs() < EXACT => {
                if self.scale < 0 {
                    self.digits as f64 * power
                } else {
                    self.digits as f64 / power
                }
            }
            Some(_) | None => self.divided().unwrap_or_else(|| self.read()),
        }
    }

    /// The same by a division of whole numbers with a remainder: digits / 10^scale = (digits / 5^scale) / 2^scale.
    fn divided(self) -> Option<f64> {
        let scale = u32::try_from(self.scale).ok()?;
        let divisor = 5_u64.checked_pow(scale)?;
        let size = self.digits.unsigned_abs();
        if size == 0 {
            return Some(0.0);
        }
        let raised = size.leading_zeros();
        let raised_size = size << raised;
        let (quotient, rest) = (raised_size / u128::from(divisor), raised_size % u128::from(divisor));
        // 128 bits over at most 63 leave more than a number's 53.
        let dropped = (u128::BITS - quotient.leading_zeros()).checked_sub(f64::MANTISSA_DIGITS)?;
        let (kept, lost) = (quotient >> dropped, quotient & ((1 << dropped) - 1));
        let half = 1 << (dropped - 1);
        let is_up = half < lost || (half == lost && (0 < rest || kept % 2 == 1));
        let mantissa = (kept + u128::from(is_up)) as f64;
        let exponent = dropped as i32 - raised as i32 - scale as i32;
        let power =
            f64::from_bits(u64::try_from(exponent + 1023).ok().filter(|biased| (1..2046).contains(biased))? << 52);
        Some(if self.digits < 0 { -mantissa * power } else { mantissa * power })
    }

    #[cold]
    fn read(self) -> f64 {
        let text = format!("{}e{}", self.digits, -i64::from(self.scale));
        text.parse().expect("Invariant: that is how numbers are written")
    }

    /// The sum.
    #[must_use]
    #[inline]
    pub fn plus(self, other: Self) -> Self {
        let sum = self.aligned(other).and_then(|(one, other, scale)| Some((one.checked_add(other)?, scale)));
        match sum {
            Some((digits, scale)) => Self { digits, scale },
            None => self.approximately(other, |one, other| one + other),
        }
    }

    /// The difference.
    #[must_use]
    #[inline]
    pub fn minus(self, other: Self) -> Self {
        self.plus(other.negated())
    }

    /// The product.
    #[must_use]
    #[inline]
    pub fn times(self, other: Self) -> Self {
        match self.digits.checked_mul(other.digits) {
            Some(digits) => Self { digits, scale: self.scale + other.scale },
            None => self.approximately(other, |one, other| one * other),
        }
    }

    /// The same with the other sign.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self { digits: -self.digits, scale: self.scale }
    }

    /// Whether it is above 0.
    pub const fn is_positive(self) -> bool {
        0 < self.digits
    }

    /// Its size without the sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self { digits: self.digits.abs(), scale: self.scale }
    }

    /// A hundredth of it: what a percentage is a share of.
    #[must_use]
    pub const fn percent(self) -> Self {
        Self { digits: self.digits, scale: self.scale + 2 }
    }

    /// The binary number nearest to the quotient, exact in its last bit where both numbers have at most 15 digits.
    pub fn over(self, other: Self) -> f64 {
        match self.aligned(other) {
            Some((one, other, _)) => nearest(one) / nearest(other),
            None => self.to_f64() / other.to_f64(),
        }
    }

    /// How often `step`, above 0, goes into it: the whole number at or below the quotient, and whether nothing is left.
    pub fn steps(self, step: Self) -> Option<(i128, bool)> {
        let (one, step, _) = self.aligned(step)?;
        Some((one.checked_div_euclid(step)?, one.checked_rem_euclid(step)? == 0))
    }

    /// Both numbers' digits at one scale.
    #[inline]
    fn aligned(self, other: Self) -> Option<(i128, i128, i32)> {
        let scale = self.scale.max(other.scale);
        let raised = |number: Self| {
            let places = (scale - number.scale) as u32;
            if places == 0 { Some(number.digits) } else { number.digits.checked_mul(10_i128.checked_pow(places)?) }
        };
        Some((raised(self)?, raised(other)?, scale))
    }

    #[cold]
    fn approximately(self, other: Self, of: impl Fn(f64, f64) -> f64) -> Self {
        Self::of(of(self.to_f64(), other.to_f64()))
    }
}

/// The binary number nearest to `number`; one of 64 bits needs no library.
#[inline]
fn nearest(number: i128) -> f64 {
    i64::try_from(number).map_or_else(|_| number as f64, |number| number as f64)
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn a_number_comes_back_as_it_was_read() {
        for text in
            ["0", "50.1", "-50.1", "0.00001234", "1e-10", "123456789.123456", "17.345678912345678", "1e300", "4.9e-324"]
        {
            let value: f64 = text.parse().unwrap();
            assert_eq!(Decimal::of(value).to_f64(), value, "{text}");
        }
    }

    #[test]
    fn long_numbers_are_those_of_their_texts() {
        let mut state = 7_u64;
        let mut next = || {
            // Knuth's multiplier: any spread of bits will do.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 11
        };
        for round in 0..200_000 {
            let size = [1e-3, 0.1, 1.0, 10.0, 100.0, 5_000.0, 1e5, 1e9][round % 8];
            let value = (next() as f64 / (1_u64 << 53) as f64 - 0.5) * size;
            let (quick, written) = (Decimal::of(value), Decimal::written(value));
            assert_eq!(quick.minus(written).digits, 0, "{value}: {quick:?} {written:?}");
            let product = quick.times(Decimal::of((next() % 1000) as f64 / 100.0)).percent();
            for number in [quick, product, quick.plus(product), quick.minus(product)] {
                assert_eq!(number.to_f64(), number.read(), "{value} {number:?}");
            }
        }
    }

    #[test]
    fn sums_and_products_are_those_of_the_decimals() {
        let of = |text: &str| Decimal::of(text.parse().unwrap());
        for (one, other, sum, product) in [
            ("0.1", "0.2", 0.3, 0.02),
            ("50.3", "-0.2", 50.1, -10.06),
            ("1.12345", "0.00001", 1.12346, 0.000_011_234_5),
            ("17.34567891234568", "0.000000000000002", 17.345678912345682, 3.469135782469136e-14),
        ] {
            assert_eq!(of(one).plus(of(other)).to_f64(), sum);
            assert_eq!(of(one).times(of(other)).to_f64(), product);
        }
        assert_eq!(of("0.3").over(of("0.1")), 3.0);
        assert_eq!(of("0.35").steps(of("0.1")), Some((3, false)));
        assert_eq!(of("-0.3").steps(of("0.1")), Some((-3, true)));
    }

    #[test]
    fn beyond_38_digits_the_sum_is_the_binary_one() {
        let (large, small) = (Decimal::of(1e300), Decimal::of(1.0));
        assert_eq!(large.plus(small).to_f64(), 1e300);
        assert_eq!(large.over(small), 1e300);
    }
}
