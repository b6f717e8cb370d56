//! Several entries in one position: the parts of a planned quantity, placed in the bars of the replay.
//!
//! Parts are known before the run, and no rule sees one before it fills. All fractions are of the planned quantity.

use scaleout_market::{Add, Decimal, Entry, Timestamp};

use crate::{EntryRange, ExitError, Fraction, LotGrid, Market, ReplayConfig};

/// The parts of one position.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parts {
    /// What fills at the entry.
    pub first: Fraction,
    /// What fills later, in order of time, without the adds that come after the horizon.
    pub adds: Vec<PlacedAdd>,
}

/// An add in the bars of the replay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PlacedAdd {
    /// Which of the entry's adds, in order of time, from 1.
    pub number: usize,
    /// Bars after the bar of the fill of the entry.
    pub step: usize,
    /// When it fills.
    pub ts: Timestamp,
    /// At which price.
    pub price: f64,
    /// Part of the planned quantity.
    pub fraction: Fraction,
}

impl Parts {
    /// The parts of `entry`, which fills in bar `first_bar`, in whole lots of `grid` where there is one.
    pub(crate) fn of(
        entry: &Entry,
        first_bar: usize,
        market: Market<'_>,
        config: &ReplayConfig,
        grid: Option<LotGrid>,
    ) -> Result<Self, ExitError> {
        if entry.adds.is_empty() {
            return Ok(Self { first: Fraction::ONE, adds: Vec::new() });
        }
        if config.liquidation.is_some() {
            return Err(ExitError::AddsOnMargin { id: entry.id.clone() });
        }
        if 0.0 < config.latency_ms {
            // An add belongs to the bar of its time, a trade to the step that its latency leads to.
            let reason = format!("latency_ms = {}; accepted: 0 where positions fill in parts", config.latency_ms);
            return Err(ExitError::Add { id: entry.id.clone(), add: 1, reason });
        }
        let fractions = fractions(entry, grid)?;
        let mut adds = Vec::with_capacity(entry.adds.len());
        for (place, add) in entry.adds.iter().enumerate() {
            let Some(step) = step_of(entry, place, add, first_bar, market, config)? else { continue };
            adds.push(PlacedAdd {
                number: place + 1,
                step,
                ts: add.ts,
                price: add.price,
                fraction: fractions[place + 1],
            });
        }
        // The bar before may hold a later add of one time.
        adds.sort_by_key(|add| add.step);
        Ok(Self { first: fractions[0], adds })
    }
}

/// The bar of `add`, counted from `first_bar`. A time equal to the close of a bar and the open of the next belongs to the
/// one that shows the price, to the later if both do. `None` from the horizon on, where all has been sold.
fn step_of(
    entry: &Entry,
    place: usize,
    add: &Add,
    first_bar: usize,
    market: Market<'_>,
    config: &ReplayConfig,
) -> Result<Option<usize>, ExitError> {
    let bars = market.bars();
    let horizon = first_bar + config.horizon_bars as usize;
    let later = bars.partition_point(|bar| bar.ts <= add.ts).max(first_bar);
    let before = later
        .checked_sub(1)
        .filter(|&before| first_bar <= before && bars.get(later).is_none_or(|bar| add.ts <= bar.open_ts));
    let shows = |bar: &usize| *bar < horizon && EntryRange::of(entry, *bar, market, config).holds(add.price);
    if let Some(bar) = [Some(later), before].into_iter().flatten().find(shows) {
        return Ok(Some(bar - first_bar));
    }
    if horizon <= later {
        return Ok(None);
    }
    let (id, add_number) = (entry.id.clone(), place + 1);
    let EntryRange { low, high } = EntryRange::of(entry, later, market, config);
    Err(ExitError::AddOutsideBar { id, add: add_number, price: add.price, closes: bars[later].ts, low, high })
}

/// The parts of the planned quantity, the first fill before the adds; their sum is the whole.
fn fractions(entry: &Entry, grid: Option<LotGrid>) -> Result<Vec<Fraction>, ExitError> {
    let bad = |place: usize, reason: String| ExitError::Add { id: entry.id.clone(), add: place + 1, reason };
    let Some(grid) = grid else {
        let qtys = std::iter::once(entry.first_qty()).chain(entry.adds.iter().map(|add| add.qty));
        let shares: Vec<f64> = qtys.map(|qty| qty / entry.qty).collect();
        let parts = Fraction::cumulative(&shares).filter(|parts| parts.iter().all(|part| !part.is_zero()));
        return parts.ok_or_else(|| {
            bad(0, format!("the parts of {} are too different; accepted: 1/5,040,000 of it or more", entry.qty))
        });
    };
    let mut held = grid.lots();
    let mut lots = Vec::with_capacity(entry.adds.len());
    for (place, add) in entry.adds.iter().enumerate() {
        let of_add = grid
            .whole_lots_of(add.qty)
            .filter(|&lots| 0 < lots && lots < held)
            .ok_or_else(|| bad(place, format!("quantity {}; accepted: whole lots of {}", add.qty, grid.qty(1))))?;
        held -= of_add;
        lots.push(of_add);
    }
    let mut upto = held;
    let mut parts = vec![grid.fraction(held)];
    for add in lots {
        let before = grid.fraction(upto);
        upto += add;
        parts.push(grid.fraction(upto).saturating_sub(before));
    }
    if let Some(place) = parts.iter().position(|part| part.is_zero()) {
        let part = match place {
            0 => format!("the first fill of {}", entry.first_qty()),
            add => format!("quantity {}", entry.adds[add - 1].qty),
        };
        let reason = format!("{part} of {} planned; accepted: 1/5,040,000 of the plan or more", entry.qty);
        return Err(bad(place.saturating_sub(1), reason));
    }
    Ok(parts)
}

/// `entry` with the planned quantity `qty`, its adds in proportion: the size that an account takes. In lots of `lot_step`
/// parts are rounded cumulatively; an add that becomes less than a lot is left out, and the entry has one lot at least.
pub(crate) fn resized(entry: &Entry, qty: f64, lot_step: f64) -> Entry {
    let mut sized = Entry { qty, ..entry.clone() };
    if entry.adds.is_empty() {
        return sized;
    }
    let times = qty / entry.qty;
    if lot_step == 0.0 {
        sized.adds.iter_mut().for_each(|add| add.qty *= times);
        return sized;
    }
    let lots = (qty / lot_step).round();
    let in_lots = |part: f64| (part * times / lot_step).round().clamp(1.0, lots.max(1.0));
    let mut upto = entry.first_qty();
    let mut before = in_lots(upto);
    sized.adds.retain_mut(|add| {
        upto += add.qty;
        let more = in_lots(upto) - before;
        before += more;
        add.qty = Decimal::of(more).times(Decimal::of(lot_step)).to_f64();
        0.0 < more
    });
    sized
}

/// Checks the adds of `entry`, which fills in bar `first_bar`.
///
/// # Errors
/// [`ExitError::Add`] or [`ExitError::AddOutsideBar`] of the first add that cannot have filled: outside its bar, in no
/// whole lots, or under a latency in time.
pub fn check_adds(entry: &Entry, first_bar: usize, market: Market<'_>, config: &ReplayConfig) -> Result<(), ExitError> {
    Parts::of(entry, first_bar, market, config, LotGrid::of(entry, market.instrument)?).map(drop)
}
