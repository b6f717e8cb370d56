//! Which features and products of them a linear fit looks at.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use scaleout_model::{Scaler, Term};

use crate::{
    error::TrainingError,
    learners::linear::{config::LinearConfig, screening, terms},
    rows::sample::RowSample,
};

/// Most products of features among the terms: the Gram matrix grows with their square.
pub(crate) const MOST_PRODUCTS: usize = 1_000;

/// How many products of up to `degree` factors `features` features make, the constant among them.
pub(crate) fn number_of_products(features: usize, degree: u32) -> usize {
    (1..=degree as usize).fold(1, |product, factor| product.saturating_mul(features.saturating_add(factor)) / factor)
}

/// The scalers and terms of `config` that tell something over `sample`.
///
/// # Errors
/// Rows in which nothing varies.
pub(crate) fn choose_terms(
    config: &LinearConfig,
    sample: &RowSample,
) -> Result<(Vec<Scaler>, Vec<Term>), TrainingError> {
    let features: Vec<usize> = (0..sample.width).filter(|&feature| feature != sample.time_feature).collect();
    let scalers: Vec<Scaler> = features
        .par_iter()
        .map(|&feature| terms::scaler(sample, feature))
        .collect::<Vec<_>>()
        .into_iter()
        .flatten()
        .collect();
    let time_varies = sample.bars_to_horizon.iter().any(|bars| *bars != sample.bars_to_horizon[0]);
    if scalers.is_empty() && !time_varies {
        return Err(TrainingError::NothingVaries { features: sample.width });
    }
    let mut scalers = screening::ranked(scalers, sample, config.interacting.max(1));
    scalers.truncate(config.most_features);
    let raw = if config.knots == 0 {
        terms::products(scalers.len(), config.interacting, config.degree)
    } else {
        let knots: Vec<Vec<f64>> = scalers[..config.interacting.min(scalers.len())]
            .par_iter()
            .map(|scaler| terms::knots(scaler, sample, config.knots))
            .collect();
        terms::splines(scalers.len(), &knots)
    };
    let terms = terms::standardise(&scalers, raw, sample);
    Ok((scalers, terms))
}
