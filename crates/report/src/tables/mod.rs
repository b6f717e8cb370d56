//! Tables for other tools, as CSV. A new table is one file with a constant `TABLE`, declared and listed below.

mod adds;
mod book;
mod equity;
mod legs;
mod returns;
mod table;
mod trades;

pub use table::Table;

/// Every table, in the order in which they are named to the user.
pub const TABLES: &[Table] = &[trades::TABLE, legs::TABLE, adds::TABLE, book::TABLE, equity::TABLE, returns::TABLE];

#[cfg(test)]
mod tests {
    use super::{TABLES, table::figure};
    use crate::{RunResult, example::example};

    fn rows(result: &RunResult, file: &str) -> Vec<Vec<String>> {
        let mut bytes = Vec::new();
        TABLES.iter().find(|table| table.file == file).unwrap().write(result, &mut bytes).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn figures_have_no_last_bits() {
        assert_eq!(figure(0.829_999_999_999_998_3), "0.83");
        assert_eq!(figure(-0.0), "0");
        assert_eq!(figure(50_301.25), "50301.25");
    }

    #[test]
    fn tables_are_complete_and_legs_sum_to_the_trade() {
        let result = example(0.3);
        let (evaluation, contestants) = (&result.evaluation, result.evaluation.contestants.len());
        let (trades, legs) = (rows(&result, "trades.csv"), rows(&result, "legs.csv"));
        assert_eq!(trades.len(), 1 + 150 * contestants);
        assert_eq!(legs.len(), 1 + 4 * (trades.len() - 1));
        let net: f64 = trades[1][12].parse().unwrap();
        let of_legs: f64 = legs[1..5].iter().map(|leg| leg[14].parse::<f64>().unwrap()).sum();
        assert!((net - of_legs).abs() < 1e-6, "five roundings to 1e-9");

        let equity = rows(&result, "equity.csv");
        assert_eq!(equity.len(), 1 + evaluation.curve_ts.len() * contestants);
        let last_of_first = &equity[equity.len() - contestants];
        let total = evaluation.contestants[0].value("total_net_r").unwrap();
        assert!((last_of_first[3].parse::<f64>().unwrap() - total).abs() < 1e-9, "sums in another order");

        let account = &evaluation.accounts[0];
        assert_eq!(last_of_first[2].parse::<f64>().unwrap(), account.end_equity.as_f64());
        let book = rows(&result, "book.csv");
        assert_eq!(book.len(), 1 + 150 * contestants);
        let of_first = &book[1..151];
        assert_eq!(of_first.iter().filter(|row| row[3] == "taken").count(), account.taken);
        let last_taken = of_first.iter().rfind(|row| row[3] == "taken").unwrap();
        assert_eq!(last_taken[7], account.end_equity.to_exact_text());
        assert!(of_first.iter().any(|row| row[3] == "a position in the symbol was open" && row[6].is_empty()));

        let returns = rows(&result, "returns.csv");
        assert_eq!(returns[0], ["date", "return"]);
        assert_eq!(returns.len(), 1 + evaluation.days.len());
        assert_eq!(returns[1][0], "2020-09-13");
    }
}
