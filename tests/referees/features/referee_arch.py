"""Referee: `arch`, for the GARCH(1,1) filter and the exponentially weighted variance.

`arch` starts its recursions from a backcast of its own; the start is forgotten at the rate beta (lambda), so values are
compared from where less than 1e-12 of it is left. Ours is the volatility of the next bar, `arch`'s that of the same.
"""

import arch
import numpy as np
from arch.univariate import EWMAVariance, ZeroMean, arch_model

from markets import Check, bars_of, es_trades, gaps, table, walk


def judge(name, bars, check):
    returns = np.diff(np.log(bars["close"].to_numpy(float)))
    omega, alpha, beta, decay = float(np.var(returns)) * 0.05, 0.05, 0.9, 0.94
    specs = [f"garch_volatility(alpha={alpha},beta={beta},omega={omega!r})", f"ewma_volatility(lambda={decay})"]
    ours = table(bars, specs).to_numpy()[1:]

    # Larger returns keep `arch` from complaining about their scale; volatility scales with them.
    scale = 100.0
    model = arch_model(scale * returns, mean="Zero", vol="GARCH", rescale=False)
    theirs = model.fix([omega * scale**2, alpha, beta]).conditional_volatility / scale
    check.equal(f"{name}: GARCH(1,1)", ours[:-1, 0], theirs[1:], start=800)

    model = ZeroMean(scale * returns, volatility=EWMAVariance(decay), rescale=False)
    theirs = model.fix([]).conditional_volatility / scale
    check.equal(f"{name}: EWMA", ours[:-1, 1], theirs[1:], start=800)


def main():
    check = Check()
    judge("walk", walk(11, level=5_000.0), check)
    judge("gaps", gaps(12), check)
    judge("E-mini bars of 100 trades", bars_of(es_trades(), 100)[0], check)
    print(f"arch {arch.__version__}: {check.values} values agree")


if __name__ == "__main__":
    main()
