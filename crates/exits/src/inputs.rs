use scaleout_features::FeatureTable;

use crate::{ExitError, ExitPolicy};

/// The inputs of a policy at the bars up to the one that just closed; never later ones.
#[derive(Debug, Clone, Copy)]
pub struct InputHistory<'a> {
    inputs: &'a PolicyInputs<'a>,
    t: usize,
}

impl<'a> InputHistory<'a> {
    pub(crate) fn new(inputs: &'a PolicyInputs<'a>, t: usize) -> Self {
        Self { inputs, t }
    }

    /// The inputs at the close `bars_back` bars before the one that just closed, in the policy's order; `None` before
    /// the first bar there is. Bars before the entry are among them.
    pub fn back(&self, bars_back: usize) -> Option<Vec<Option<f64>>> {
        let t = self.t.checked_sub(bars_back)?;
        let mut values = Vec::with_capacity(self.inputs.columns.len());
        self.inputs.read(t, &mut values);
        Some(values)
    }
}

/// Where the features of one policy stand in a table.
#[derive(Debug, Clone)]
pub(crate) struct PolicyInputs<'a> {
    table: &'a FeatureTable,
    columns: Vec<usize>,
}

impl<'a> PolicyInputs<'a> {
    /// Finds every input of `policy` in `table`.
    pub(crate) fn resolve(policy: &dyn ExitPolicy, table: &'a FeatureTable) -> Result<Self, ExitError> {
        let columns = policy
            .inputs()
            .iter()
            .map(|spec| {
                let feature = spec.to_string();
                table.names().iter().position(|name| *name == feature).ok_or_else(|| ExitError::MissingInput {
                    policy: policy.name(),
                    feature,
                    available: if table.names().is_empty() {
                        "no columns".to_owned()
                    } else {
                        table.names().join(", ")
                    },
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { table, columns })
    }

    /// The values at the close of bar `t`, in the policy's order, put into `values`.
    pub(crate) fn read(&self, t: usize, values: &mut Vec<Option<f64>>) {
        values.clear();
        if !self.columns.is_empty() {
            let row = self.table.row(t);
            values.extend(self.columns.iter().map(|&column| row[column]));
        }
    }
}
