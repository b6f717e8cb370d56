//! Learners on as many rows as occupy several threads: the bits must not know how many there were.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::learners::trees::{boosting::fit_trees, config::TreesConfig};

#[test]
fn trees_of_many_rows_are_the_same_bits_on_one_and_on_three_threads() {
    const ROWS: usize = 150_000;
    const WIDTH: usize = 6;
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let features: Vec<f32> = (0..ROWS * WIDTH).map(|_| rng.random_range(-1.0..1.0)).collect();
    let targets: Vec<f64> = features
        .chunks_exact(WIDTH)
        .flat_map(|row| [f64::from(row[0] * row[1]) + rng.random_range(-1.0..1.0), f64::from(row[2].abs())])
        .collect();
    let config = TreesConfig { trees: 6, ..TreesConfig::default() };
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let fitted = pool.install(|| fit_trees(&config, &features, WIDTH, &targets, 2, &vec![1.0; ROWS]).unwrap());
        serde_json::to_string(&fitted).unwrap()
    };
    assert!(on(1) == on(3));
}
