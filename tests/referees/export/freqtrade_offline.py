"""The generated strategy in freqtrade's own backtesting, without a network: markets come from the fixture below.

usage: freqtrade_offline.py STRATEGY_FOLDER bars.csv entries.csv sales.json

Needs freqtrade (requirements-full.txt). The exchange class is freqtrade's; only the loading of its markets is replaced.
"""

import csv
import json
import sys
import tempfile
from pathlib import Path

from freqtrade.configuration import Configuration
from freqtrade.enums import RunMode
from freqtrade.exchange import Exchange
from freqtrade.optimize.backtesting import Backtesting

PAIR = "DEMO/USDT"
MARKET = {
    "id": "DEMOUSDT", "symbol": PAIR, "base": "DEMO", "quote": "USDT", "baseId": "DEMO", "quoteId": "USDT", "active": True,
    "type": "spot", "spot": True, "margin": False, "swap": False, "future": False, "option": False, "contract": False,
    "linear": None, "inverse": None, "settle": None, "taker": 0.0, "maker": 0.0, "precision": {"amount": 1e-8, "price": 1e-8},
    "limits": {"amount": {"min": 1e-8, "max": None}, "cost": {"min": 1.0, "max": None}, "price": {"min": None, "max": None}},
    "info": {},
}


def offline(self, force=False, *, load_leverage_tiers=True):
    self._markets = {PAIR: MARKET}
    self._api.markets = self._api_async.markets = self._markets
    self._last_markets_refresh = 10**15


def main():
    strategy, bars, entries, out = map(Path, sys.argv[1:5])
    Exchange.reload_markets = offline
    with tempfile.TemporaryDirectory() as userdir:
        userdir = Path(userdir)
        data = userdir / "data" / "binance"
        data.mkdir(parents=True)
        with open(bars, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        import pandas as pd

        closes = pd.to_datetime([row["ts"] for row in rows], utc=True)
        step = closes[1] - closes[0]
        candles = [
            [int((close - step).timestamp() * 1000)] + [float(row[name]) for name in ("open", "high", "low", "close", "volume")]
            for close, row in zip(closes, rows)
        ]
        frame = "1h"
        (data / f"{PAIR.replace('/', '_')}-{frame}.json").write_text(json.dumps(candles))
        (strategy / "entries.csv").write_bytes(entries.read_bytes())
        config = userdir / "config.json"
        config.write_text(json.dumps({
            "max_open_trades": 1, "stake_currency": "USDT", "stake_amount": 1000.0, "tradable_balance_ratio": 0.99,
            "dry_run": True, "dry_run_wallet": 100000, "timeframe": frame, "fee": 0.0, "dataformat_ohlcv": "json",
            "exchange": {"name": "binance", "key": "", "secret": "", "pair_whitelist": [PAIR]},
            "pairlists": [{"method": "StaticPairList"}],
            "entry_pricing": {"price_side": "same"}, "exit_pricing": {"price_side": "same"},
        }))
        arguments = {
            "config": [str(config)], "strategy": "ScaleoutStrategy", "strategy_path": str(strategy), "user_data_dir": str(userdir),
            "datadir": str(data), "export": "none", "backtest_cache": "none", "timerange": None,
        }
        test = Backtesting(Configuration(arguments, RunMode.BACKTEST).get_config())
        test.start()
        found = []
        for name, content in test.all_bt_content.items():
            for trade in content["results"].to_dict("records"):
                orders = trade["orders"]
                sales = [order for order in orders if not order["ft_is_entry"]]
                found.append({
                    "open": str(trade["open_date"]), "price": trade["open_rate"], "stop": trade["enter_tag"],
                    "reason": [trade["exit_reason"], trade["stop_loss_abs"], str(trade["close_date"]), trade["close_rate"]], "sales": [[str(pd.Timestamp(order["order_filled_timestamp"], unit="ms", tz="UTC")), order["amount"], order["safe_price"]] for order in sales],
                })
        strategy_class = type(test.strategylist[0])
        out.write_text(json.dumps({"trades": found, "decisions": strategy_class.decisions}, indent=1, default=str))
        print(f"freqtrade: {len(found)} trades, {len(strategy_class.decisions)} decisions")


if __name__ == "__main__":
    main()
