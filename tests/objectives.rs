//! Every objective, limit and learner from a config to the sales of a run, on a small market with a known signal.

use std::{collections::BTreeMap, fs};

use serde_json::Value;

use crate::{
    commands::{scaleout, stdout},
    scratch::Scratch,
};

/// The order-flow market of 150 short trades with a config that one small learner runs in a second.
struct Small {
    scratch: Scratch,
    config: String,
}

const LEARNERS: &str = "learners = [{ kind = \"linear\" }]";
const IMPACT: &str = "impact = { whole-position = { cost_r = 0.5, exponent = 1.0 } }";

impl Small {
    fn new() -> Self {
        let scratch = Scratch::new();
        let arguments = ["reference", "--problem", "B7", "--set", "bars=20", "--paths", "150", "--write", "b7"];
        stdout(scratch.path(), &arguments);
        let config = fs::read_to_string(scratch.path().join("b7/config.toml")).unwrap();
        let config = replaced(
            &config,
            &[
                ("learners = [{ kind = \"linear\" }, { kind = \"boosted-trees\" }]", LEARNERS),
                ("[training.fit]\n", "[training.fit]\nsearch = \"none\"\n"),
            ],
        );
        let rest = "[baselines]\nfamilies = [\"ladder-3\"]\n[evaluation]\ndraws = 200\nmetric_draws = 200\n";
        Self { scratch, config: format!("{config}\n{rest}") }
    }

    /// The report of a run of the config with each of `changes` made.
    fn run(&self, changes: &[(&str, &str)]) -> Value {
        fs::write(self.scratch.path().join("b7/changed.toml"), replaced(&self.config, changes)).unwrap();
        let text = stdout(self.scratch.path(), &["run", "b7/changed.toml", "--out", "out", "--json"]);
        serde_json::from_str(&text).unwrap()
    }

    /// Bar after the first of the run and fraction of each sale of the model, by trade.
    fn sales(&self) -> BTreeMap<String, Vec<(i64, f64)>> {
        let text = fs::read_to_string(self.scratch.path().join("out/legs.csv")).unwrap();
        let mut sales: BTreeMap<String, Vec<(i64, f64)>> = BTreeMap::new();
        for line in text.lines().filter(|line| line.starts_with("model,")) {
            let cells: Vec<&str> = line.split(',').collect();
            let clock: Vec<i64> = cells[4][11..19].split(':').map(|part| part.parse().unwrap()).collect();
            let minutes = clock[0] * 60 + clock[1];
            sales.entry(cells[1].to_owned()).or_default().push((minutes, cells[7].parse().unwrap()));
        }
        assert!(sales.values().all(|sold| (sold.iter().map(|(_, part)| part).sum::<f64>() - 1.0).abs() < 1e-9));
        sales
    }
}

fn replaced(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "`{from}` is in the config");
        text.replace(from, to)
    })
}

fn orders(sales: &BTreeMap<String, Vec<(i64, f64)>>) -> usize {
    sales.values().map(Vec::len).sum()
}

#[test]
fn every_objective_and_limit_reaches_the_sales_of_a_run() {
    let small = Small::new();
    small.run(&[]);
    let usual = small.sales();
    let most =
        |sales: &BTreeMap<String, Vec<(i64, f64)>>| sales.values().flatten().map(|(_, part)| *part).fold(0.0, f64::max);
    assert!(0.25 < most(&usual) && usual.len() < orders(&usual));

    let exponential =
        [("utility = \"mean-variance\"", "utility = \"exponential\""), ("variance_column = \"variance\"\n", "")];
    let report = small.run(&exponential);
    assert_eq!(report["config"]["objective"]["utility"], "exponential");
    assert_ne!(small.sales(), usual);

    small.run(&[(IMPACT, &IMPACT.replace("exponent = 1.0", "exponent = 0.5"))]);
    assert_ne!(small.sales(), usual, "impact of power 1.5");

    // Impact of power 1 is a proportional cost: no reason to sell in parts is left but the variance.
    small.run(&[(IMPACT, ""), ("per_unit = 0.1", "per_unit = 0.6")]);
    assert!(orders(&small.sales()) < orders(&usual), "impact of power 1");

    small.run(&[("per_order = 0.0", "per_order = 0.3")]);
    assert!(orders(&small.sales()) < orders(&usual), "a fee for each order");

    let both = "min_bars_between_sales = 1";
    small.run(&[(both, "min_bars_between_sales = 1\nmax_fraction_per_bar = 0.25")]);
    let capped = small.sales();
    let before_the_end = capped.values().flat_map(|sold| &sold[..sold.len() - 1]);
    assert!(before_the_end.into_iter().all(|(_, part)| *part <= 0.25 + 1e-9), "a cap per bar: {capped:?}");

    small.run(&[(both, "min_bars_between_sales = 3")]);
    let spaced = small.sales();
    assert_ne!(spaced, usual);
    for sold in spaced.values() {
        // The horizon sells the rest whenever it comes.
        let early = &sold[..sold.len() - 1];
        assert!(early.windows(2).all(|pair| 3 <= (pair[1].0 - pair[0].0).rem_euclid(24 * 60)), "spacing: {sold:?}");
    }

    small.run(&[("price = \"real\"", "price = \"real\"\nlot_step = 0.5")]);
    let lots = small.sales();
    assert!(lots.values().flatten().all(|(_, part)| *part == 0.5 || *part == 1.0), "two lots: {lots:?}");
    assert!(lots.values().any(|sold| sold.len() == 2));
}

