"""pynecore 6.11, which keeps TradingView's rules: one strategy.exit with limit and stop for each rung."""

import tempfile
from datetime import time
from decimal import Decimal
from pathlib import Path as File

from pynecore.core.script_runner import ScriptRunner
from pynecore.core.syminfo import SymInfo, SymInfoInterval, SymInfoSession
from pynecore.types.ohlcv import OHLCV

import paths
import pynecore_plan
from paths import Setup

# The profile that ours fills by.
FILLS = "tradingview"
SETUPS = [
    Setup("nearest extreme, rates, ticks of 1e-5", "0.00001", rate=0.001, tied=False),
    Setup("nearest extreme, rebates, ticks of .05", "0.05", rate=-0.0002, tied=False),
    Setup("a fee per unit, one bar late, ticks of .01", "0.01", per_unit=0.35, latency=1, tied=False),
    Setup("a fee per order, ticks of 1", "1", per_order=7.0, rungs=1, tied=False),
    Setup("trailing inside the bar, ticks of .1", "0.1", rate=0.001, trail="bar", tied=False),
    Setup("trailing inside the bar, ticks of 1e-4", "0.0001", trail="bar", tied=False),
    Setup("trailing on closes, two bars late, ticks of .25", "0.25", trail="close", latency=2, tied=False),
    Setup("trailing on closes, ticks of .001", "0.001", per_unit=0.01, trail="close", tied=False),
]
START_MS = 1704067200000


def symbol(tick):
    days = range(7)
    return SymInfo(
        prefix="TEST",
        description="random paths",
        ticker="X",
        currency="USD",
        period="1",
        type="crypto",
        mintick=float(tick),
        pricescale=int(1 / Decimal(tick)) if Decimal(tick) < 1 else 1,
        minmove=1,
        pointvalue=1.0,
        mincontract=1.0,
        opening_hours=[SymInfoInterval(day=day, start=time(0, 0), end=time(0, 0)) for day in days],
        session_starts=[SymInfoSession(day=day, time=time(0, 0)) for day in days],
        session_ends=[SymInfoSession(day=day, time=time(0, 0)) for day in days],
    )


def commission(setup):
    """Its names for the fees of `setup`."""
    if setup.per_order:
        return "cash_per_order", setup.per_order
    if setup.per_unit:
        return "cash_per_contract", setup.per_unit
    return "percent", float(100 * Decimal(repr(setup.rate)))


def fills(trades, setup):
    pynecore_plan.trades[:], pynecore_plan.setup = trades, setup
    rows = [bar for path in trades for bar in path.rows]
    bars = [OHLCV(START_MS + 60000 * t, *row) for t, row in enumerate(rows)]
    by_name = {path.name: ([], 0.0) for path in trades}
    kind, value = commission(setup)
    text = File(__file__).with_name("pynecore_ladders.py").read_text()
    with tempfile.TemporaryDirectory() as folder:
        # It writes its settings beside the script, and reads a script once: each setup has its own.
        script = File(folder, f"ladders_{abs(hash(setup.name))}.py")
        script.write_text(text.replace("COMMISSION_TYPE", kind).replace("COMMISSION_VALUE", repr(value)))
        runner = ScriptRunner(script, bars, symbol(setup.tick), last_bar_index=len(bars) - 1)
        for _, _, closed in runner.run_iter():
            for trade in closed:
                done, net = by_name[trade.entry_id]
                done.append((trade.exit_bar_index % paths.BARS, abs(trade.size), trade.exit_price))
                by_name[trade.entry_id] = (done, net + trade.profit)
    return by_name
