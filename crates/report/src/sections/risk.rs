//! What risk aversion costs and saves.

use crate::{
    RiskRow, RiskScale,
    render::document::Block,
    sections::section::{Page, Section},
};

const HEAD: [&str; 11] = [
    "γ per R",
    "in words",
    "premium, R",
    "best fixed exit",
    "mean net R",
    "given up",
    "swing, R",
    "swing reduced by",
    "CVaR 5 %, R",
    "max drawdown, R",
    "bars held",
];

impl RiskScale {
    /// The rows worth reading: those with a word, the one in force, and those at which another exit becomes best.
    fn cells(&self) -> Vec<Vec<String>> {
        let is_new = |place: usize| place == 0 || self.rows[place - 1].exit != self.rows[place].exit;
        let rows = self.rows.iter().enumerate();
        rows.filter(|&(place, row)| is_new(place) || !row.words.is_empty() || self.is_in_force(row))
            .map(|(_, row)| self.row(row))
            .collect()
    }

    fn is_in_force(&self, row: &RiskRow) -> bool {
        self.in_force == Some(row.risk_aversion)
    }

    fn row(&self, row: &RiskRow) -> Vec<String> {
        let minus = |text: String| text.replacen('-', "−", 1);
        let share =
            |share: Option<f64>| share.map_or("–".to_owned(), |share| minus(format!("{:.0} %", 100.0 * share)));
        let mut words = row.words.clone();
        if self.is_in_force(row) {
            words.push("in force".to_owned());
        }
        vec![
            row.risk_aversion.to_string(),
            words.join(", "),
            minus(format!("{:.3}", row.premium_r)),
            row.exit.clone(),
            minus(format!("{:.3}", row.mean_net_r)),
            share(row.given_up_share),
            format!("{:.2}", row.swing_r),
            share(row.swing_cut_share),
            minus(format!("{:.2}", row.cvar_5_r)),
            format!("{:.2}", row.max_drawdown_r),
            format!("{:.1}", row.bars_held),
        ]
    }

    /// The scale for a terminal, with what its columns mean.
    pub fn table(&self) -> String {
        let cells = self.cells();
        let rows = || std::iter::once(HEAD.map(str::to_owned).to_vec()).chain(cells.iter().cloned());
        let width = |column: usize| rows().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
        let line = |row: Vec<String>| {
            let cell = |(column, cell): (usize, String)| {
                let width = widths[column];
                if matches!(column, 0 | 1 | 3) { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            };
            row.into_iter().enumerate().map(cell).collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        let table: Vec<String> = rows().map(line).collect();
        format!("{}\n\n{}", table.join("\n"), self.meaning())
    }

    fn meaning(&self) -> String {
        format!(
            "Measured on the {} trades before every test. γ is the price of risk in J. The words are multiples of the \
             account's risk per trade: 0 (none), ½ (low), 1 (moderate: logarithmic utility) and 4 (high). Premium is the \
             value of avoiding the swings of holding the whole position to its stop or horizon, in R per trade. Best fixed \
             exit is the baseline setting with the highest J at that γ; the same J judges a learned exit. Swing is √ of the \
             mean of Σ q² v, with q the fraction held and v the variance of a bar. It is what γ penalises, and it never \
             rises with γ. Rows in between have the same exit as the row above.",
            self.trades
        )
    }
}

pub(super) const SECTION: Section =
    Section { name: "risk", about: "what risk aversion costs and saves", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    page.result.risk_scale.iter().flat_map(of_scale).collect()
}

fn of_scale(scale: &RiskScale) -> Vec<Block> {
    let asked = match (&scale.asked, scale.in_force) {
        (Some(asked), Some(gamma)) => {
            format!("The config sets {asked}, which is γ = {gamma} per R. ")
        }
        (None, Some(gamma)) => format!("This run uses γ = {gamma} per R. "),
        (_, None) => String::new(),
    };
    vec![
        Block::Heading("What risk aversion costs".into()),
        Block::Paragraph(format!("{asked}{}", scale.meaning())),
        Block::Table { head: HEAD.map(str::to_owned).to_vec(), rows: scale.cells() },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_a_word_or_another_exit_are_shown() {
        let row = |risk_aversion, exit: &str, words: &[&str]| RiskRow {
            risk_aversion,
            words: words.iter().map(|&word| word.to_owned()).collect(),
            premium_r: risk_aversion,
            exit: exit.to_owned(),
            mean_net_r: -0.25,
            given_up_share: None,
            swing_r: 1.0,
            swing_cut_share: Some(0.0),
            deviation_r: 1.0,
            cvar_5_r: -2.0,
            max_drawdown_r: 3.0,
            bars_held: 7.0,
        };
        let rows = vec![
            row(0.0, "hold", &["none"]),
            row(0.1, "hold", &[]),
            row(0.15, "hold", &[]),
            row(0.2, "out", &[]),
            row(0.3, "out", &["low", "moderate"]),
        ];
        let scale = RiskScale { trades: 30, in_force: Some(0.15), asked: None, rows };
        let cells = scale.cells();
        let gammas: Vec<&str> = cells.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(gammas, ["0", "0.15", "0.2", "0.3"]);
        assert_eq!((cells[1][1].as_str(), cells[3][1].as_str()), ("in force", "low, moderate"));
        assert_eq!(cells[0][4], "−0.250");
        assert!(scale.table().lines().next().is_some_and(|head| head.contains("best fixed exit")));
    }
}
