"""Runs the generated NautilusTrader strategy: program.py FOLDER bars.csv card|model OUT"""

import csv
import json
import sys
from decimal import Decimal
from pathlib import Path

folder, bars, out = (Path(sys.argv[place]).resolve() for place in (1, 2, 4))
sys.path.insert(0, str(folder))

from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig  # noqa: E402
from nautilus_trader.config import LoggingConfig  # noqa: E402
from nautilus_trader.model.currencies import USDT  # noqa: E402
from nautilus_trader.model.data import Bar, BarType  # noqa: E402
from nautilus_trader.model.enums import AccountType, OmsType  # noqa: E402
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue  # noqa: E402
from nautilus_trader.model.instruments import Equity  # noqa: E402
from nautilus_trader.model.objects import Money, Price, Quantity  # noqa: E402

import exits_nautilus  # noqa: E402
import scaleout_exit  # noqa: E402

VENUE = Venue("SIM")


def main():
    instrument = Equity(
        instrument_id=InstrumentId(Symbol("X"), VENUE), raw_symbol=Symbol("X"), currency=USDT, price_precision=2,
        price_increment=Price.from_str("0.01"), lot_size=Quantity.from_int(1), ts_event=0, ts_init=0, maker_fee=Decimal(0),
        taker_fee=Decimal(0),
    )
    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
    engine.add_venue(
        venue=VENUE, oms_type=OmsType.HEDGING, account_type=AccountType.MARGIN, base_currency=USDT,
        starting_balances=[Money(10**9, USDT)], default_leverage=Decimal(1000), bar_execution=True,
    )
    engine.add_instrument(instrument)
    kind = BarType.from_str(f"{instrument.id}-1-HOUR-LAST-EXTERNAL")
    with open(bars, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    place_of = {scaleout_exit.milliseconds(row["ts"]) * exits_nautilus.NANOSECONDS: place for place, row in enumerate(rows)}
    prices = lambda row: (instrument.make_price(float(row[name])) for name in ("open", "high", "low", "close"))
    # Four prints share a bar's volume, and no order of these is to be cut by it.
    volume = Quantity.from_int(10**6)
    engine.add_data([
        Bar(kind, *prices(row), volume, moment, moment) for moment, row in zip(place_of, rows)
    ])
    config = exits_nautilus.ScaleoutExitConfig(
        instrument_id=instrument.id, bar_type=kind, folder=str(folder), leave_by=sys.argv[3]
    )
    strategy = exits_nautilus.ScaleoutExit(config)
    engine.add_strategy(strategy)
    engine.run()
    # A bar's prints carry the time of its close; a market order at a close is the next bar's.
    sales = [
        {"id": name, "bar": place_of[moment] + (order == "MARKET"), "qty": lots, "price": price}
        for name, moment, order, lots, price in strategy.sales
    ]
    out.write_text(json.dumps({"sales": sales, "decisions": strategy.exits.decisions}), encoding="utf-8")


if __name__ == "__main__":
    main()
