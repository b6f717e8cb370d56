//! Tests against luck.

use scaleout_evaluation::number::signed;

use crate::{
    render::document::{Block, table},
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section = Section { name: "luck", about: "tests against luck", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let evaluation = &page.result.evaluation;
    let (overfitting, unit) = (&evaluation.overfitting, evaluation.objective.unit().name());
    let figure = |value: Option<f64>| value.map_or("–".into(), |value| format!("{value:.3}"));
    let mut rows = vec![
        vec![
            "configurations judged on these trades (ledger)".into(),
            overfitting.trials_on_test.map_or("unknown".into(), |count| count.to_string()),
        ],
        vec!["deflated Sharpe ratio of the paired differences".into(), figure(overfitting.deflated_sharpe)],
        vec!["the same for a single configuration".into(), figure(overfitting.probabilistic_sharpe)],
        vec!["settings tried inside training spans (no test trade involved)".into(), overfitting.n_trials.to_string()],
        vec![
            "p-value of Hansen's SPA: no contestant beats the benchmark (reported only)".into(),
            figure(overfitting.spa_p),
        ],
        vec!["probability of backtest overfitting (reported only)".into(), figure(overfitting.pbo)],
        vec!["t-statistic of the paired difference".into(), figure(overfitting.candidate_t)],
        vec![
            "t-statistic that the best of all exceeds by luck in 5 % of cases".into(),
            figure(overfitting.best_of_many_t),
        ],
    ];
    rows.extend(evaluation.permutations.iter().map(|test| {
        vec![
            format!("`{}` minus its own permuted schedules, {unit}; p-value over {} draws", test.candidate, test.draws),
            format!("{}; {:.3}", signed(test.comparison.mean_objective_difference), test.p_value),
        ]
    }));
    vec![Block::Heading("Could it be luck?".into()), table(&["figure", "value"], rows)]
}
