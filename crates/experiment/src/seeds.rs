//! One seed a run, one stream of random numbers a purpose.

use sha2::{Digest, Sha256};

/// What random numbers are drawn for; each purpose has a stream of its own, so that one more draw here changes
/// nothing there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedPurpose {
    /// Generated entries.
    Entries,
    /// Fitting in a fold; the refit is the fold after the last.
    Training {
        /// Which fold.
        fold: usize,
    },
    /// Permuted schedules.
    Permutation,
    /// Features permuted.
    Importance,
    /// Bootstrap draws.
    Evaluation,
}

/// The seed of the stream for `purpose` in a run with `seed`.
pub fn stream(seed: u64, purpose: SeedPurpose) -> u64 {
    let name = match purpose {
        SeedPurpose::Entries => "entries".to_owned(),
        SeedPurpose::Training { fold } => format!("training {fold}"),
        SeedPurpose::Permutation => "permutation".to_owned(),
        SeedPurpose::Importance => "importance".to_owned(),
        SeedPurpose::Evaluation => "evaluation".to_owned(),
    };
    let digest = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(name.as_bytes()).finalize();
    let (head, _) = digest.split_first_chunk::<8>().expect("Invariant: SHA-256 has 32 bytes");
    u64::from_le_bytes(*head)
}
