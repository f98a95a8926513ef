"""Quantile forecasts of Nixtla's statsforecast, for bench/forecast.ts.

Reads one JSON document from stdin:
  levels (ascending, in (0, 1)), steps (of a forecast), season (steps), most (steps of history that a model is fitted on), peers (names),
  workers, jobs: [{out, values, origins}] (values: numbers or null on even steps; an origin is how many of them are known).
Writes for each job a file of 32-bit little-endian floats [peer][origin][step][level], NaN where a model failed, and prints one line.

A peer is a model with its own intervals (`auto-ets`), or with conformal ones (`auto-ets conformal`), which are those of statsforecast's
ConformalIntervals(n_windows=2): quantiles of the forecast plus and minus the absolute errors, step by step, of the forecasts one and two
horizons before. They are computed here so that a fit that two origins need is made once.
"""

import json
import os
import sys
import time
import warnings
from multiprocessing import Pool

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")
os.environ.setdefault("NIXTLA_ID_AS_COL", "1")

import numpy as np
from statsforecast.models import MSTL, AutoETS, AutoTheta, SeasonalNaive

CONFORMAL_WINDOWS = 2


def models(season):
    # With a season of a day at five minutes AutoETS takes minutes a fit; the package's own advice for long seasons is MSTL, which
    # fits a non-seasonal AutoETS on what is left without the season.
    return {
        "seasonal-naive": lambda: SeasonalNaive(season_length=season),
        "auto-ets": lambda: AutoETS(season_length=1),
        "auto-theta": lambda: AutoTheta(season_length=season),
        "mstl": lambda: MSTL(season_length=[season]),
        "mstl-weekly": lambda: MSTL(season_length=[season, 7 * season]),
    }


def filled(values):
    """Gaps as a user of statsforecast would fill them: the last value known."""
    y = np.array([np.nan if value is None else value for value in values], dtype=float)
    known = np.where(np.isnan(y), 0, np.arange(len(y)))
    y = y[np.maximum.accumulate(known)]
    return np.where(np.isnan(y), 0.0, y)


def bands_of(levels):
    """The two-sided bands, in percent, that have these quantiles as ends."""
    return sorted({round(abs(2 * level - 1) * 100, 6) for level in levels if abs(level - 0.5) > 1e-9})


def quantiles_of(fit, levels):
    columns = []
    for level in levels:
        if abs(level - 0.5) <= 1e-9:
            columns.append(fit["mean"])
            continue
        band = round(abs(2 * level - 1) * 100, 6)
        side = "lo" if level < 0.5 else "hi"
        columns.append(next(fit[f"{side}-{name}"] for name in (band, int(round(band)), f"{band:g}") if f"{side}-{name}" in fit))
    return np.stack(columns, axis=1)


class Fits:
    """Fits of one model on one series by the origin they end at, each made once."""

    def __init__(self, model, y, plan):
        self.model, self.y, self.plan, self.made = model, y, plan, {}

    def at(self, origin):
        if origin not in self.made:
            history = self.y[max(0, origin - self.plan["most"]) : origin]
            try:
                self.made[origin] = self.model().forecast(y=history, h=self.plan["steps"], level=bands_of(self.plan["levels"]))
            except Exception as error:  # a model that cannot be fitted has no forecast; the others do
                print(f"a fit failed: {error!r}", file=sys.stderr)
                self.made[origin] = None
        return self.made[origin]

    def own(self, origin):
        fit = self.at(origin)
        return None if fit is None else quantiles_of(fit, self.plan["levels"])

    def conformal(self, origin):
        fit, steps = self.at(origin), self.plan["steps"]
        errors = []
        for window in range(1, CONFORMAL_WINDOWS + 1):
            before = origin - window * steps
            earlier = self.at(before) if before >= 2 * self.plan["season"] else None
            if earlier is not None:
                errors.append(np.abs(self.y[before : before + steps] - earlier["mean"]))
        if fit is None or not errors:
            return None
        mean = fit["mean"].reshape(1, -1)
        scores = np.vstack([mean - np.array(errors), mean + np.array(errors)])
        return np.quantile(scores, self.plan["levels"], axis=0).T


def run(task):
    plan, job = task
    warnings.filterwarnings("ignore")
    began = time.time()
    y = filled(job["values"])
    shape = (len(plan["peers"]), len(job["origins"]), plan["steps"], len(plan["levels"]))
    out = np.full(shape, np.nan, dtype="<f4")
    fits = {}
    for p, peer in enumerate(plan["peers"]):
        name, _, kind = peer.partition(" ")
        held = fits.setdefault(name, Fits(models(plan["season"])[name], y, plan))
        for o, origin in enumerate(job["origins"]):
            values = held.conformal(origin) if kind == "conformal" else held.own(origin)
            if values is not None:
                # No load is negative, and what overflows is no forecast: both help the peers.
                with np.errstate(all="ignore"):
                    out[p, o] = np.clip(np.sort(values, axis=1), 0, 3e38)
    out.tofile(job["out"] + ".part")
    os.replace(job["out"] + ".part", job["out"])
    return job["out"], time.time() - began


def main():
    plan = json.load(sys.stdin)
    jobs = plan.pop("jobs")
    with Pool(plan.pop("workers")) as pool:
        for out, seconds in pool.imap_unordered(run, [(plan, job) for job in jobs]):
            print(f"{os.path.basename(out)} {seconds:.1f} s", flush=True)


if __name__ == "__main__":
    main()
