//! Time of day, day of week and time to the end of the session.
//!
//! The first close is one minute into 1970-01-01, a Thursday, 24 hours less a minute before midnight:
//! ```
//! use scaleout_features::examples::closes;
//! assert_eq!(closes("hours_to_session_end(end_hour=0)", &[1.0])?, [Some(24.0 - 1.0 / 60.0)]);
//! let quarter = closes("time_of_day_cosine(offset_hours=6)", &[1.0])?[0].unwrap();
//! assert!((quarter + (std::f64::consts::TAU / 1440.0).sin()).abs() < 1e-12);
//! let quarter = closes("time_of_day_sine(offset_hours=6)", &[1.0])?[0].unwrap();
//! assert!((quarter - (std::f64::consts::TAU / 1440.0).cos()).abs() < 1e-12);
//! // Three days and a minute after Monday 00:00.
//! let (sine, cosine) = (std::f64::consts::TAU * 4321.0 / 10080.0).sin_cos();
//! assert!((closes("day_of_week_sine", &[1.0])?[0].unwrap() - sine).abs() < 1e-12);
//! assert!((closes("day_of_week_cosine", &[1.0])?[0].unwrap() - cosine).abs() < 1e-12);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter, Parameters, WarmUp,
    calendar::{DAY_NANOS, FIRST_MONDAY_NANOS, WEEK_NANOS, nanos_of},
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
};

const DAY_SINE: Definition = Definition {
    name: "time_of_day_sine",
    family: FeatureFamily::Momentum,
    summary: "The time of day on a circle, first coordinate.",
    formula: "sin(2 pi * time since midnight / 24 h), time = UTC + offset_hours at the close",
    source: "Andersen & Bollerslev (1997), Intraday periodicity and volatility persistence (Fourier terms)",
    unit: "1, from -1 to 1",
    undefined: "never",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::number("offset_hours", 0.0, -14.0, 14.0, "local time minus UTC, in hours")],
    conflict: no_conflict,
    warm_up: |_| WarmUp::Bars(1),
    laws: Laws::PURE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| cycle(parameters, 0, DAY_NANOS, f64::sin),
    #[cfg(test)]
    naive: tests::day_sine,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    DAY_SINE,
    Definition {
        name: "time_of_day_cosine",
        summary: "The time of day on a circle, second coordinate.",
        formula: "cos(2 pi * time since midnight / 24 h), time = UTC + offset_hours at the close",
        build: |parameters| cycle(parameters, 0, DAY_NANOS, f64::cos),
        #[cfg(test)]
        naive: tests::day_cosine,
        ..DAY_SINE
    },
    Definition {
        name: "day_of_week_sine",
        summary: "The time of week on a circle, first coordinate.",
        formula: "sin(2 pi * time since Monday 00:00 / 7 d), time = UTC + offset_hours at the close",
        build: |parameters| cycle(parameters, FIRST_MONDAY_NANOS, WEEK_NANOS, f64::sin),
        #[cfg(test)]
        naive: tests::week_sine,
        ..DAY_SINE
    },
    Definition {
        name: "day_of_week_cosine",
        summary: "The time of week on a circle, second coordinate.",
        formula: "cos(2 pi * time since Monday 00:00 / 7 d), time = UTC + offset_hours at the close",
        build: |parameters| cycle(parameters, FIRST_MONDAY_NANOS, WEEK_NANOS, f64::cos),
        #[cfg(test)]
        naive: tests::week_cosine,
        ..DAY_SINE
    },
    Definition {
        name: "hours_to_session_end",
        summary: "Hours until the session ends; 24 at its end, when the next one begins.",
        formula: "hours from the close to the next `end_hour` UTC, above 0 and at most 24",
        source: "common practice",
        unit: "hours",
        parameters: &[Parameter::number("end_hour", 21.0, 0.0, 23.999, "hour of the day (UTC) at which sessions end")],
        build: |parameters| {
            let end = nanos_of(parameters.number("end_hour"));
            on_bars(move |bar| {
                let since = (bar.ts.nanos() - end).rem_euclid(DAY_NANOS);
                Some((DAY_NANOS - since) as f64 / 3.6e12)
            })
        },
        #[cfg(test)]
        naive: tests::session_end,
        ..DAY_SINE
    },
];

fn cycle(parameters: &Parameters, origin: i64, period: i64, coordinate: fn(f64) -> f64) -> Box<dyn Feature> {
    let shift = nanos_of(parameters.number("offset_hours")) - origin;
    on_bars(move |bar| {
        let phase = (bar.ts.nanos() + shift).rem_euclid(period) as f64 / period as f64;
        Some(coordinate(std::f64::consts::TAU * phase))
    })
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{bars, pick},
    };

    fn hours(parameters: &Parameters, history: &MarketHistory, value: impl Fn(f64) -> f64) -> Vec<Option<f64>> {
        let offset = parameters.given("offset_hours").unwrap_or(0.0);
        pick(history.series.len(), |t| {
            let minutes = bars(history)[t].ts.nanos() / 60_000_000_000;
            Some(value(minutes as f64 / 60.0 + offset))
        })
    }

    fn angle(hours: f64, period: f64) -> f64 {
        2.0 * std::f64::consts::PI * (hours / period).fract()
    }

    pub(super) fn day_sine(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        hours(parameters, history, |hours| angle(hours, 24.0).sin())
    }

    pub(super) fn day_cosine(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        hours(parameters, history, |hours| angle(hours, 24.0).cos())
    }

    pub(super) fn week_sine(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        hours(parameters, history, |hours| angle(hours - 96.0, 168.0).sin())
    }

    pub(super) fn week_cosine(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        hours(parameters, history, |hours| angle(hours - 96.0, 168.0).cos())
    }

    pub(super) fn session_end(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let end = parameters.number("end_hour");
        hours(parameters, history, |hours| {
            let left = (end - hours).rem_euclid(24.0);
            if left == 0.0 { 24.0 } else { left }
        })
    }
}
