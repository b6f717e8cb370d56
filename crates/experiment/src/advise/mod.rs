//! Advice on open positions from a stream of events: the decisions of a backtest, bar by bar.
//!
//! An adviser gives a row to the model exactly as a replay does: features are the same state machines, rows come from the
//! same function, costs and lots from the same terms. It places no orders and believes only what it is told: a position
//! shrinks by the fills it hears of.

mod event;
mod journal;
mod position;

use std::collections::VecDeque;

use scaleout_exits::{Fraction, ReplayConfig};
use scaleout_export::{ModelContract, ModelFolder, WhenOutOfRange};
use scaleout_features::{Feature, Needs};
use scaleout_market::{Bar, BarRow, Entry, Instrument, MarketEvent, Quote, Timestamp, Trade};
use scaleout_model::{EntryFrame, Model, RowMaker, RowSource};

use self::{event::moment, position::FollowedPosition};
pub use self::{
    event::{Advice, AdviceDetail, AdviceEvent, AdviceOrders, Reason},
    journal::Advising,
};
use crate::ExperimentError;

/// The market of `contract` that is called `symbol`; the only one, if it has one.
fn instrument(contract: &ModelContract, symbol: Option<&str>) -> Result<Instrument, ExperimentError> {
    let mut instruments = contract.instruments();
    let found = match symbol {
        Some(symbol) => instruments.find(|instrument| instrument.symbol == symbol),
        None if contract.other_instruments.is_empty() => instruments.next(),
        None => None,
    };
    found.cloned().ok_or_else(|| {
        let symbols: Vec<&str> = contract.instruments().map(|instrument| instrument.symbol.as_str()).collect();
        let asked = symbol.map_or("the model has several markets".to_owned(), |symbol| format!("no market `{symbol}`"));
        ExperimentError::Event { message: format!("--symbol: {asked}; accepted: {}", symbols.join(", ")) }
    })
}

/// A model that follows positions.
pub(crate) struct Adviser {
    model: Model,
    contract: ModelContract,
    /// What is traded.
    instrument: Instrument,
    replay: ReplayConfig,
    rows: RowMaker,
    features: Vec<Box<dyn Feature>>,
    needs: Needs,
    columns: Vec<String>,
    valid_until: Option<Timestamp>,
    bars: Vec<Bar>,
    inputs: Vec<Option<f64>>,
    /// Inputs at the bars before the last, the nearest first.
    before: VecDeque<Vec<Option<f64>>>,
    trades_of_bar: Vec<Trade>,
    last: Option<Timestamp>,
    positions: Vec<FollowedPosition>,
}

impl Adviser {
    /// The adviser of the model in `folder` on its market, before any event; `symbol` says which, if it has several.
    pub(crate) fn new(folder: ModelFolder, symbol: Option<&str>) -> Result<Self, ExperimentError> {
        let ModelFolder { model, contract, .. } = folder;
        let instrument = instrument(&contract, symbol)?;
        let rows = model.layout.resolve()?;
        let market = &model.layout.market;
        let mut columns: Vec<String> = Vec::new();
        for column in market.iter().filter_map(|spec| spec.column()) {
            if !columns.iter().any(|known| known == column) {
                columns.push(column.to_owned());
            }
        }
        let features = market.iter().map(|spec| spec.build(&columns)).collect::<Result<_, _>>()?;
        let needs = market.iter().try_fold(Needs::BARS, |all, spec| spec.needs().map(|needs| all.union(needs)))?;
        let inputs = vec![None; market.len()];
        Ok(Self {
            rows,
            features,
            needs,
            columns,
            replay: contract.fills.clone(),
            valid_until: moment(&contract.valid_until).ok(),
            bars: Vec::new(),
            inputs,
            before: VecDeque::new(),
            trades_of_bar: Vec::new(),
            last: None,
            positions: Vec::new(),
            model,
            contract,
            instrument,
        })
    }

