//! Backtest results of freqtrade: the zip of `user_data/backtest_results`, or the JSON in it. The fills of a trade are
//! its `orders`; results without them have one entry and one exit a trade.

use serde_json::Value;

use super::trade_list::TradeList;
use crate::error::DataError;
use crate::formats::Fact;
use crate::time::TimeUnit;
use crate::trade_lists::list_file::ListContent;
use crate::trade_lists::{Deal, Effect, ListFile, ListReader};

pub(super) struct Freqtrade;

impl TradeList for Freqtrade {
    fn name(&self) -> &'static str {
        "freqtrade"
    }

    fn about(&self) -> &'static str {
        "backtest result of freqtrade, zip or JSON"
    }

    fn recognise(&self, file: &ListFile) -> bool {
        strategies(file).is_some_and(|strategies| strategies.values().all(|result| result.get("trades").is_some()))
    }

    fn deals(&self, file: &ListFile, reader: &mut ListReader<'_>) -> Result<Vec<Deal>, DataError> {
        let strategies: Vec<_> = strategies(file).into_iter().flatten().collect();
        let [(strategy, result)] = strategies.as_slice() else {
            let names: Vec<&str> = strategies.iter().map(|(name, _)| name.as_str()).collect();
            let message =
                format!("it has the results of {} strategies ({}); accepted: one", names.len(), names.join(", "));
            return Err(DataError::NotReadable { path: file.path.clone(), expected: "freqtrade", message });
        };
        reader.facts = vec![
            Fact::new("strategy", strategy.as_str(), "the only one in the file"),
            Fact::new("times", "UTC", "proved by the timestamps"),
            Fact::new("stop", "initial_stop_loss_abs", "where it lies on the losing side"),
            Fact::new("rows", "trades", "counted from 1: JSON has no lines"),
        ];
        let trades = result.get("trades").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut deals = Vec::new();
        for (place, trade) in trades.iter().enumerate() {
            let trade = FreqtradeTrade { file, row: place as u64 + 1, trade, reader };
            deals.extend(trade.deals()?);
        }
        Ok(deals)
    }
}

fn strategies(file: &ListFile) -> Option<&serde_json::Map<String, Value>> {
    match &file.content {
        ListContent::Json(value) => value.get("strategy")?.as_object(),
        ListContent::Lines(_) => None,
    }
}

struct FreqtradeTrade<'a> {
    file: &'a ListFile,
    row: u64,
    trade: &'a Value,
    reader: &'a ListReader<'a>,
}

impl FreqtradeTrade<'_> {
    fn deals(&self) -> Result<Vec<Deal>, DataError> {
        let is_short = self.trade.get("is_short").and_then(Value::as_bool).unwrap_or(false);
        let sign = if is_short { -1.0 } else { 1.0 };
        let price = self.above_zero(self.trade, "open_rate", "open_rate")?;
        let stop = self.number(self.trade, "initial_stop_loss_abs");
        let text = |key: &str| self.trade.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let entry = Deal {
            row: self.row,
            position: format!("trade {:012}", self.row),
            symbol: text("pair").map(str::to_owned),
            id: None,
            tag: text("enter_tag").map(str::to_owned),
            ts: self.ts(self.trade, "open_timestamp", "open_timestamp")?,
            price,
            qty: sign * self.reader.units(self.above_zero(self.trade, "amount", "amount")?),
            effect: Effect::Opens,
            stop: stop.filter(|stop| 0.0 < sign * (price - stop)),
            risk: self.reader.risk_name().map(|name| self.above_zero(self.trade, name, name)).transpose()?,
        };
        let is_open = self.trade.get("is_open").and_then(Value::as_bool).unwrap_or(false);
        let orders = self.trade.get("orders").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if orders.is_empty() {
            let exit = |entry: &Deal| -> Result<Deal, DataError> {
                let ts = self.ts(self.trade, "close_timestamp", "close_timestamp")?;
                Ok(entry.exit(ts, self.above_zero(self.trade, "close_rate", "close_rate")?, entry.qty.abs()))
            };
            return Ok(if is_open { vec![entry] } else { vec![exit(&entry)?, entry] });
        }
        let order = |(place, order): (usize, &Value)| -> Result<Option<Deal>, DataError> {
            let name = |key: &str| format!("orders[{place}].{key}");
            // An order that was never filled is no fill.
            if order.get("order_filled_timestamp").is_none_or(Value::is_null) {
                return Ok(None);
            }
            let ts = self.ts(order, "order_filled_timestamp", &name("order_filled_timestamp"))?;
            let price = self.above_zero(order, "safe_price", &name("safe_price"))?;
            let qty = self.reader.units(self.above_zero(order, "amount", &name("amount"))?);
            Ok(Some(match order.get("ft_is_entry").and_then(Value::as_bool) {
                Some(true) => Deal { ts, price, qty: sign * qty, ..entry.clone() },
                Some(false) => entry.exit(ts, price, qty),
                None => return Err(self.bad(&name("ft_is_entry"), order.get("ft_is_entry"), "true or false")),
            }))
        };
        orders.iter().enumerate().filter_map(|found| order(found).transpose()).collect()
    }

    fn number(&self, of: &Value, key: &str) -> Option<f64> {
        of.get(key).and_then(Value::as_f64).filter(|value| value.is_finite())
    }

    fn above_zero(&self, of: &Value, key: &str, name: &str) -> Result<f64, DataError> {
        let number = self.number(of, key).filter(|value| 0.0 < *value);
        number.ok_or_else(|| self.bad(name, of.get(key), "a number above 0"))
    }

    fn ts(&self, of: &Value, key: &str, name: &str) -> Result<scaleout_market::Timestamp, DataError> {
        let millis = of.get(key).and_then(Value::as_i64);
        let nanos = millis.filter(|millis| 0 < *millis).and_then(|millis| millis.checked_mul(TimeUnit::Ms.nanos()));
        let accepted = "milliseconds since 1970";
        nanos.map(scaleout_market::Timestamp::from_nanos).ok_or_else(|| self.bad(name, of.get(key), accepted))
    }

    fn bad(&self, column: &str, value: Option<&Value>, accepted: &str) -> DataError {
        DataError::BadValue {
            path: self.file.path.clone(),
            row: self.row,
            column: column.to_owned(),
            value: value.map_or_else(String::new, Value::to_string),
            problem: if value.is_some() { "not usable" } else { "missing" },
            accepted: accepted.to_owned(),
        }
    }
}
