//! VPIN from bulk-classified bars.
//!
//! A bar without a change of price is split evenly, so no bucket is one-sided:
//! ```
//! use scaleout_features::examples::bars;
//! let rows = [[100.0, 101.0, 100.0, 101.0, 1.0], [101.0, 101.0, 100.0, 100.0, 1.0], [100.0, 100.0, 100.0, 100.0, 10.0]];
//! let values = bars("vpin(buckets=2,bucket_volume=5,sigma=2)", &rows)?;
//! assert_eq!(values, [None, None, Some(0.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::MarketEvent;

use crate::{
    Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp, bulk_volume::BulkVolume,
    definition::no_conflict, rolling::Rolling,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "vpin",
    family: FeatureFamily::OrderFlow,
    summary: "Volume-synchronised probability of informed trading: how one-sided buckets of equal volume have been. \
              A proxy: sides are guessed from bars.",
    formula: "sum |buys - sells| / sum V over the last n full buckets; buys = volume * Phi(change of close / sigma); \
              V = bucket_volume, or bucket_bars * the mean volume of the last `sigma` bars when a bucket opens",
    source: "Easley, Lopez de Prado & O'Hara (2012), Flow toxicity and liquidity in a high-frequency world",
    unit: "1, from 0 to 1",
    undefined: "never",
    cost: "O(1) per bar and per bucket it fills, `buckets` of them at most",
    needs: Needs::BARS,
    parameters: &[
        Parameter::count("buckets", 50, 1, "buckets averaged"),
        Parameter::number("bucket_bars", 1.0, 0.01, 1e6, "size of a bucket in mean bar volumes"),
        Parameter {
            name: "bucket_volume",
            default: None,
            min: 1e-9,
            max: 1e15,
            whole: false,
            about: "size of a bucket in quantity, instead of bucket_bars",
        },
        Parameter::count("sigma", 50, 2, "bars over which sigma of the price change and the mean volume are taken"),
    ],
    conflict: no_conflict,
    warm_up: |_| WarmUp::ByData("sigma + 1 bars and then `buckets` full buckets"),
    laws: Laws::PURE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let sigma = parameters.count("sigma");
        Box::new(Vpin {
            bulk: BulkVolume::new(sigma),
            volumes: Rolling::new(sigma),
            bucket_bars: parameters.number("bucket_bars"),
            bucket_volume: parameters.given("bucket_volume"),
            open: None,
            buckets: Rolling::new(parameters.count("buckets")),
            bucket_count: parameters.count("buckets"),
        })
    },
    #[cfg(test)]
    naive: tests::naive,
}];

/// A bucket that lacks less than this share of its size is full: sums of volumes are not exact.
const FULL_WITHIN: f64 = 1e-9;

struct Vpin {
    bulk: BulkVolume,
    volumes: Rolling<[f64; 1]>,
    bucket_bars: f64,
    bucket_volume: Option<f64>,
    open: Option<Bucket>,
    buckets: Rolling<[f64; 2]>,
    bucket_count: usize,
}

struct Bucket {
    size: f64,
    /// Quantity that still fits.
    room: f64,
    /// Buys minus sells so far.
    imbalance: f64,
}

impl Feature for Vpin {
    fn update(&mut self, event: &MarketEvent<'_>) {
        let MarketEvent::Bar(row) = event else { return };
        let imbalance = self.bulk.push(row.bar.close);
        self.volumes.push(Some([row.bar.volume]));
        if let Some(imbalance) = imbalance {
            self.pour(row.bar.volume, imbalance);
        }
    }

    fn value(&self) -> Option<f64> {
        let [imbalance, size] = self.buckets.full()?;
        Some(imbalance / size)
    }
}

impl Vpin {
    /// Fills buckets with `volume`, of which buys minus sells are the share `imbalance`.
    fn pour(&mut self, mut volume: f64, imbalance: f64) {
        if let Some(bucket) = &mut self.open {
            let part = volume.min(bucket.room);
            bucket.room -= part;
            bucket.imbalance += part * imbalance;
            volume -= part;
            if FULL_WITHIN * bucket.size < bucket.room {
                return;
            }
            self.buckets.push(Some([bucket.imbalance.abs(), bucket.size]));
            self.open = None;
        }
        let Some(size) = self.next_size() else { return };
        let whole = (volume / size + FULL_WITHIN).floor();
        for _ in 0..whole.min(self.bucket_count as f64) as usize {
            self.buckets.push(Some([size * imbalance.abs(), size]));
        }
        let rest = volume - whole * size;
        if FULL_WITHIN * size < rest {
            self.open = Some(Bucket { size, room: size - rest, imbalance: rest * imbalance });
        }
    }

    fn next_size(&self) -> Option<f64> {
        let mean = || {
            let [sum] = self.volumes.so_far()?;
            Some(self.bucket_bars * sum / self.volumes.len() as f64)
        };
        self.bucket_volume.or_else(mean).filter(|size| *size > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        bulk_volume::direct_imbalances,
        contract::{bars, mean},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (count, sigma) = (parameters.count("buckets"), parameters.count("sigma"));
        let volumes: Vec<f64> = bars(history).iter().map(|bar| bar.volume).collect();
        let imbalances = direct_imbalances(history, sigma);
        let mut full: Vec<(f64, f64)> = vec![];
        let mut open: Option<(f64, f64, f64)> = None;
        let mut values = vec![];
        for t in 0..volumes.len() {
            let mut volume = volumes[t];
            while let Some(imbalance) = imbalances[t].filter(|_| volume > 1e-7) {
                let size = parameters.number("bucket_bars") * mean(&volumes[(t + 1).saturating_sub(sigma)..=t]);
                let (size, filled, signed) =
                    open.unwrap_or((parameters.given("bucket_volume").unwrap_or(size), 0.0, 0.0));
                let part = volume.min(size - filled);
                volume -= part;
                open = Some((size, filled + part, signed + part * imbalance));
                if size * (1.0 - 1e-9) <= filled + part {
                    full.push(((signed + part * imbalance).abs(), size));
                    open = None;
                }
            }
            let last = full.len().checked_sub(count).map(|start| &full[start..]);
            values.push(last.map(|last| {
                last.iter().map(|(signed, _)| signed).sum::<f64>() / last.iter().map(|(_, size)| size).sum::<f64>()
            }));
        }
        values
    }
}