    /// Takes in an event and gives advice: on every position at a close, on a new one at its fill.
    ///
    /// # Errors
    /// What is wrong with the event; it then changes nothing.
    pub(crate) fn take(&mut self, event: &AdviceEvent, explanation: AdviceDetail) -> Result<Vec<Advice>, String> {
        let ts = moment(event.ts())?;
        if let Some(last) = self.last.filter(|last| ts < *last) {
            return Err(format!("ts = {ts} lies before {last}; accepted: events in order of time"));
        }
        let advice = match event {
            AdviceEvent::Bar { .. } => self.bar(event, ts, explanation)?,
            AdviceEvent::Trade { price, qty, side, .. } => {
                let trade = Trade { ts, price: *price, qty: *qty, aggressor: *side };
                self.update(&MarketEvent::Trade(&trade));
                self.trades_of_bar.push(trade);
                Vec::new()
            }
            AdviceEvent::Quote { bid, bid_qty, ask, ask_qty, .. } => {
                let quote = Quote { ts, bid: *bid, bid_qty: *bid_qty, ask: *ask, ask_qty: *ask_qty };
                self.update(&MarketEvent::Quote(&quote));
                Vec::new()
            }
            AdviceEvent::Entry { .. } => self.enter(event, ts, explanation)?,
            AdviceEvent::Fill { id, qty, .. } => {
                let found = self.positions.iter_mut().find(|position| position.entry.id == *id);
                let position = found.ok_or_else(|| format!("no open position `{id}`"))?;
                if !(0.0 < *qty && position.sell(*qty)) {
                    return Err(format!("qty = {qty} of `{id}`; accepted: above 0, at most what is left"));
                }
                self.positions.retain(|position| !position.remaining().is_zero());
                Vec::new()
            }
        };
        self.last = Some(ts);
        Ok(advice)
    }

    fn update(&mut self, event: &MarketEvent<'_>) {
        if self.needs.includes(event) {
            self.features.iter_mut().for_each(|feature| feature.update(event));
        }
    }

    fn bar(&mut self, event: &AdviceEvent, ts: Timestamp, why: AdviceDetail) -> Result<Vec<Advice>, String> {
        let AdviceEvent::Bar { open_ts, open, high, low, close, volume, columns, .. } = event else {
            return Ok(Vec::new());
        };
        let before = self.bars.last().map(|bar| bar.ts);
        if before.is_some_and(|before| ts <= before) {
            return Err(format!("ts = {ts}; accepted: a close after that of the bar before"));
        }
        let open_ts = match open_ts {
            Some(text) => moment(text)?,
            None => before.unwrap_or(ts),
        };
        let bar = Bar { open_ts, ts, open: *open, high: *high, low: *low, close: *close, volume: *volume };
        let bar = bar.checked().map_err(|error| error.to_string())?;
        let values: Vec<Option<f64>> = self.columns.iter().map(|name| columns.get(name).copied()).collect();
        let row = MarketEvent::Bar(BarRow { bar: &bar, columns: &values });
        self.features.iter_mut().for_each(|feature| feature.update(&row));
        if !self.bars.is_empty() && 1 < self.model.layout.window {
            self.before.push_front(self.inputs.clone());
            self.before.truncate(self.model.layout.window as usize - 1);
        }
        for (input, feature) in self.inputs.iter_mut().zip(&self.features) {
            *input = feature.value();
        }
        self.bars.push(bar);
        let mut positions = std::mem::take(&mut self.positions);
        for position in &mut positions {
            position.close_bar(&bar, &self.trades_of_bar, &self.replay);
        }
        self.trades_of_bar.clear();
        let advice = positions.iter().map(|position| self.advise(position, ts, why)).collect();
        self.positions = positions;
        Ok(advice)
    }

    fn enter(&mut self, event: &AdviceEvent, ts: Timestamp, why: AdviceDetail) -> Result<Vec<Advice>, String> {
        let AdviceEvent::Entry { id, side, price, stop, risk, qty, .. } = event else { return Ok(Vec::new()) };
        if self.bars.is_empty() {
            return Err(format!("entry `{id}`: no bar has closed yet; accepted: an entry after the first close"));
        }
        if self.positions.iter().any(|position| position.entry.id == *id) {
            return Err(format!("entry `{id}`: there is an open position of this id; accepted: unique ids"));
        }
        let risk = risk.or(stop.map(|stop| (price - stop).abs()));
        let risk = risk.ok_or_else(|| format!("entry `{id}`: neither stop nor risk; accepted: one of them"))?;
        let entry = Entry {
            id: id.clone(),
            symbol: self.instrument.symbol.clone(),
            ts,
            side: *side,
            price: *price,
            risk,
            stop: *stop,
            qty: *qty,
            tags: Vec::new(),
            adds: Vec::new(),
        };
        let entry = entry.checked().map_err(|error| error.to_string())?;
        let instrument = &self.instrument;
        let horizon = self.horizon_of(&entry)?;
        let opened = FollowedPosition::open(entry, &self.bars, self.inputs.clone(), horizon, instrument, &self.replay);
        let position = opened.map_err(|error| error.to_string())?;
        self.model.check_terms(&position.terms).map_err(|error| format!("entry `{id}`: {error}"))?;
        let advice = self.advise(&position, ts, why);
        self.positions.push(position);
        Ok(vec![advice])
    }

