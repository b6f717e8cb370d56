//! How much of what was attainable the candidate captured.

use scaleout_evaluation::number::signed;

use crate::{
    CeilingSummary,
    render::document::Block,
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section =
    Section { name: "ceiling", about: "how much of what was attainable was captured", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let Some(ceiling) = &page.result.ceiling else { return Vec::new() };
    vec![Block::Heading("What was attainable".into()), Block::Paragraph(words(ceiling))]
}

fn words(ceiling: &CeilingSummary) -> String {
    let CeilingSummary { trades, objective, standard_error, sell_at_once, candidate, captured, .. } = ceiling;
    if ceiling.is_withheld {
        let [held, held_error] = ceiling.surprise_held;
        let [followed, followed_error] = ceiling.surprise_followed;
        return format!(
            "No ceiling is shown: on the test trades, gains differ from what the training trades foretold. The mean surprise of \
             a trade is {} R (standard error {held_error:.3}) if it is held to its end and {} R ({followed_error:.3}) if it \
             follows the hold values, and one of them lies more than two standard errors from 0.",
            signed(held),
            signed(followed)
        );
    }
    let share = match captured {
        Some(captured) => {
            format!("The model captured {:.0} % of the way from selling at once to the ceiling.", 100.0 * captured)
        }
        None => "The ceiling is not above selling at once beyond its error, so nothing was to be captured.".to_owned(),
    };
    format!(
        "Estimated ceiling: J = {} R a trade (standard error {standard_error:.3}, {trades} test trades), where selling at once has \
         {} R and the model {} R. {share} No exit that decides without knowing the future is expected to pass the ceiling: it \
         is hindsight that pays for every surprise (Brown, Smith & Sun 2010). What is a surprise is itself estimated on the \
         training trades, so the ceiling is an estimate too.",
        signed(*objective),
        signed(*sell_at_once),
        signed(*candidate)
    )
}
