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
             a trade is {} R (standard error {held_error:.3}) if it is held to its end and {} R ({followed_error:.3}) as the \
             model held it, and one of them lies more than 2.24 standard errors from 0.",
            signed(held),
            signed(followed)
        );
    }
    let share = match captured {
        Some(captured) => {
            format!("The model captured {:.0} % of the way from selling at once to the ceiling.", 100.0 * captured)
        }
        None if ceiling.follows_a_rule => {
            "What share the candidate captured is not shown: in some fold it follows a rule, whose \
                                           orders may fill inside a bar."
                .to_owned()
        }
        None => "The ceiling cannot be told apart from selling at once on so few trades.".to_owned(),
    };
    format!(
        "Estimated ceiling: J = {} R a trade (standard error {standard_error:.3}, {trades} test trades), where selling at once has \
         {} R and the model {} R. {share} No exit that sells at the opens, in the model's parts, and sees what the model sees is \
         expected to pass the ceiling: it is hindsight that pays for every surprise (Brown, Smith & Sun 2010). What is a surprise \
         is itself estimated on the training trades, so the ceiling is an estimate too.",
        signed(*objective),
        signed(*sell_at_once),
        signed(*candidate)
    )
}
