import type { Benchmark, Row } from './benchmark.ts';
import { scoreOf } from './forecast/judge.ts';
import { levels } from './forecast/levels.ts';
import { originsOf } from './forecast/origins.ts';
import { ourForecasts } from './forecast/ours.ts';
import { type PeerForecasts, peerForecasts, peerNames } from './forecast/peers.ts';
import { type LoadSeries, seriesOfFolder, shippedSeries } from './forecast/series.ts';
import { rounded } from './stopwatch.ts';

/**
 * Quantiles a day ahead of every five minutes against statsforecast's, on the shipped recordings and on folders (GWA-T-12, or trace files): for each series
 * our mean pinball loss, the best peer's and every peer's relative to ours; then how many were won, the worst one, and the coverage of each level.
 */
export const forecastBenchmark: Benchmark = {
  name: 'forecast',
  description:
    'quantiles a day ahead against seasonal naive, AutoETS, AutoTheta and MSTL of statsforecast, on recorded series [FOLDER…]',
  isLong: true,
  takesFolders: true,
  async run(folders = []) {
    const given = await Promise.all(folders.map(seriesOfFolder));
    const series = [...shippedSeries(), ...given.flat()];
    const peers = await peerForecasts(series);
    const results = series.map((one, i) => judge(one, peers?.[i]));
    const groups = [...new Set(series.map(({ group }) => group))];
    return [
      ...groups.map((group) =>
        sumOf(
          group,
          results.filter((one) => one.group === group),
        ),
      ),
      sumOf('all', results),
      ...coverage(results),
      ...results.map(({ row }) => row),
    ];
  },
};

interface Result {
  readonly group: string;
  readonly row: Row;
  /** Our loss over the best peer's; NaN without peers. */
  readonly ratio: number;
  readonly covered: Float64Array;
  readonly below: Float64Array;
  readonly judged: number;
}

function judge(series: LoadSeries, peers: PeerForecasts | undefined): Result {
  const origins = originsOf(series);
  const ours = ourForecasts(series);
  const { loss, covered, below, judged } = scoreOf(series.values, origins, ours);
  const losses = peerNames.map((_, peer) =>
    peers === undefined
      ? Number.NaN
      : scoreOf(series.values, origins, peers.subarray(peer * ours.length, (peer + 1) * ours.length)).loss,
  );
  const best = losses.reduce((least, one) => (one < least ? one : least), Number.POSITIVE_INFINITY);
  const known = Number.isFinite(best);
  // A course that does not move is forecast without any loss by several.
  const ratio = known ? (best > 0 ? loss / best : loss > 0 ? Number.POSITIVE_INFINITY : 1) : Number.NaN;
  const row: Record<string, string | number> = { group: series.group, series: series.name, origins: origins.length };
  row.loss = rounded(loss);
  if (known) {
    row.toBestPeer = rounded(ratio);
    row.bestPeer = peerNames[losses.indexOf(best)] ?? '';
    for (const [i, name] of peerNames.entries()) row[name] = rounded((losses[i] ?? Number.NaN) / loss);
  }
  return { group: series.group, row, ratio, covered, below, judged };
}

function sumOf(group: string, results: readonly Result[]): Row {
  const ratios = results.map(({ ratio }) => ratio).filter((ratio) => !Number.isNaN(ratio));
  if (ratios.length === 0) return { group, series: `${results.length} series` };
  const won = ratios.filter((ratio) => ratio < 1).length;
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  return {
    group,
    series: `${results.length} series`,
    toBestPeer: rounded(mean),
    wonPercent: rounded((100 * won) / ratios.length),
    over1_1: ratios.filter((ratio) => ratio > 1.1).length,
    worst: rounded(Math.max(...ratios)),
  };
}

function coverage(results: readonly Result[]): Row[] {
  const judged = results.reduce((sum, one) => sum + one.judged, 0);
  const percent = (of: 'covered' | 'below', i: number): number =>
    rounded((100 * results.reduce((sum, one) => sum + (one[of][i] ?? 0), 0)) / judged);
  return [...levels].map((level, i) => ({
    group: 'coverage',
    series: `level ${level}`,
    belowPercent: percent('below', i),
    coveredPercent: percent('covered', i),
  }));
}
