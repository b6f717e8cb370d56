"""pynecore 6.11, which keeps TradingView's rules: one strategy.exit with limit and stop for each rung."""

import shutil
import tempfile
from datetime import time
from pathlib import Path as File

from pynecore.core.script_runner import ScriptRunner
from pynecore.core.syminfo import SymInfo, SymInfoInterval, SymInfoSession
from pynecore.types.ohlcv import OHLCV

import paths
import pynecore_plan

INTRABAR = "nearest-extreme"
OFFSET = 0.0
START_MS = 1704067200000


def symbol():
    days = range(7)
    return SymInfo(
        prefix="TEST",
        description="random paths",
        ticker="X",
        currency="USD",
        period="1",
        type="crypto",
        mintick=0.01,
        pricescale=100,
        pointvalue=1.0,
        mincontract=1.0,
        opening_hours=[SymInfoInterval(day=day, start=time(0, 0), end=time(0, 0)) for day in days],
        session_starts=[SymInfoSession(day=day, time=time(0, 0)) for day in days],
        session_ends=[SymInfoSession(day=day, time=time(0, 0)) for day in days],
    )


def fills(trades):
    pynecore_plan.trades[:] = trades
    rows = [bar for path in trades for bar in path.bars]
    bars = [OHLCV(START_MS + 60000 * t, *row) for t, row in enumerate(rows)]
    by_name = {path.name: ([], 0.0) for path in trades}
    with tempfile.TemporaryDirectory() as folder:
        # It writes its settings beside the script.
        script = shutil.copy(File(__file__).with_name("pynecore_ladders.py"), folder)
        runner = ScriptRunner(File(script), bars, symbol(), last_bar_index=len(bars) - 1)
        for _, _, closed in runner.run_iter():
            for trade in closed:
                done, net = by_name[trade.entry_id]
                done.append((trade.exit_bar_index % paths.BARS, abs(trade.size), trade.exit_price))
                by_name[trade.entry_id] = (done, net + trade.profit)
    return by_name
