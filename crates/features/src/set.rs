use rayon::prelude::{IntoParallelRefMutIterator, ParallelIterator};
use scaleout_market::{BarRow, MarketEvent, MarketHistory};
use serde::{Deserialize, Serialize};

use crate::{
    BarColumns, Feature, FeatureColumns, FeatureError, FeatureSpec, FeatureTable, Needs, bar_columns::BarBuffer,
};

/// Features in the order of a table's columns, none of them twice.
///
/// In a config it is a list of specs in which `preset:<name>` stands for all features of a preset:
/// `["preset:minimal", "column:vix", "rsi(window=7)"]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct FeatureSet {
    specs: Vec<FeatureSpec>,
}

impl FeatureSet {
    /// The set of `specs`, all of them known to the registry and none of them twice.
    ///
    /// # Errors
    /// If a spec is unknown, out of range or repeated. Columns are checked against a market only by [`Self::table`].
    pub fn new(specs: Vec<FeatureSpec>) -> Result<Self, FeatureError> {
        for (position, spec) in specs.iter().enumerate() {
            spec.needs()?;
            if specs[..position].contains(spec) {
                return Err(FeatureError::Twice { spec: spec.to_string() });
            }
        }
        Ok(Self { specs })
    }

    /// The set that `texts` describe: specs, and `preset:<name>` for all features of a preset. A feature that a
    /// preset brings again stays at its first place.
    ///
    /// # Errors
    /// As [`Self::new`], and if a preset is unknown.
    pub fn parse<T: AsRef<str>>(texts: &[T]) -> Result<Self, FeatureError> {
        let mut specs: Vec<FeatureSpec> = Vec::new();
        let mut from_presets: Vec<FeatureSpec> = Vec::new();
        for text in texts.iter().map(AsRef::as_ref) {
            if let Some(name) = text.trim().strip_prefix("preset:") {
                for spec in Self::preset(name)?.specs {
                    if !specs.contains(&spec) {
                        specs.push(spec.clone());
                        from_presets.push(spec);
                    }
                }
            } else {
                let spec: FeatureSpec = text.parse()?;
                if !from_presets.contains(&spec) {
                    specs.push(spec);
                }
            }
        }
        Self::new(specs)
    }

    /// The features, in column order.
    pub fn specs(&self) -> &[FeatureSpec] {
        &self.specs
    }

    /// The columns' names: the canonical text of the specs.
    pub fn names(&self) -> Vec<String> {
        self.specs.iter().map(ToString::to_string).collect()
    }

    /// The set with those of `specs` appended that it does not hold yet.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with(mut self, specs: impl IntoIterator<Item = FeatureSpec>) -> Result<Self, FeatureError> {
        for spec in specs {
            if !self.specs.contains(&spec) {
                self.specs.push(spec);
            }
        }
        Self::new(self.specs)
    }

    /// The kinds of events that any of the features reads.
    pub fn needs(&self) -> Needs {
        self.specs
            .iter()
            .map(|spec| spec.needs().expect("Invariant: a set holds only specs that the registry knows"))
            .fold(Needs::BARS, Needs::union)
    }

    /// The values after every bar of `events`, for a market with the extra columns `column_names`.
    ///
    /// Features are computed side by side on all threads; the bytes of the result do not depend on how many there
    /// are. Memory is the table's own and a few thousand events.
    ///
    /// # Errors
    /// If a feature reads a column that is not among `column_names`.
    pub fn table<'a>(
        &self,
        column_names: &[String],
        events: impl Iterator<Item = MarketEvent<'a>>,
    ) -> Result<FeatureTable, FeatureError> {
        let mut fold = TableFold::new(self, column_names)?;
        let mut chunk = Vec::with_capacity(CHUNK);
        for event in events {
            chunk.push(event);
            if chunk.len() == CHUNK {
                fold.extend(&chunk);
                chunk.clear();
            }
        }
        fold.extend(&chunk);
        Ok(fold.finish())
    }
}

impl FeatureSet {
    /// The values after every bar of `history`: what [`Self::table`] gives for its events, but bars are read where they
    /// lie by the features that need no ticks.
    ///
    /// # Errors
    /// If a feature reads a column that the history does not have.
    pub fn table_of(&self, history: &MarketHistory) -> Result<FeatureTable, FeatureError> {
        Ok(self.columns_of(history)?.into_table())
    }

    /// The values of [`Self::table_of`], column by column.
    ///
    /// # Errors
    /// If a feature reads a column that the history does not have.
    pub fn columns_of(&self, history: &MarketHistory) -> Result<FeatureColumns, FeatureError> {
        let series = &history.series;
        let mut fold = TableFold::new(self, &series.column_names())?;
        fold.reserve(series.len());
        let needs_ticks = self.needs() != Needs::BARS;
        let mut chunk = Vec::new();
        let mut start = 0;
        while start < series.len() {
            chunk.clear();
            let mut end = start;
            while end < series.len() && end - start < BARS && chunk.len() < CHUNK {
                if needs_ticks {
                    history.append_events_of(end, &mut chunk);
                }
                end += 1;
            }
            fold.buffer.refill(series, start..end);
            fold.step(&chunk);
            start = end;
        }
        Ok(fold.finish_columns())
    }

