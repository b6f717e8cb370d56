//! Descent on a loss by AdamW: all parameters in one flat tensor, gradients by burn.

use burn::{
    optim::{AdamWConfig, Optimizer},
    tensor::{Device, Tensor, TensorData},
};

/// How far and how fast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Descent {
    /// Gradient steps.
    pub steps: usize,
    /// The highest learning rate: it rises over the first twentieth of the steps and falls to 0 along a cosine.
    pub learning_rate: f64,
    /// Decoupled weight decay, relative to the learning rate.
    pub weight_decay: f64,
}

/// Where networks are trained: the first NVIDIA GPU in a build with the feature `cuda`, else the CPU.
pub(crate) fn device() -> Device {
    #[cfg(feature = "cuda")]
    return Device::cuda(0).autodiff();
    #[cfg(not(feature = "cuda"))]
    return Device::flex().autodiff();
}

/// Lowers `loss` of the parameters, batch by batch, from `parameters` on. On the CPU one fit runs on one thread, so
/// the result is the same on any number of them.
pub(crate) fn descend(
    parameters: Vec<f32>,
    descent: Descent,
    device: &Device,
    loss: impl FnMut(&Tensor<1>) -> Tensor<1>,
) -> Vec<f32> {
    descend_until(parameters, descent, device, loss, |_, _| false)
}

/// The same until `is_enough` of the number of a step and the parameters after it.
pub(crate) fn descend_until(
    parameters: Vec<f32>,
    descent: Descent,
    device: &Device,
    mut loss: impl FnMut(&Tensor<1>) -> Tensor<1>,
    mut is_enough: impl FnMut(usize, &Tensor<1>) -> bool,
) -> Vec<f32> {
    let optimizer = AdamWConfig::new().with_weight_decay(descent.weight_decay as f32).build();
    let mut state = None;
    let mut flat = flat(parameters, device);
    for step in 0..descent.steps {
        let mut gradients = loss(&flat).backward();
        let Some(gradient) = flat.grad_remove(&mut gradients) else { break };
        let rate = descent.rate(step);
        let (next, after) = optimizer.step(rate, flat.inner(), gradient, state);
        state = after;
        flat = Tensor::from_inner(next).require_grad();
        if is_enough(step, &flat) {
            break;
        }
    }
    numbers(flat)
}

/// Parameters as a tensor that gradients are taken of.
pub(crate) fn flat(parameters: Vec<f32>, device: &Device) -> Tensor<1> {
    let count = parameters.len();
    Tensor::from_data(TensorData::new(parameters, [count]), device).require_grad()
}

/// The numbers of a tensor.
pub(crate) fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().expect("Invariant: tensors are of f32")
}

/// A matrix as a tensor.
pub(crate) fn matrix(values: Vec<f32>, columns: usize, device: &Device) -> Tensor<2> {
    let rows = values.len() / columns;
    Tensor::from_data(TensorData::new(values, [rows, columns]), device)
}

impl Descent {
    /// A further round from the weights of the one before: half as far, half as fast.
    pub(crate) fn again(self) -> Self {
        Self { steps: self.steps.div_ceil(2), learning_rate: 0.5 * self.learning_rate, ..self }
    }

    fn rate(&self, step: usize) -> f64 {
        let warm = (self.steps / 20).max(1);
        if step < warm {
            return self.learning_rate * (step + 1) as f64 / warm as f64;
        }
        let share = (step - warm) as f64 / (self.steps - warm).max(1) as f64;
        self.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * share).cos())
    }
}
