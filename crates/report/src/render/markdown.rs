//! Documents as Markdown; pictures are linked as `plots/NAME.svg`.

use std::fmt::Write;

use crate::render::document::{Block, is_figures};

/// `blocks` as Markdown under `title`.
pub(crate) fn markdown(title: &str, blocks: &[Block]) -> String {
    let mut text = format!("# {}\n\n", escaped(title));
    for block in blocks {
        let written = match block {
            Block::Heading(words) => write!(text, "## {}\n\n", escaped(words)),
            Block::Lead(words) => write!(text, "**{}**\n\n", escaped(words)),
            Block::Paragraph(words) => write!(text, "{}\n\n", escaped(words)),
            Block::List(points) => {
                let points: String = points.iter().map(|words| format!("- {}\n", escaped(words))).collect();
                writeln!(text, "{points}")
            }
            Block::Table { head, rows } => {
                table(&mut text, head, rows);
                Ok(())
            }
            Block::Picture { name, caption, .. } => {
                let caption = escaped(caption);
                write!(text, "![{caption}](plots/{name}.svg)\n\n*{caption}*\n\n")
            }
        };
        written.expect("Invariant: writing to a string cannot fail");
    }
    text
}

/// `words` without the start of a tag: names and currencies are a user's, and pages show Markdown as HTML. What stands
/// between backticks is shown as it is.
fn escaped(words: &str) -> String {
    let parts = words.split('`').enumerate();
    let parts = parts.map(|(place, part)| if place % 2 == 0 { part.replace('<', "&lt;") } else { part.to_owned() });
    parts.collect::<Vec<_>>().join("`")
}

fn table(text: &mut String, head: &[String], rows: &[Vec<String>]) {
    let row = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| escaped(cell).replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    text.push_str(&row(head));
    let rule = |column| if is_figures(rows, column) { "---:".to_owned() } else { "---".to_owned() };
    let rule: Vec<String> = (0..head.len()).map(rule).collect();
    text.push_str(&row(&rule));
    rows.iter().for_each(|cells| text.push_str(&row(cells)));
    text.push('\n');
}
