//! Rows dealt out in batches, every row once before any comes again.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Places 0..count in random order, batch by batch.
#[derive(Debug)]
pub(crate) struct Minibatches {
    order: Vec<u32>,
    next: usize,
    batch: usize,
}

impl Minibatches {
    /// Of `count` places, `batch` at a time or all of them.
    pub(crate) fn new(count: usize, batch: usize) -> Self {
        Self { order: (0..count as u32).collect(), next: count, batch: batch.min(count) }
    }

    /// Batches in which `epochs` times all places come, rounded up.
    pub(crate) fn steps(&self, epochs: f64) -> usize {
        (epochs * self.order.len() as f64 / self.batch.max(1) as f64).ceil() as usize
    }

    /// The next places; what is left of an order that is too short for a batch comes in the next order.
    pub(crate) fn next(&mut self, rng: &mut ChaCha8Rng) -> &[u32] {
        if self.order.len() < self.next + self.batch {
            // Fisher & Yates.
            for last in (1..self.order.len()).rev() {
                self.order.swap(last, rng.random_range(0..=last));
            }
            self.next = 0;
        }
        self.next += self.batch;
        &self.order[self.next - self.batch..self.next]
    }
}