#[test]
fn every_learner_runs_from_a_config_and_passes_over_what_tells_nothing() {
    let small = Small::new();
    let learners = "learners = [
        { kind = \"linear\", knots = 4 },
        { kind = \"logistic\", draws = 1000 },
        { kind = \"boosted-trees\", trees = 5 },
        { kind = \"readable-tree\" },
        { kind = \"mlp\", hidden = [8], least_steps = 60, epochs = 0.1, early_stopping = { held_out_share = 0.4 } },
        { kind = \"gru\", window = 3, hidden = 4, head = [8], most_steps = 10 },
        { kind = \"direct\", epochs = 0.1, least_steps = 3, network = { hidden = [8], least_steps = 60, epochs = 0.1 } },
        { kind = \"ensemble\", members = 2, over = \"folds\", learner = { kind = \"linear\" } },
    ]";
    let features = "features = [\"column:signal\", \"column:variance\"";
    let silent = format!("{features}, \"column:constant\", \"column:missing\"");
    let bars = small.scratch.path().join("b7/bars.csv");
    let text = fs::read_to_string(&bars).unwrap();
    let mut lines = text.lines();
    let head = format!("{},constant,missing", lines.next().unwrap());
    // A value at the last bar, where nothing is decided: without any the run would be refused.
    let rows = lines.map(|line| format!("{line},3,"));
    fs::write(&bars, std::iter::once(head).chain(rows).collect::<Vec<_>>().join("\n") + "1").unwrap();
    let changes = [(LEARNERS, learners), (features, silent.as_str())];
    let report = small.run(&changes);
    let names: Vec<&str> =
        report["contestants"].as_array().unwrap().iter().filter_map(|one| one["name"].as_str()).collect();
    for name in ["linear", "logistic", "boosted-trees", "readable-tree", "mlp", "gru", "direct", "ensemble"] {
        assert!(names.contains(&name) && names.contains(&format!("{name} (resting)").as_str()), "{name}: {names:?}");
    }
    let counted: Vec<&str> =
        report["dropped"].as_array().unwrap().iter().filter_map(|one| one["reason"].as_str()).collect();
    assert!(counted.iter().any(|reason| reason.contains("never change: column:constant")), "{counted:?}");
    assert!(counted.iter().any(|reason| reason.contains("has a value of column:missing")), "{counted:?}");

    let rules = report["readable_rules"].as_array().unwrap();
    assert_eq!(rules[0]["model"], "readable-tree");
    assert!(rules[0]["lines"].as_array().unwrap().iter().any(|line| line.as_str().unwrap().contains("column:")));
    let chosen = rules.iter().find(|rule| rule["imitation"].is_object());
    if let Some(imitation) = chosen.map(|rule| &rule["imitation"]) {
        assert!(imitation["rule_objective"].is_number() && imitation["trades"] == 150);
    }
}

#[test]
fn three_entries_are_too_few_for_any_learner() {
    let small = Small::new();
    let entries = small.scratch.path().join("b7/entries.csv");
    let text = fs::read_to_string(&entries).unwrap();
    fs::write(&entries, text.lines().take(4).collect::<Vec<_>>().join("\n")).unwrap();
    for kind in ["linear", "logistic", "boosted-trees", "readable-tree", "mlp", "gru", "direct"] {
        let learner = LEARNERS.replace("linear", kind);
        fs::write(small.scratch.path().join("b7/three.toml"), small.config.replace(LEARNERS, &learner)).unwrap();
        let output = scaleout(small.scratch.path(), &["run", "b7/three.toml", "--out", "none"]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{kind}: {stderr}");
        assert!(stderr.contains("b7/entries.csv: entries: 2 trades to learn from in fold 1"), "{kind}: {stderr}");
        assert!(!small.scratch.path().join("none.partial").exists(), "{kind}");
    }
}
