//! The stationary bootstrap: series resampled in blocks of random length, so that what is close in time stays close.
//!
//! Draws are made in chunks, each with a ChaCha stream of its own, and collected in order: the same numbers on any
//! number of threads.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use crate::stats::distributions::{normal_cdf, normal_quantile, student_quantile};
use crate::stats::moments::quantile_of_sorted;

const DRAWS_PER_CHUNK: usize = 32;

/// Draws whose totals are summed side by side in registers.
const LANES: usize = 16;

/// Observations whose counts in all draws of a chunk fit into the nearest cache beside those of a series.
const TILE: usize = 128;

/// What random numbers are drawn for; each purpose has its own streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawPurpose {
    /// Intervals of metrics.
    Metrics,
    /// Intervals of metrics of daily returns.
    Returns,
    /// Paired comparisons.
    Comparisons,
    /// The test for superior predictive ability.
    Spa,
}

/// Resampling of `len` successive observations in blocks of geometric length, wrapping around at the end.
///
/// Source: Politis & Romano (1994), "The stationary bootstrap", *JASA* 89(428).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StationaryBootstrap {
    len: usize,
    new_block_probability: f64,
}

impl StationaryBootstrap {
    /// Resampling of `len` observations in blocks of `mean_block` (at least 1) on average.
    pub fn new(len: usize, mean_block: f64) -> Self {
        Self { len, new_block_probability: 1.0 / mean_block.max(1.0) }
    }

    /// Fills `places` with one draw: `len` places from 0 to `len` − 1.
    pub fn draw(&self, rng: &mut ChaCha8Rng, places: &mut Vec<u32>) {
        places.clear();
        let len = u32::try_from(self.len).expect("Invariant: fewer than 2³² observations");
        let mut place = 0;
        for step in 0..len {
            place = if step == 0 || rng.random_bool(self.new_block_probability) {
                rng.random_range(0..len)
            } else if place + 1 == len {
                0
            } else {
                place + 1
            };
            places.push(place);
        }
    }

    /// `statistic` of each of `draws` draws, in order.
    pub fn draws<T: Send>(
        &self,
        draws: usize,
        seed: u64,
        purpose: DrawPurpose,
        statistic: impl Fn(&[u32]) -> T + Sync,
    ) -> Vec<T> {
        self.chunks(draws, seed, purpose, |rng, of_chunk| {
            let mut places = Vec::with_capacity(self.len);
            let one = |_| {
                self.draw(rng, &mut places);
                statistic(&places)
            };
            (0..of_chunk).map(one).collect()
        })
    }

    /// `statistic` of the totals of every one of `series` (`len` values each) in each of `draws` draws, in order.
    ///
    /// The same numbers as summing the drawn values place by place. The draws of a chunk are summed together, so that
    /// each series is read once for all of them. Cost O(series · len · draws).
    pub fn total_draws<T: Send>(
        &self,
        series: &[&[f64]],
        draws: usize,
        seed: u64,
        purpose: DrawPurpose,
        statistic: impl Fn(&[f64]) -> T + Sync,
    ) -> Vec<T> {
        self.chunks(draws, seed, purpose, |rng, of_chunk| {
            let mut counts = vec![[0.0; DRAWS_PER_CHUNK]; self.len];
            let mut places = Vec::with_capacity(self.len);
            (0..of_chunk).for_each(|draw| {
                self.draw(rng, &mut places);
                places.iter().for_each(|&place| counts[place as usize][draw] += 1.0);
            });
            let mut totals = vec![[0.0; DRAWS_PER_CHUNK]; series.len()];
            for (tile, counts) in counts.chunks(TILE).enumerate() {
                for (totals, values) in totals.iter_mut().zip(series) {
                    let start = tile * TILE;
                    add_totals(totals, counts, &values[start..start + counts.len()]);
                }
            }
            let of_draw = |draw: usize| totals.iter().map(|totals| totals[draw]).collect::<Vec<f64>>();
            (0..of_chunk).map(|draw| statistic(&of_draw(draw))).collect()
        })
    }

    /// The results of all chunks in order; `of_chunk` gets the chunk's generator and its number of draws.
    fn chunks<T: Send>(
        &self,
        draws: usize,
        seed: u64,
        purpose: DrawPurpose,
        of_chunk: impl Fn(&mut ChaCha8Rng, usize) -> Vec<T> + Sync,
    ) -> Vec<T> {
        let chunks: Vec<Vec<T>> = (0..draws.div_ceil(DRAWS_PER_CHUNK))
            .into_par_iter()
            .map(|chunk| {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream(((purpose as u64 + 1) << 32) | chunk as u64);
                of_chunk(&mut rng, DRAWS_PER_CHUNK.min(draws - chunk * DRAWS_PER_CHUNK))
            })
            .collect();
        chunks.into_iter().flatten().collect()
    }
}

/// Adds to the total of each draw its count of every observation times the observation's value.
fn add_totals(totals: &mut [f64; DRAWS_PER_CHUNK], counts: &[[f64; DRAWS_PER_CHUNK]], values: &[f64]) {
    for (group, totals) in totals.chunks_exact_mut(LANES).enumerate() {
        let mut sums = [0.0; LANES];
        sums.copy_from_slice(totals);
        for (counts, &value) in counts.iter().zip(values) {
            let counts = &counts[group * LANES..][..LANES];
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum += count * value;
            }
        }
        totals.copy_from_slice(&sums);
    }
}

