//! Whether the parts of a stored result fit together.

use crate::{ReportError, RunResult};

impl RunResult {
    /// Whether the parts fit together, so that no drawing has to ask.
    pub(super) fn check(&self) -> Result<(), ReportError> {
        let evaluation = &self.evaluation;
        let contestants = evaluation.contestants.len();
        let lists = [
            ("curves", evaluation.curves.len()),
            ("accounts", evaluation.accounts.len()),
            ("trades.contestants", self.trades.contestants.len()),
        ];
        for (what, found) in lists {
            same(what, found, contestants)?;
        }
        let marks = evaluation.curve_ts.len();
        for (curve, account) in evaluation.curves.iter().zip(&evaluation.accounts) {
            same("equity_r", curve.equity_r.len(), marks)?;
            same("drawdown_r", curve.drawdown_r.len(), marks)?;
            same("equity_at_marks", account.equity_at_marks.len(), marks)?;
            same("returns", account.returns.len(), evaluation.days.len())?;
        }
        let entries = self.trades.entries.len();
        for of_contestant in &self.trades.contestants {
            same("trades", of_contestant.trades.len(), entries)?;
            if let Some(beyond) = of_contestant.book.iter().find(|record| entries <= record.entry) {
                return Err(ReportError::Unfit { what: "book", found: beyond.entry, expected: entries });
            }
        }
        let histogram = &self.net_r_histogram;
        if let Some(beyond) = histogram.contestants.iter().find(|shown| contestants <= shown.place) {
            return Err(ReportError::Unfit { what: "net_r_histogram", found: beyond.place, expected: contestants });
        }
        if !evaluation.contestants.iter().any(|contestant| contestant.name == evaluation.verdict.winner) {
            return Err(ReportError::Winner { name: evaluation.verdict.winner.clone() });
        }
        for map in &self.policy_maps {
            let (columns, rows) = (map.x.edges.len(), map.y.edges.len());
            for panel in &map.panels {
                same("rows of a policy map", panel.held.len() + 1, rows)?;
                for row in &panel.held {
                    same("columns of a policy map", row.len() + 1, columns)?;
                }
            }
        }
        Ok(())
    }
}

fn same(what: &'static str, found: usize, expected: usize) -> Result<(), ReportError> {
    if found == expected { Ok(()) } else { Err(ReportError::Unfit { what, found, expected }) }
}
