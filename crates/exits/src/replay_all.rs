use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use scaleout_features::FeatureTable;
use scaleout_market::Entry;

use crate::{ExitError, ExitPolicy, Market, Objective, ReplayConfig, TradeOutcome, replay};

/// An entry with the bar in which it fills.
#[derive(Debug, Clone, Copy)]
pub struct PlacedEntry<'a> {
    /// The trade.
    pub entry: &'a Entry,
    /// Index of the bar of its fill, as [`locate_entry`](crate::locate_entry) gives it.
    pub first_bar: usize,
}

/// An entry with its market: what it takes to replay it, besides a rule.
#[derive(Clone, Copy)]
pub struct EntryOnMarket<'a> {
    /// The entry with the bar of its fill.
    pub placed: PlacedEntry<'a>,
    /// Its market.
    pub market: Market<'a>,
    /// The features that policies read, at every close at which one decides.
    pub inputs: &'a FeatureTable,
}

/// The outcome of every entry on one market, in their order, each under the policy that `policy_of` gives for its index; computed in
/// parallel, the same on any number of threads.
///
/// # Errors
/// The first entry's error, in the order of the entries.
pub fn replay_all<'p, P>(
    entries: &[PlacedEntry<'_>],
    market: Market<'_>,
    inputs: &FeatureTable,
    policy_of: P,
    objective: &Objective,
    config: &ReplayConfig,
) -> Result<Vec<TradeOutcome>, ExitError>
where
    P: Sync + Fn(usize) -> &'p dyn ExitPolicy,
{
    let entries: Vec<EntryOnMarket<'_>> =
        entries.iter().map(|&placed| EntryOnMarket { placed, market, inputs }).collect();
    replay_each(&entries, policy_of, objective, config)
}

/// The same for entries on any markets.
///
/// # Errors
/// The first entry's error, in the order of the entries.
pub fn replay_each<'p, P>(
    entries: &[EntryOnMarket<'_>],
    policy_of: P,
    objective: &Objective,
    config: &ReplayConfig,
) -> Result<Vec<TradeOutcome>, ExitError>
where
    P: Sync + Fn(usize) -> &'p dyn ExitPolicy,
{
    let outcomes: Vec<Result<TradeOutcome, ExitError>> = (0..entries.len())
        .into_par_iter()
        .map(|index| {
            let EntryOnMarket { placed, market, inputs } = entries[index];
            replay(placed.entry, placed.first_bar, market, inputs, policy_of(index), objective, config)
        })
        .collect();
    outcomes.into_iter().collect()
}