/// Two-sided 95 % intervals from bootstrap draws, widened for few blocks.
///
/// The plain percentile interval is too narrow when there are few blocks. This is the expanded percentile interval of
/// Hesterberg (2015), "What teachers should know about the bootstrap", *The American Statistician* 69(4): percentiles
/// at Φ(∓√(n/(n−1)) · t₀.₉₇₅,ₙ₋₁), with n the number of blocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IntervalRule {
    /// Widening in standard errors: √(n/(n−1)) · t₀.₉₇₅,ₙ₋₁.
    pub half_width_se: f64,
}

impl IntervalRule {
    /// The rule for `blocks` independent blocks (at least 3 are assumed).
    pub fn for_blocks(blocks: f64) -> Self {
        let blocks = blocks.max(3.0);
        Self { half_width_se: (blocks / (blocks - 1.0)).sqrt() * student_quantile(0.975, blocks - 1.0) }
    }

    /// The interval; `None` with fewer than 40 draws, which cannot show a 2.5 % tail.
    pub fn interval(self, draws: &mut [f64]) -> Option<[f64; 2]> {
        if draws.len() < 40 {
            return None;
        }
        draws.sort_unstable_by(f64::total_cmp);
        let tail = normal_cdf(-self.half_width_se);
        Some([quantile_of_sorted(draws, tail)?, quantile_of_sorted(draws, 1.0 - tail)?])
    }

    /// How much wider than a normal interval.
    pub fn widening(self) -> f64 {
        self.half_width_se / normal_quantile(0.975)
    }
}

/// The two-sided p-value of `estimate` ≠ 0: how often the draws, centred on the estimate and widened as intervals
/// are, lie as far out; never below 1 / (draws + 1).
pub fn two_sided_p(estimate: f64, draws: &[f64], rule: IntervalRule) -> f64 {
    let widening = rule.widening();
    let as_far = draws.iter().filter(|&&draw| widening * (draw - estimate).abs() >= estimate.abs()).count();
    (1 + as_far) as f64 / (1 + draws.len()) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_the_wanted_mean_length() {
        let bootstrap = StationaryBootstrap::new(100_000, 8.0);
        let breaks = bootstrap.draws(1, 3, DrawPurpose::Metrics, |places| {
            places.windows(2).filter(|pair| (pair[0] + 1) % 100_000 != pair[1]).count()
        });
        let mean_block = 100_000.0 / breaks[0] as f64;
        assert!((mean_block - 8.0).abs() < 0.3, "three standard errors of a geometric mean: {mean_block}");
    }

    #[test]
    fn draws_do_not_depend_on_threads_and_do_on_purpose_and_seed() {
        let bootstrap = StationaryBootstrap::new(50, 4.0);
        let sums = |threads: usize, seed, purpose| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                bootstrap.draws(100, seed, purpose, |places| places.iter().map(|&place| u64::from(place)).sum::<u64>())
            })
        };
        assert_eq!(sums(1, 7, DrawPurpose::Spa), sums(4, 7, DrawPurpose::Spa));
        assert_ne!(sums(1, 7, DrawPurpose::Spa), sums(1, 8, DrawPurpose::Spa));
        assert_ne!(sums(1, 7, DrawPurpose::Spa), sums(1, 7, DrawPurpose::Metrics));
    }

    /// To the last bit, over more than one tile and with a last chunk that is not full.
    #[test]
    fn totals_are_the_sums_of_what_was_drawn() {
        let len = 2 * TILE + 3;
        let series: Vec<Vec<f64>> =
            (1..4).map(|which| (0..len).map(|place| ((which * place) as f64).sin()).collect()).collect();
        let bootstrap = StationaryBootstrap::new(len, 5.0);
        let draws = DRAWS_PER_CHUNK + 5;
        let one_by_one = bootstrap.draws(draws, 3, DrawPurpose::Spa, |places| {
            let mut counts = vec![0_u32; len];
            places.iter().for_each(|&place| counts[place as usize] += 1);
            let total = |values: &Vec<f64>| {
                counts.iter().zip(values).fold(0.0, |sum, (&count, value)| sum + f64::from(count) * value)
            };
            series.iter().map(total).collect::<Vec<f64>>()
        });
        let borrowed: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
        assert_eq!(bootstrap.total_draws(&borrowed, draws, 3, DrawPurpose::Spa, <[f64]>::to_vec), one_by_one);
        assert_eq!(bootstrap.total_draws(&[], 2, 3, DrawPurpose::Spa, <[f64]>::len), [0, 0]);
    }

    #[test]
    fn few_blocks_widen_the_interval() {
        let mut draws: Vec<f64> = (0..2001).map(|draw| f64::from(draw) / 2000.0).collect();
        let [low, high] = IntervalRule::for_blocks(1e7).interval(&mut draws).unwrap();
        assert!((low - 0.025).abs() < 1e-4 && (high - 0.975).abs() < 1e-4);
        let [wider_low, _] = IntervalRule::for_blocks(10.0).interval(&mut draws).unwrap();
        assert!(wider_low < 0.01);
        assert_eq!(IntervalRule::for_blocks(10.0).interval(&mut draws[..39]), None);
    }

    #[test]
    fn p_is_small_far_out_and_one_in_the_middle() {
        let draws: Vec<f64> = (0..999).map(|draw| 5.0 + f64::from(draw - 499) / 500.0).collect();
        let rule = IntervalRule::for_blocks(1000.0);
        assert_eq!(two_sided_p(5.0, &draws, rule), 0.001);
        let around_zero: Vec<f64> = draws.iter().map(|draw| draw - 5.0).collect();
        assert_eq!(two_sided_p(0.0, &around_zero, rule), 1.0);
    }
}
