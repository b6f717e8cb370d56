//! A normal return that a protective stop cuts off.

use crate::normal;

/// Mean, mean square and probability of being stopped of a return that a stop cuts off.
#[derive(Debug, Clone, Copy)]
pub(super) struct CutReturn {
    pub mean: f64,
    pub square: f64,
    pub stopped: f64,
}

impl CutReturn {
    /// Of max(signal + ξ, room), stopped where signal + ξ ≤ room.
    pub(super) fn new(signal: f64, room: f64) -> Self {
        let edge = room - signal;
        let (stopped, density) = (normal::cdf(edge), normal::density(edge));
        let alive = normal::cdf(-edge);
        Self {
            mean: signal * alive + density + room * stopped,
            square: (signal * signal + 1.0) * alive + (2.0 * signal + edge) * density + room * room * stopped,
            stopped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CutReturn;
    use crate::grid::GridAxis;

    #[test]
    fn a_cut_return_has_the_moments_of_its_law() {
        for (signal, room) in [(0.1, -0.5), (-0.3, -2.0), (0.2, -9.0)] {
            let cut = CutReturn::new(signal, room);
            let axis = GridAxis::centred(signal, 9.0, 200_000);
            let sum = |function: &dyn Fn(f64) -> f64| {
                let density = |x: f64| crate::normal::density(x - signal) * axis.spacing;
                axis.values().map(|x| function(x.max(room)) * density(x)).sum::<f64>()
            };
            // A kink between nodes costs the square of their spacing.
            assert!((cut.mean - sum(&|x| x)).abs() < 1e-6);
            assert!((cut.square - sum(&|x| x * x)).abs() < 1e-6);
        }
    }
}
