//! Contestants that follow one schedule a trade: hindsight, and the candidate's own schedules on other trades.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use scaleout_evaluation::{PermutedDraw, SymbolFacts};
use scaleout_exits::{ExitPolicy, ReplayConfig, TradeOutcome, oracle, permuted_schedules, policies::Schedule};
use scaleout_market::Entry;

use crate::{
    ExperimentError,
    seeds::{SeedPurpose, stream},
    stages::{
        adds::check_hindsight,
        judge::{
            field::Field,
            names::{CANDIDATE, HINDSIGHT, PERMUTED},
        },
    },
};

/// Draws of permuted schedules: p-values down to 1/100.
const PERMUTATIONS: usize = 99;

impl Field<'_> {
    /// The schedules of hindsight or chance, if `name` is theirs.
    pub(super) fn schedules(&self, name: &str) -> Result<Option<Vec<Schedule>>, ExperimentError> {
        let main = &self.prepared.config.replay;
        match (name, self.rules.iter().find(|rule| rule.name == CANDIDATE)) {
            (HINDSIGHT, _) => Ok(Some(self.hindsight(main)?)),
            (PERMUTED, Some(candidate)) => Ok(Some(self.permuted_schedules(&self.replay(candidate, main)?, 0)?)),
            _ => Ok(None),
        }
    }

    /// The best that any schedule of market sales could have done, knowing the future.
    ///
    /// # Errors
    /// If a position has adds: the schedule is found for one entry.
    pub(super) fn hindsight(&self, assumptions: &ReplayConfig) -> Result<Vec<Schedule>, ExperimentError> {
        check_hindsight(self.prepared)?;
        let config = &self.prepared.config;
        let best = |&place: &usize| {
            let unit = &self.prepared.trades[place].unit;
            oracle(unit, config.training.fit.tranches, &self.prepared.objective, assumptions)
        };
        Ok(self.places.par_iter().map(best).collect())
    }

    /// The candidate's own fractions over time dealt out at random among entries of the same fold, side and symbol.
    pub(super) fn permuted(
        &self,
        outcomes: &[TradeOutcome],
        assumptions: &ReplayConfig,
        entries: &[Entry],
        symbols: &BTreeMap<String, SymbolFacts>,
    ) -> Result<Vec<PermutedDraw>, ExperimentError> {
        let (objective, horizon) = (&self.prepared.objective, Some(assumptions.horizon_bars as usize));
        let draws: Vec<Result<_, ExperimentError>> = (0..PERMUTATIONS)
            .into_par_iter()
            .map(|draw| {
                let drawn = self.replay_schedules(&self.permuted_schedules(outcomes, draw)?, assumptions)?;
                Ok(PermutedDraw::new(CANDIDATE, entries, &drawn, symbols, horizon, objective))
            })
            .collect();
        draws.into_iter().collect()
    }

    pub(super) fn permuted_schedules(
        &self,
        outcomes: &[TradeOutcome],
        draw: usize,
    ) -> Result<Vec<Schedule>, ExperimentError> {
        let mut rng = ChaCha8Rng::seed_from_u64(stream(self.prepared.config.seed, SeedPurpose::Permutation));
        rng.set_stream(draw as u64);
        Ok(permuted_schedules(outcomes, &self.fold_of, &mut rng)?)
    }

    pub(super) fn replay_schedules(
        &self,
        schedules: &[Schedule],
        assumptions: &ReplayConfig,
    ) -> Result<Vec<TradeOutcome>, ExperimentError> {
        let of_place: BTreeMap<usize, &Schedule> = self.places.iter().copied().zip(schedules).collect();
        self.prepared.replay(&self.places, |place| of_place[&place] as &dyn ExitPolicy, assumptions)
    }
}
