//! A gated recurrent unit as tensors for training; the numbers are a [`GruCell`](scaleout_model::GruCell).

use burn::tensor::{Tensor, activation::sigmoid};

/// The tensors of a unit: W and b from the step's numbers and from the state.
pub(crate) fn forward(parts: &[(Tensor<2>, Tensor<2>)], input: Tensor<2>, state: Tensor<2>) -> Tensor<2> {
    let hidden = state.dims()[1];
    let from_input = input.matmul(parts[0].0.clone()) + parts[0].1.clone();
    let from_state = state.clone().matmul(parts[1].0.clone()) + parts[1].1.clone();
    let both = |from: &Tensor<2>| from.clone().narrow(1, 0, 2 * hidden);
    let gates = sigmoid(both(&from_input) + both(&from_state));
    let (reset, update) = (gates.clone().narrow(1, 0, hidden), gates.narrow(1, hidden, hidden));
    let new = from_input.narrow(1, 2 * hidden, hidden) + reset * from_state.narrow(1, 2 * hidden, hidden);
    let new = new.tanh();
    new.clone() + update * (state - new)
}
