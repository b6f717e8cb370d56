//! A reference problem as an ordinary data set: what anyone could have measured, and nothing else.
//!
//! Trades are laid one after another in one series of bars. Each takes a bar of waiting, at whose close the features
//! of the first decision are known, and N bars of its own; a last bar lets the last trade end. One unit of price is
//! one R and one unit of the currency, so costs in R are fees of the instrument.

use std::{
    fmt::Write as _,
    fs,
    io::{BufWriter, Write as _},
    path::Path,
};

use scaleout_exits::Utility;

use crate::{ReferenceData, ReferenceError, ReferencePath};

/// 2000-01-01, in seconds since 1970: any moment would do.
const FIRST_CLOSE_SECS: u64 = 946_684_800;
const BAR_SECS: u64 = 60;
const SYMBOL: &str = "REFERENCE";

impl ReferenceData {
    /// Writes `bars.csv`, `entries.csv` and `config.toml` into `dir`, which is made if there is none, and returns their
    /// names. `scaleout run config.toml` trains on them.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, dir: &Path) -> Result<[&'static str; 3], ReferenceError> {
        let failed = |name: &str, source| ReferenceError::Write { path: dir.join(name).display().to_string(), source };
        fs::create_dir_all(dir).map_err(|source| failed("", source))?;
        let file =
            |name: &str| fs::File::create(dir.join(name)).map(BufWriter::new).map_err(|source| failed(name, source));
        let mut bars = file("bars.csv")?;
        self.write_bars(&mut bars).and_then(|()| bars.flush()).map_err(|source| failed("bars.csv", source))?;
        let mut entries = file("entries.csv")?;
        let written = self.write_entries(&mut entries).and_then(|()| entries.flush());
        written.map_err(|source| failed("entries.csv", source))?;
        fs::write(dir.join("config.toml"), self.config()).map_err(|source| failed("config.toml", source))?;
        Ok(["bars.csv", "entries.csv", "config.toml"])
    }

    fn write_bars(&self, out: &mut impl std::io::Write) -> std::io::Result<()> {
        write!(out, "ts,open,high,low,close,volume")?;
        for column in &self.columns {
            write!(out, ",{column}")?;
        }
        writeln!(out)?;
        let mut ts = FIRST_CLOSE_SECS;
        let mut last = self.paths.first().map_or(0.0, |path| path.prices[0]);
        for path in &self.paths {
            self.write_bar(out, &mut ts, [last, path.prices[0]], path.row(0, self.columns.len()))?;
            for step in 0..self.horizon_bars {
                let next = (step + 1).min(self.horizon_bars - 1);
                let prices = [path.prices[step], path.prices[step + 1]];
                self.write_bar(out, &mut ts, prices, path.row(next, self.columns.len()))?;
            }
            last = path.prices[self.horizon_bars];
        }
        let row = self.paths.last().map_or(&[][..], |path| path.row(self.horizon_bars - 1, self.columns.len()));
        self.write_bar(out, &mut ts, [last, last], row)
    }

    fn write_bar(
        &self,
        out: &mut impl std::io::Write,
        ts: &mut u64,
        [open, close]: [f64; 2],
        row: &[f64],
    ) -> std::io::Result<()> {
        write!(out, "{ts},{open},{},{},{close},1", open.max(close), open.min(close))?;
        for value in row {
            write!(out, ",{value}")?;
        }
        *ts += BAR_SECS;
        writeln!(out)
    }

    fn write_entries(&self, out: &mut impl std::io::Write) -> std::io::Result<()> {
        writeln!(out, "id,ts,side,price,risk,stop,qty")?;
        let bars = self.horizon_bars as u64 + 1;
        for (number, path) in (0..).zip(&self.paths) {
            // The fill is at the open of the first own bar: at the close of the bar of waiting.
            let ts = FIRST_CLOSE_SECS + BAR_SECS * bars * number;
            let stop = path.stop.map_or(String::new(), |stop| stop.to_string());
            writeln!(out, "{number:07},{ts},long,{},1,{stop},1", path.prices[0])?;
        }
        Ok(())
    }

    fn config(&self) -> String {
        let mut text = String::new();
        let mut line = |content: String| {
            let _ = writeln!(text, "{content}");
        };
        let terms = self.paths.first().map(|path| path.unit.terms);
        line(format!("# Reference problem {}: does the learner find the exit that is known to be best?", self.problem));
        line(format!("name = \"reference-{}\"\nseed = 1\n", self.problem.to_ascii_lowercase()));
        line("[data]\npath = \"bars.csv\"\ncontent = \"bars\"".to_owned());
        line(format!("[data.instrument]\nsymbol = \"{SYMBOL}\"\ncurrency = \"USD\"\nprice = \"real\""));
        if let Some(terms) = terms {
            line("# One R is one unit of price, and the position is one unit.".to_owned());
            line("[data.instrument.fees]".to_owned());
            // An impact of power 1 is a proportional cost.
            let linear = if terms.impact_power == 1.0 { terms.impact_r } else { 0.0 };
            let per_unit = terms.proportional_r + linear;
            line(format!("per_unit = {per_unit:?}\nper_order = {:?}\n", terms.per_order_r));
        }
        line("[entries]\nsource = \"file\"\npath = \"entries.csv\"\n".to_owned());
        line(format!("[replay]\nhorizon_bars = {}", self.horizon_bars));
        line(format!("min_bars_between_sales = {}", self.limits.min_bars_between_sales));
        if let Some(most) = self.limits.max_tranches_per_bar {
            let share = (f64::from(most) / self.tranches as f64).min(1.0);
            line(format!("max_fraction_per_bar = {share:?}"));
        }
        if let Some(terms) = terms.filter(|terms| terms.impact_r > 0.0 && terms.impact_power > 1.0) {
            let exponent = terms.impact_power - 1.0;
            line(format!(
                "impact = {{ whole-position = {{ cost_r = {:?}, exponent = {exponent:?} }} }}",
                terms.impact_r
            ));
        }
        line("\n[objective]".to_owned());
        let utility = match self.objective.utility {
            Utility::MeanVariance => "mean-variance",
            Utility::Exponential => "exponential",
        };
        line(format!("utility = \"{utility}\"\nrisk_aversion = {:?}", self.objective.risk_aversion));
        if let Some(column) = &self.objective.variance_column {
            line(format!("variance_column = \"{column}\""));
        }
        let features: Vec<String> = self.columns.iter().map(|column| format!("\"column:{column}\"")).collect();
        line(format!("\n[training]\nfeatures = [{}]", features.join(", ")));
        line("learners = [{ kind = \"linear\" }, { kind = \"boosted-trees\" }]".to_owned());
        line(format!("[training.fit]\ntranches = {}", self.tranches));
        line("[training.fit.limits]".to_owned());
        line(format!("min_bars_between_sales = {}", self.limits.min_bars_between_sales));
        if let Some(most) = self.limits.max_tranches_per_bar {
            line(format!("max_fraction_per_bar = {:?}", (f64::from(most) / self.tranches as f64).min(1.0)));
        }
        text
    }
}

