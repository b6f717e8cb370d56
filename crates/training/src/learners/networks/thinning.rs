//! Some rows in place of all, where a rough answer will do.

/// At most `most` of the places 0..`count`, one in each stretch of equal length and anywhere within it: one at equal
/// distances would meet trades of a fixed length at the same bar each time.
pub(super) fn thinned(count: usize, most: usize) -> impl Iterator<Item = usize> {
    let every = count.div_ceil(most.max(1)).max(1);
    (0..count).step_by(every).map(move |first| {
        let drawn = (first as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        (first + drawn as usize % every).min(count - 1)
    })
}

#[cfg(test)]
mod tests {
    use super::thinned;

    #[test]
    fn few_places_are_all_taken_and_many_meet_every_bar() {
        assert!(thinned(7, 10).eq(0..7));
        assert_eq!(thinned(0, 10).count(), 0);
        let places: Vec<usize> = thinned(50_000, 1_000).collect();
        assert_eq!(places.len(), 1_000);
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "in order");
        let met = (0..50).filter(|bar| places.iter().any(|place| place % 50 == *bar)).count();
        assert_eq!(met, 50, "each of the bars of trades of fifty");
    }
}
