use std::{collections::BTreeMap, fmt::Write as _};

use scaleout_model::{AffineLayer, DepartureRegressor, GruRegressor, MlpRegressor, Regressor};

use crate::{Export, ExportError, ExportFile, Format};

/// The weights of networks for tensor libraries.
///
/// The file is 8 bytes with the length of a JSON header, the header, and the tensors as little-endian f32
/// (huggingface.co/docs/safetensors). Weights are (inputs, outputs): y = xW + b.
pub struct Safetensors;

impl Format for Safetensors {
    fn name(&self) -> &'static str {
        "safetensors"
    }

    fn about(&self) -> &'static str {
        "model.safetensors: the weights of mlp, gru and direct, as f32 tensors"
    }

    fn is_part_of_runs(&self) -> bool {
        false
    }

    fn files(&self, export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError> {
        let mut tensors = Tensors::default();
        tensors.add("", &export.model.regressor)?;
        Ok(vec![ExportFile { name: "model.safetensors".to_owned(), bytes: tensors.bytes() }])
    }
}

/// Tensors by name, with their shapes.
#[derive(Default)]
struct Tensors(BTreeMap<String, (Vec<usize>, Vec<f32>)>);

impl Tensors {
    fn add(&mut self, prefix: &str, regressor: &Regressor) -> Result<(), ExportError> {
        match regressor {
            Regressor::Mlp(MlpRegressor { inputs, layers, outputs }) => {
                self.inputs(prefix, inputs.features.iter().map(|feature| (feature.centre, feature.spread)));
                self.layers(prefix, "layers", layers);
                self.outputs(prefix, outputs);
            }
            Regressor::Gru(GruRegressor { inputs, sequence, cell, head, outputs }) => {
                self.inputs(prefix, inputs.features.iter().map(|feature| (feature.centre, feature.spread)));
                let steps = sequence.features.iter().map(|feature| (feature.centre, feature.spread));
                self.inputs(&format!("{prefix}sequence."), steps);
                self.layer(&format!("{prefix}gru.input"), &cell.input);
                self.layer(&format!("{prefix}gru.state"), &cell.state);
                self.layers(prefix, "head", head);
                self.outputs(prefix, outputs);
            }
            Regressor::Ensemble { members } => {
                for (place, member) in members.iter().enumerate() {
                    self.add(&format!("{prefix}members.{place}."), member)?;
                }
            }
            Regressor::Departure(DepartureRegressor { members, caution: Some(_), .. }) => {
                for (place, member) in members.iter().enumerate() {
                    self.add(&format!("{prefix}members.{place}."), member)?;
                }
            }
            Regressor::Linear(_) | Regressor::Trees(_) | Regressor::Departure(_) => {
                return Err(ExportError::NotPossible {
                    format: "safetensors",
                    reason: "the model has no neural weights; accepted: mlp, gru, direct and ensembles of them \
                             (`--to weights` writes linear models and trees)"
                        .to_owned(),
                });
            }
        }
        Ok(())
    }

    fn put(&mut self, name: String, shape: Vec<usize>, values: Vec<f32>) {
        self.0.insert(name, (shape, values));
    }

    fn inputs(&mut self, prefix: &str, scales: impl Iterator<Item = (f32, f32)>) {
        let (centres, spreads): (Vec<f32>, Vec<f32>) = scales.unzip();
        self.put(format!("{prefix}inputs.centre"), vec![centres.len()], centres);
        self.put(format!("{prefix}inputs.spread"), vec![spreads.len()], spreads);
    }

    fn layers(&mut self, prefix: &str, name: &str, layers: &[AffineLayer]) {
        for (place, layer) in layers.iter().enumerate() {
            self.layer(&format!("{prefix}{name}.{place}"), layer);
        }
    }

    fn layer(&mut self, name: &str, layer: &AffineLayer) {
        self.put(format!("{name}.weight"), vec![layer.inputs, layer.outputs], layer.weights.clone());
        self.put(format!("{name}.bias"), vec![layer.outputs], layer.bias.clone());
    }

    fn outputs(&mut self, prefix: &str, outputs: &scaleout_model::OutputScale) {
        let row = |numbers: &[f64]| numbers.iter().map(|&number| number as f32).collect::<Vec<_>>();
        self.put(format!("{prefix}outputs.base"), vec![outputs.base.len()], row(&outputs.base));
        self.put(format!("{prefix}outputs.scale"), vec![outputs.scale.len()], row(&outputs.scale));
    }

    fn bytes(&self) -> Vec<u8> {
        let mut header = String::from("{");
        let mut place = 0;
        for (name, (shape, values)) in &self.0 {
            let end = place + 4 * values.len();
            let comma = if place == 0 && header.len() == 1 { "" } else { "," };
            write!(
                header,
                "{comma}\"{name}\":{{\"dtype\":\"F32\",\"shape\":{shape:?},\"data_offsets\":[{place},{end}]}}"
            )
            .expect("Invariant: text takes text");
            place = end;
        }
        header.push('}');
        // Tensors begin at a multiple of 8 bytes.
        header.push_str(&" ".repeat((8 - header.len() % 8) % 8));
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend(self.0.values().flat_map(|(_, values)| values.iter().flat_map(|value| value.to_le_bytes())));
        bytes
    }
}