impl ReferencePath {
    fn row(&self, step: usize, width: usize) -> &[f64] {
        &self.features[step * width..(step + 1) * width]
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::problem;

    #[test]
    fn a_problem_becomes_bars_entries_and_a_config() {
        let problem = problem("B13", &["bars=3"]).unwrap();
        let data = problem.simulate(2, 1);
        let dir = std::env::temp_dir().join(format!("scaleout-reference-{}", std::process::id()));
        data.write(&dir).unwrap();
        let bars = fs::read_to_string(dir.join("bars.csv")).unwrap();
        let rows: Vec<Vec<&str>> = bars.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!(rows[0], ["ts", "open", "high", "low", "close", "volume", "signal"]);
        // A header, a bar of waiting and three own bars for each trade, and a last bar.
        assert_eq!(rows.len(), 1 + 2 * 4 + 1);
        for (number, path) in data.paths.iter().enumerate() {
            let waiting = 1 + 4 * number;
            assert_eq!(rows[waiting][4], path.prices[0].to_string());
            assert_eq!(rows[waiting][6], path.features[0].to_string());
            for step in 0..3 {
                assert_eq!(rows[waiting + 1 + step][1], path.prices[step].to_string());
                assert_eq!(rows[waiting + 1 + step][4], path.prices[step + 1].to_string());
            }
            assert_eq!(rows[waiting + 1][6], path.features[1].to_string());
            // The bar after the horizon opens where the last own bar closed.
            assert_eq!(rows[waiting + 4][1], path.prices[3].to_string());
        }
        let entries = fs::read_to_string(dir.join("entries.csv")).unwrap();
        let second: Vec<&str> = entries.lines().nth(2).unwrap().split(',').collect();
        assert_eq!(second, ["0000001", rows[5][0], "long", "0", "1", "-4", "1"]);
        let config = fs::read_to_string(dir.join("config.toml")).unwrap();
        assert!(config.contains("horizon_bars = 3") && config.contains("per_unit = 0.1"), "{config}");
        fs::remove_dir_all(&dir).unwrap();
    }
}