    /// Bars that `entry` may be held: the horizon, or fewer where the day ends first.
    fn horizon_of(&self, entry: &Entry) -> Result<u32, String> {
        let Some(flat_at) = &self.replay.flat_at else { return Ok(self.model.horizon_bars) };
        let seconds = self.contract.decision.bar_seconds.filter(|_| self.contract.decision.has_bars_of_time());
        let seconds = seconds.ok_or_else(|| {
            "the model sells at a time of day, and its bars have no fixed length; accepted: bars of time".to_owned()
        })?;
        // Bars that open before that time, the one of the entry among them, where none is left out.
        let last = self.bars.last().map_or(entry.ts, |bar| bar.ts);
        let open = if last < entry.ts { last } else { entry.ts };
        let until = flat_at.next_after(entry.ts).seconds_since(open);
        let steps = (until / seconds - 1e-9).ceil().max(1.0) as u32;
        Ok(steps.min(self.model.horizon_bars))
    }

    fn advise(&self, position: &FollowedPosition, ts: Timestamp, why: AdviceDetail) -> Advice {
        let (model, remaining) = (&self.model, position.remaining());
        let bars_to_horizon = position.bars_to_horizon();
        let mut advice = Advice {
            id: position.entry.id.clone(),
            ts: ts.to_string(),
            bars_held: position.path.bars_held,
            remaining: remaining.as_f64(),
            target: 0.0,
            orders: AdviceOrders { market_qty: position.qty_of(remaining), stop: position.entry.stop },
            hold_values: Vec::new(),
            out_of_range: Vec::new(),
            is_expired: self.valid_until.is_some_and(|until| until < ts),
            why: Vec::new(),
        };
        if bars_to_horizon == 0 {
            return advice;
        }
        let source = RowSource {
            inputs: &self.inputs,
            inputs_at_entry: &position.inputs_at_entry,
            inputs_before: &self.before.iter().cloned().collect::<Vec<_>>(),
            entry: EntryFrame::of(&position.entry),
            path: position.path,
            bars_to_horizon,
        };
        let mut row = Vec::with_capacity(model.layout.width());
        self.rows.push_row(&source, &mut row);
        let hold = model.hold_values(&row);
        let since = position.bars_since_sale();
        let may_sell = since.is_none_or(|bars| model.limits.min_bars_between_sales <= bars);
        let target = model.target(&hold, remaining.as_f64(), may_sell, &position.terms);
        let ranges = self.contract.features.iter().zip(&row);
        advice.out_of_range = ranges
            .filter(|(feature, value)| !feature.training_range.includes(**value))
            .map(|(feature, _)| feature.name.clone())
            .collect();
        let kept = match self.contract.out_of_range {
            WhenOutOfRange::Fallback if !advice.out_of_range.is_empty() => Fraction::ZERO,
            WhenOutOfRange::Fallback | WhenOutOfRange::Flag => Fraction::from_share(target).unwrap_or(remaining),
        };
        advice.target = kept.as_f64();
        advice.orders.market_qty = position.qty_of(remaining) - position.qty_of(kept);
        advice.hold_values = hold[..model.tranches as usize].to_vec();
        if why == AdviceDetail::Why {
            advice.why = self.reasons(&row, &hold);
        }
        advice
    }

    /// The three features whose replacement by the training median moves H most.
    fn reasons(&self, row: &[f32], hold: &[f64]) -> Vec<Reason> {
        let tranches = self.model.tranches as usize;
        let mut reasons: Vec<Reason> = self
            .contract
            .features
            .iter()
            .enumerate()
            .map(|(place, feature)| {
                let mut changed = row.to_vec();
                changed[place] = feature.training_range.median.unwrap_or(f32::NAN);
                let moved = self.model.hold_values(&changed);
                let moves = moved.iter().zip(hold).take(tranches).map(|(moved, hold)| (moved - hold).abs());
                Reason {
                    feature: feature.name.clone(),
                    value: (!row[place].is_nan()).then_some(f64::from(row[place])),
                    moves_r: moves.fold(0.0, f64::max),
                }
            })
            .collect();
        reasons.sort_by(|a, b| b.moves_r.total_cmp(&a.moves_r));
        reasons.truncate(3);
        reasons
    }
}
