use serde::{Deserialize, Serialize};

/// A binary tree in arrays, with a vector of numbers in each leaf.
///
/// A row goes to `left` where its value is below the threshold, to `missing` where it is missing, else to `right`.
/// Thresholds are f32, so runtimes that compare in f32 and in f64 agree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Tree {
    /// Feature of each node's split; −1 for a leaf.
    pub feature: Vec<i32>,
    /// Threshold of each split; 0 for a leaf.
    pub threshold: Vec<f32>,
    /// Child for values below the threshold; for a leaf its number.
    pub left: Vec<u32>,
    /// Child for the other values; 0 for a leaf.
    pub right: Vec<u32>,
    /// Child for missing values; 0 for a leaf.
    pub missing: Vec<u32>,
    /// What each split saves in weighted squared loss of the standardised targets; 0 for a leaf.
    pub gain: Vec<f32>,
    /// Steps of the leaves, shape (leaves, outputs).
    pub steps: Vec<f32>,
}

impl Tree {
    /// The number of the leaf that `row` falls into.
    pub fn leaf(&self, row: &[f32]) -> usize {
        let mut node = 0_usize;
        loop {
            let feature = self.feature[node];
            if feature < 0 {
                return self.left[node] as usize;
            }
            let value = row[feature as usize];
            let next = if value < self.threshold[node] {
                self.left[node]
            } else if value.is_nan() {
                self.missing[node]
            } else {
                self.right[node]
            };
            node = next as usize;
        }
    }

    /// Adds a node that is neither split nor closed yet.
    pub(crate) fn push_open(&mut self) -> usize {
        self.feature.push(-1);
        self.threshold.push(0.0);
        self.left.push(0);
        self.right.push(0);
        self.missing.push(0);
        self.gain.push(0.0);
        self.feature.len() - 1
    }

    /// Splits `node` and returns its two children.
    pub(crate) fn split(
        &mut self,
        node: usize,
        feature: usize,
        threshold: f32,
        missing_left: bool,
        gain: f64,
    ) -> (usize, usize) {
        let (left, right) = (self.push_open(), self.push_open());
        self.feature[node] = feature as i32;
        self.threshold[node] = threshold;
        self.left[node] = left as u32;
        self.right[node] = right as u32;
        self.missing[node] = if missing_left { left } else { right } as u32;
        self.gain[node] = gain as f32;
        (left, right)
    }

    /// Makes `node` the next leaf, with these steps.
    pub(crate) fn close(&mut self, node: usize, steps: &[f32]) {
        self.left[node] = (self.steps.len() / steps.len()) as u32;
        self.steps.extend_from_slice(steps);
    }

    /// The same tree with `outputs` numbers in a leaf: its own at the places `own`, zeros elsewhere.
    pub(crate) fn widened(self, own: std::ops::Range<usize>, outputs: usize) -> Self {
        if own.len() == outputs {
            return self;
        }
        let mut steps = Vec::with_capacity(self.steps.len() / own.len() * outputs);
        for leaf in self.steps.chunks_exact(own.len()) {
            steps.extend((0..outputs).map(|output| if own.contains(&output) { leaf[output - own.start] } else { 0.0 }));
        }
        Self { steps, ..self }
    }
}
