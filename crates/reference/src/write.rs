//! A reference problem as files: the market of [`ReferenceData::market`] as anyone would bring it.

use std::{
    fmt::Write as _,
    fs,
    io::{BufWriter, Write},
    path::Path,
};

use scaleout_exits::{Impact, Utility};

use crate::{ReferenceData, ReferenceError, ReferenceMarket, market::SYMBOL};

/// The files, the config last.
const NAMES: [&str; 3] = ["bars.csv", "entries.csv", "config.toml"];

impl ReferenceData {
    /// Writes `bars.csv`, `entries.csv` and `config.toml` into `dir`, which is made if there is none, and returns their
    /// names. `scaleout run config.toml` trains on them.
    ///
    /// # Errors
    /// When a file of one of these names is there already, since it may be the user's own, or one cannot be written; then
    /// none is left.
    pub fn write(&self, dir: &Path) -> Result<[&'static str; 3], ReferenceError> {
        let place = |name: &str| dir.join(name).display().to_string();
        if let Some(name) = NAMES.into_iter().find(|name| dir.join(name).exists()) {
            return Err(ReferenceError::Exists { path: place(name) });
        }
        self.write_new(dir).inspect_err(|_| {
            for name in NAMES {
                // What a full disk took of it is of no use to anyone.
                let _ = fs::remove_file(dir.join(name));
            }
        })?;
        Ok(NAMES)
    }

    fn write_new(&self, dir: &Path) -> Result<(), ReferenceError> {
        let market = self.market();
        let failed = |name: &str, source| ReferenceError::Write { path: dir.join(name).display().to_string(), source };
        fs::create_dir_all(dir).map_err(|source| failed("", source))?;
        let file =
            |name: &str| fs::File::create(dir.join(name)).map(BufWriter::new).map_err(|source| failed(name, source));
        let mut bars = file("bars.csv")?;
        write_bars(&market, &mut bars).and_then(|()| bars.flush()).map_err(|source| failed("bars.csv", source))?;
        let mut entries = file("entries.csv")?;
        let written = write_entries(&market, &mut entries).and_then(|()| entries.flush());
        written.map_err(|source| failed("entries.csv", source))?;
        fs::write(dir.join("config.toml"), self.config()).map_err(|source| failed("config.toml", source))
    }

    fn config(&self) -> String {
        let mut text = String::new();
        let mut line = |content: String| {
            let _ = writeln!(text, "{content}");
        };
        let (fees, replay) = (self.instrument().fees, self.replay());
        line(format!("# Reference problem {}: does the learner find the exit that is known to be best?", self.problem));
        line(format!("name = \"reference-{}\"\nseed = 1\n", self.problem.to_ascii_lowercase()));
        line("[data]\npath = \"bars.csv\"\ncontent = \"bars\"".to_owned());
        line(format!("[data.instrument]\nsymbol = \"{SYMBOL}\"\ncurrency = \"USD\"\nprice = \"real\""));
        line("# One R is one unit of price, and the position is one unit.\n[data.instrument.fees]".to_owned());
        line(format!("per_unit = {:?}\nper_order = {:?}\n", fees.per_unit, fees.per_order));
        line("[entries]\nsource = \"file\"\npath = \"entries.csv\"\n".to_owned());
        line(format!("[replay]\nhorizon_bars = {}", self.horizon_bars));
        let mut limits = format!("min_bars_between_sales = {}", self.limits.min_bars_between_sales);
        if let Some(share) = self.most_share_per_bar() {
            limits.push_str(&format!("\nmax_fraction_per_bar = {share:?}"));
        }
        line(limits.clone());
        if let Impact::WholePosition { cost_r, exponent } = replay.impact {
            line(format!("impact = {{ whole-position = {{ cost_r = {cost_r:?}, exponent = {exponent:?} }} }}"));
        }
        let utility = match self.objective.utility {
            Utility::MeanVariance => "mean-variance",
            Utility::Exponential => "exponential",
        };
        line(format!("\n[objective]\nutility = \"{utility}\"\nrisk_aversion = {:?}", self.objective.risk_aversion));
        if let Some(column) = &self.objective.variance_column {
            line(format!("variance_column = \"{column}\""));
        }
        line("\n[validation]\n# The trades are drawn alike and know nothing of each other: one cut says what many would.".to_owned());
        line("folds = 1\nfirst_train_share = 0.5".to_owned());
        let features: Vec<String> = self.columns.iter().map(|column| format!("\"column:{column}\"")).collect();
        line(format!("\n[training]\nfeatures = [{}]", features.join(", ")));
        let position: Vec<String> = self.position_features().iter().map(|name| format!("\"{name}\"")).collect();
        line(format!("position = [{}]", position.join(", ")));
        line("learners = [{ kind = \"linear\" }, { kind = \"boosted-trees\" }]".to_owned());
        line(format!("[training.fit]\ntranches = {}\n[training.fit.limits]\n{limits}", self.tranches));
        text
    }
}

fn write_bars(market: &ReferenceMarket, out: &mut impl Write) -> std::io::Result<()> {
    let series = &market.history.series;
    write!(out, "ts,open,high,low,close,volume")?;
    for column in series.columns() {
        write!(out, ",{}", column.name)?;
    }
    writeln!(out)?;
    for t in 0..series.len() {
        let row = series.row(t);
        let bar = row.bar;
        write!(out, "{},{},{},{},{},{}", bar.ts, bar.open, bar.high, bar.low, bar.close, bar.volume)?;
        for value in row.columns {
            match value {
                Some(value) => write!(out, ",{value}")?,
                None => write!(out, ",")?,
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_entries(market: &ReferenceMarket, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "id,ts,side,price,risk,stop,qty")?;
    for entry in &market.entries {
        let stop = entry.stop.map_or(String::new(), |stop| stop.to_string());
        writeln!(out, "{},{},long,{},{},{stop},{}", entry.id, entry.ts, entry.price, entry.risk, entry.qty)?;
    }
    Ok(())
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
        let error = data.write(&dir).unwrap_err().to_string();
        assert!(error.contains("bars.csv: exists, and would be overwritten"), "{error}");
        assert_eq!(fs::read_to_string(dir.join("config.toml")).unwrap(), config);
        fs::remove_dir_all(&dir).unwrap();
    }
}
