//! Documents as one HTML file that asks no network for anything.

use crate::render::document::{Block, is_figures};

const STYLE: &str = "\
body{font:16px/1.5 system-ui,sans-serif;color:#22262e;max-width:1080px;margin:2rem auto;padding:0 1rem}\
h1{font-weight:500;font-size:1.7rem}h2{font-weight:500;font-size:1.25rem;margin-top:2.4rem;border-bottom:1px solid #e5e7eb}\
.lead{font-size:1.1rem;background:#f3f6fa;border-left:4px solid #0072b2;padding:.8rem 1rem}\
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.86rem;font-variant-numeric:tabular-nums}\
th,td{padding:.28rem .7rem;text-align:left;border-bottom:1px solid #e5e7eb;vertical-align:top}\
th.n,td.n{text-align:right;white-space:nowrap}td code{white-space:nowrap}th{font-weight:600;border-bottom:2px solid #b0b4bc}\
figure{margin:1.4rem 0}figure svg{width:100%;height:auto}figcaption{font-size:.86rem;color:#6c727d}\
code{font-size:.92em;background:#f3f4f6;padding:.05rem .25rem;border-radius:3px}";

/// `blocks` as one HTML page under `title`.
pub(crate) fn html(title: &str, blocks: &[Block]) -> String {
    let body: String = blocks.iter().map(block).collect();
    let title = escaped(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
    )
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(words) => format!("<h2>{}</h2>\n", inline(words)),
        Block::Lead(words) => format!("<p class=\"lead\">{}</p>\n", inline(words)),
        Block::Paragraph(words) => format!("<p>{}</p>\n", inline(words)),
        Block::List(points) => {
            let points: String = points.iter().map(|words| format!("<li>{}</li>\n", inline(words))).collect();
            format!("<ul>\n{points}</ul>\n")
        }
        Block::Table { head, rows } => {
            let row = |cells: &[String], tag: &str| {
                let cell = |(column, cell): (usize, &String)| {
                    let class = if is_figures(rows, column) { " class=\"n\"" } else { "" };
                    format!("<{tag}{class}>{}</{tag}>", inline(cell))
                };
                format!("<tr>{}</tr>\n", cells.iter().enumerate().map(cell).collect::<String>())
            };
            let rows: String = rows.iter().map(|cells| row(cells, "td")).collect();
            format!(
                "<div class=\"wide\"><table>\n<thead>{}</thead>\n<tbody>\n{rows}</tbody></table></div>\n",
                row(head, "th")
            )
        }
        Block::Picture { caption, svg, .. } => {
            format!("<figure>\n{svg}\n<figcaption>{}</figcaption>\n</figure>\n", inline(caption))
        }
    }
}

/// Escaped words, with those between backticks as code.
fn inline(words: &str) -> String {
    let parts = words.split('`').enumerate();
    parts
        .map(|(place, part)| if place % 2 == 1 { format!("<code>{}</code>", escaped(part)) } else { escaped(part) })
        .collect()
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_code_and_marks_are_escaped() {
        assert_eq!(inline("a `b<c` & d"), "a <code>b&lt;c</code> &amp; d");
    }
}
