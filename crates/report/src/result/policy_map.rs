//! A learned policy as maps.

use serde::{Deserialize, Serialize};

/// A learned policy as maps: the part of what is left to hold on, over two quantities, a panel for each part that may be
/// left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicyMap {
    /// Name of the file.
    pub name: String,
    /// Title, as `trees: remaining fraction`.
    pub title: String,
    /// What is held fixed, or how the values were averaged.
    pub subtitle: String,
    /// What runs to the right, with its unit, as `bars since the entry`.
    pub x: MapAxis,
    /// What runs upwards, with its unit, as `unrealised R`.
    pub y: MapAxis,
    /// One map for each part left, all over the same axes.
    pub panels: Vec<MapPanel>,
}

/// An axis cut into cells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MapAxis {
    /// What it is, with the unit.
    pub title: String,
    /// Edges of the cells, one more than cells, rising.
    pub edges: Vec<f64>,
    /// How wide cells are drawn.
    pub widths: CellWidths,
}

/// How wide the cells of an axis are drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellWidths {
    /// As their edges say.
    ToScale,
    /// All alike, with the value of every edge beside it: for cells that hold equally many decisions.
    Equal,
    /// All alike, with the one value of each cell beside it, one for each cell.
    Values(Vec<f64>),
}

/// The map for one part left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MapPanel {
    /// What is left, as `3/4 left`.
    pub title: String,
    /// `held[row][column]` of what is left, from 0, all of it sold, to 1; `None` where nothing is known.
    pub held: Vec<Vec<Option<f64>>>,
}