    /// The values after every one of `bars`, whose extra columns are `column_names`.
    ///
    /// # Errors
    /// If a feature reads ticks, or a column that is not among `column_names`.
    pub fn columns_of_bars(
        &self,
        column_names: &[String],
        bars: BarColumns<'_>,
    ) -> Result<FeatureColumns, FeatureError> {
        if let Some(spec) = self.specs.iter().find(|spec| spec.needs() != Ok(Needs::BARS)) {
            return Err(FeatureError::NeedsTicks { spec: spec.to_string(), needs: spec.needs()? });
        }
        let mut fold = TableFold::new(self, column_names)?;
        fold.reserve(bars.len());
        for start in (0..bars.len()).step_by(PART) {
            let part = bars.slice(start..bars.len().min(start + PART));
            for_each_lane(&mut fold.lanes, |lane| {
                for start in (0..part.len()).step_by(PIECE) {
                    lane.fold_bars(part.slice(start..part.len().min(start + PIECE)));
                }
            });
        }
        Ok(fold.finish_columns())
    }
}

/// Events folded at a time: few enough that they stay in the cache while feature after feature reads them.
const CHUNK: usize = 8_192;

/// Bars folded at a time, likewise.
const BARS: usize = 4_096;

/// Bars that all threads fold before they meet again.
const PART: usize = 16 * BARS;

/// Bars that one feature folds at a time: so few that several passes over them stay in the first cache.
const PIECE: usize = 512;

/// What stands in a place before its value is written: a NaN of equal bytes, which fills memory fastest.
const UNSET: f64 = f64::from_bits(u64::MAX);

/// A feature table in the making, for markets that arrive piece by piece.
pub struct TableFold {
    names: Vec<String>,
    lanes: Vec<Lane>,
    buffer: BarBuffer,
}

struct Lane {
    feature: Box<dyn Feature>,
    needs: Needs,
    at_closes: Vec<f64>,
}

impl Lane {
    fn fold_bars(&mut self, bars: BarColumns<'_>) {
        let known = self.at_closes.len();
        self.at_closes.resize(known + bars.len(), UNSET);
        self.feature.fold_bars(bars, &mut self.at_closes[known..]);
    }
}

/// Side by side on all threads; a lone feature need not wait for another thread to wake.
fn for_each_lane(lanes: &mut [Lane], work: impl Fn(&mut Lane) + Send + Sync) {
    match lanes {
        [lane] => work(lane),
        lanes => lanes.par_iter_mut().for_each(work),
    }
}

impl TableFold {
    /// The table of `set` before the first event.
    ///
    /// # Errors
    /// If a feature reads a column that is not among `column_names`.
    pub fn new(set: &FeatureSet, column_names: &[String]) -> Result<Self, FeatureError> {
        let lanes = set
            .specs
            .iter()
            .map(|spec| Ok(Lane { feature: spec.build(column_names)?, needs: spec.needs()?, at_closes: Vec::new() }))
            .collect::<Result<_, FeatureError>>()?;
        Ok(Self { names: set.names(), lanes, buffer: BarBuffer::default() })
    }

    /// Makes room for `rows` rows at once.
    fn reserve(&mut self, rows: usize) {
        self.lanes.iter_mut().for_each(|lane| lane.at_closes.reserve_exact(rows));
    }

    /// Takes in the next events, best some thousands at a time.
    pub fn extend(&mut self, events: &[MarketEvent<'_>]) {
        let bars: Vec<BarRow<'_>> = events
            .iter()
            .filter_map(|event| if let MarketEvent::Bar(row) = event { Some(*row) } else { None })
            .collect();
        self.buffer.refill_rows(&bars);
        self.step(events);
    }

    /// Takes in the bars of the buffer, and where more is needed the `events` that they are among.
    fn step(&mut self, events: &[MarketEvent<'_>]) {
        let bars = self.buffer.columns();
        for_each_lane(&mut self.lanes, |lane| {
            if lane.needs == Needs::BARS {
                lane.fold_bars(bars);
            } else {
                lane.feature.fold(events, &mut lane.at_closes);
            }
        });
    }

    /// The rows since the last call, as a table of their own; the features go on from where they are.
    pub fn take_rows(&mut self) -> FeatureTable {
        let columns = self.lanes.iter_mut().map(|lane| std::mem::take(&mut lane.at_closes)).collect();
        FeatureColumns::new(self.names.clone(), columns).into_table()
    }

    /// The table of all rows not yet taken.
    pub fn finish(mut self) -> FeatureTable {
        self.take_rows()
    }

    fn finish_columns(self) -> FeatureColumns {
        FeatureColumns::new(self.names, self.lanes.into_iter().map(|lane| lane.at_closes).collect())
    }
}

/// The same features live: one row that follows the market event by event.
pub struct FeatureRow {
    lanes: Vec<(Box<dyn Feature>, Needs)>,
}

impl FeatureRow {
    /// The row of `set` before the first event.
    ///
    /// # Errors
    /// If a feature reads a column that is not among `column_names`.
    pub fn new(set: &FeatureSet, column_names: &[String]) -> Result<Self, FeatureError> {
        let lanes = set
            .specs
            .iter()
            .map(|spec| Ok((spec.build(column_names)?, spec.needs()?)))
            .collect::<Result<_, FeatureError>>()?;
        Ok(Self { lanes })
    }

    /// Takes in one event; events come in order of time.
    pub fn update(&mut self, event: &MarketEvent<'_>) {
        for (feature, needs) in &mut self.lanes {
            if needs.includes(event) {
                feature.update(event);
            }
        }
    }

    /// The present values, in the order of the set; a row of the table if the last event was a bar.
    pub fn values(&self) -> Vec<Option<f64>> {
        self.lanes.iter().map(|(feature, _)| feature.value()).collect()
    }
}

impl TryFrom<Vec<String>> for FeatureSet {
    type Error = FeatureError;

    fn try_from(texts: Vec<String>) -> Result<Self, FeatureError> {
        Self::parse(&texts)
    }
}

impl From<FeatureSet> for Vec<String> {
    fn from(set: FeatureSet) -> Self {
        set.names()
    }
}
