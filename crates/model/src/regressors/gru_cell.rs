//! A gated recurrent unit.
//!
//! Cho et al. (2014), with the reset gate after the product as in cuDNN and PyTorch:
//! r = σ(xWᵣ + hUᵣ), z = σ(xW_z + hU_z), n = tanh(xWₙ + r·(hUₙ)), h' = n + z·(h − n), each with a bias.

use serde::{Deserialize, Serialize};

use crate::{checks::hold, error::ModelError, regressors::layers::AffineLayer};

/// The weights of a unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GruCell {
    /// From a step's numbers to reset, update and new, each as wide as the state.
    pub input: AffineLayer,
    /// From the state to the same.
    pub state: AffineLayer,
}

/// Widest state.
const MOST_HIDDEN: usize = 1 << 16;

/// Numbers kept between steps of one row.
#[derive(Debug, Clone, Default)]
pub struct GruSpace {
    from_input: Vec<f32>,
    from_state: Vec<f32>,
}

/// The farthest from 0 that a number of the state lies: it is a mean of tangents, each within 1 but for rounding.
pub(crate) const MOST_STATE: f64 = 1.01;

impl GruCell {
    /// Nothing, if it reads steps whose numbers lie within `steps`; else what does not fit.
    pub(crate) fn check(&self, steps: &[f64]) -> Result<(), ModelError> {
        let hidden = self.hidden();
        hold((1..=MOST_HIDDEN).contains(&hidden), "state.inputs", hidden, format!("1 to {MOST_HIDDEN}"))?;
        let state = vec![MOST_STATE; hidden];
        self.input.bounds(steps, 3 * hidden).map_err(|error| error.within("input"))?;
        self.state.bounds(&state, 3 * hidden).map_err(|error| error.within("state"))?;
        Ok(())
    }

    /// Width of the state.
    pub fn hidden(&self) -> usize {
        self.state.inputs
    }

    /// Moves `state` on by one step.
    pub fn step(&self, input: &[f32], state: &mut [f32], space: &mut GruSpace) {
        let hidden = self.hidden();
        space.from_input.resize(3 * hidden, 0.0);
        space.from_state.resize(3 * hidden, 0.0);
        self.input.apply(input, &mut space.from_input);
        self.state.apply(state, &mut space.from_state);
        let (gates, new) = space.from_input.split_at_mut(2 * hidden);
        let (state_gates, state_new) = space.from_state.split_at(2 * hidden);
        for (gate, more) in gates.iter_mut().zip(state_gates) {
            *gate = 0.5 + 0.5 * tanh(0.5 * (*gate + more));
        }
        let (reset, update) = gates.split_at(hidden);
        for (((new, more), reset), (state, update)) in
            new.iter_mut().zip(state_new).zip(reset).zip(state.iter_mut().zip(update))
        {
            let new = tanh(*new + reset * more);
            *state = new + update * (*state - new);
        }
    }
}

/// The hyperbolic tangent to 1e-6, in operations that are the same on every machine and that vectorise: a [7/6] Padé
/// approximant at half the argument, doubled.
fn tanh(x: f32) -> f32 {
    let half = (0.5 * x).clamp(-4.5, 4.5);
    let square = half * half;
    let above = half * (135_135.0 + square * (17_325.0 + square * (378.0 + square)));
    let below = 135_135.0 + square * (62_370.0 + square * (3_150.0 + square * 28.0));
    let t = above / below;
    2.0 * t / (1.0 + t * t)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tangent_is_close() {
        for step in -4_000..4_000_i16 {
            let x = f32::from(step) * 5e-3;
            assert!((super::tanh(x) - x.tanh()).abs() < 2e-6, "{x}: {} {}", super::tanh(x), x.tanh());
        }
    }
}
