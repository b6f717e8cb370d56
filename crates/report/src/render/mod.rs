//! Renderers: a document as Markdown or HTML, a result as JSON.

pub(crate) mod document;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod markdown;

use crate::{RunResult, plots::Plot, sections::document};

impl RunResult {
    /// The report for people, as Markdown; the pictures `plots` are linked as `plots/NAME.svg`.
    pub fn markdown(&self, plots: &[Plot]) -> String {
        markdown::markdown(&self.title, &document(self, plots))
    }

    /// The report for people as one HTML file with the pictures inside, that asks no network for anything.
    pub fn html(&self, plots: &[Plot]) -> String {
        html::html(&self.title, &document(self, plots))
    }
}

#[cfg(test)]
mod tests {
    use crate::{example::example, plots::plots, summary_table};

    #[test]
    fn people_read_the_verdict_first() {
        let result = example(0.0);
        let pictures = plots(&result);
        let text = result.markdown(&pictures);
        let sentence = &result.evaluation.verdict.sentence;
        assert!(text.find(sentence.as_str()).unwrap() < text.find('|').unwrap());
        assert!(!result.evaluation.verdict.better_than_ladder);
        assert!(text.contains("plots/equity.svg") && text.contains("the horizon passes the end"));
        assert!(text.contains("- if x >= 1: hold 1/2") && text.contains("+0.300 R per trade for the model"), "{text}");
        assert!(text.contains("- Sell half at 1 R.") && text.contains("out of sample"));
        assert!(!text.contains("NaN"));

        let page = result.html(&pictures);
        assert!(page.contains("Fake &lt;market&gt;") && page.contains("<svg"));
        assert!(!page.contains("src=\"http") && !page.contains("href=\"http") && !page.contains("<script"));
        if let Some(folder) = std::env::var_os("SCALEOUT_PLOTS") {
            let folder = std::path::Path::new(&folder);
            std::fs::write(folder.join("report.md"), &text).unwrap();
            std::fs::write(folder.join("report.html"), &page).unwrap();
            std::fs::write(folder.join("report.json"), result.report_json().unwrap()).unwrap();
            std::fs::write(folder.join("summary.txt"), summary_table(&result.evaluation)).unwrap();
        }
    }
}
