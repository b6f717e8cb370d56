//! The free-running view of every contestant, and what whole lots cost it.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use scaleout_evaluation::{Contestant, LotCosts};
use scaleout_exits::{
    AsTraded, Book, BookEntry, EntryOnMarket, ExitPolicy, LotReport, Money, PlacedEntry, SizedBy, lot_report,
    policies::Schedule, run_book,
};

use crate::{ExperimentError, stages::judge::Field};

impl Field<'_> {
    /// The book of each rule, in their order.
    pub(crate) fn books(&self) -> Result<Vec<Book>, ExperimentError> {
        let books: Vec<Result<Book, ExperimentError>> = self
            .rules
            .par_iter()
            .map(|rule| self.book(|tested| rule.policies[self.fold_of[tested]].as_ref(), SizedBy::RealisedEquity))
            .collect();
        books.into_iter().collect()
    }

    /// The book that follows one schedule for each test trade, sized by the cash at the start: such schedules know more
    /// than an account could, and their gains would compound beyond any market.
    pub(crate) fn book_of_schedules(&self, schedules: &[Schedule]) -> Result<Book, ExperimentError> {
        self.book(|tested| &schedules[tested], SizedBy::Capital)
    }

    /// The book of the exits that were really made, each position resized to what the account would have held.
    pub(crate) fn book_as_traded(&self, as_traded: &[&AsTraded]) -> Result<Book, ExperimentError> {
        self.book(|tested| as_traded[tested], SizedBy::RealisedEquity)
    }

    /// The book of an account that took nothing.
    pub(crate) fn no_book(&self) -> Book {
        let capital = Money::from_f64(self.prepared.config.account.capital);
        Book { capital, taken: Vec::new(), missed: Vec::new(), equity: Vec::new() }
    }

    fn book<'p>(
        &self,
        policy_of: impl Fn(usize) -> &'p dyn ExitPolicy,
        sized_by: SizedBy,
    ) -> Result<Book, ExperimentError> {
        let prepared = self.prepared;
        let tables = prepared.tables_of((0..self.places.len()).map(&policy_of))?;
        let offered: Vec<BookEntry<'_>> = (self.places.iter().enumerate())
            .map(|(tested, &place)| BookEntry { on: prepared.on_market(place, &tables), policy: policy_of(tested) })
            .collect();
        let config = &prepared.config;
        Ok(run_book(&offered, &prepared.objective, &config.replay, &config.account, sized_by)?)
    }

    /// What whole lots cost each of `contestants`, which are the rules in their order; nothing where any part can be
    /// sold.
    pub(crate) fn lot_costs(&self, contestants: &[Contestant]) -> Result<Vec<LotCosts>, ExperimentError> {
        if self.prepared.markets.iter().all(|market| market.loaded.instrument.lot_step == 0.0) {
            return Ok(Vec::new());
        }
        let pairs: Vec<_> = self.rules.iter().zip(contestants).collect();
        let costs: Vec<Result<LotCosts, ExperimentError>> = pairs
            .par_iter()
            .map(|(rule, contestant)| {
                let policy_of = |tested: usize| rule.policies[self.fold_of[tested]].as_ref();
                let tables = self.prepared.tables_of((0..self.places.len()).map(policy_of))?;
                let config = &self.prepared.config;
                let reports: Vec<LotReport> = (self.places.iter().enumerate())
                    .map(|(tested, &place)| {
                        let EntryOnMarket { placed, market, inputs } = self.prepared.on_market(place, &tables);
                        let traded = contestant.outcomes[tested].clone();
                        let (objective, replay) = (&self.prepared.objective, &config.replay);
                        let PlacedEntry { entry, first_bar } = placed;
                        lot_report(traded, entry, first_bar, market, inputs, policy_of(tested), objective, replay)
                    })
                    .collect::<Result<_, _>>()?;
                Ok(LotCosts::new(rule.name.clone(), &reports))
            })
            .collect();
        costs.into_iter().collect()
    }
}
