import { describe, expect, test } from 'vitest';
import { ResourceModel, riskGrid } from '../../src/predict/resource-model.ts';
import { recordedSeries } from './series.ts';

// The models as they are served, on the recorded series read as cpu and as memory. As memory they are wilder than memory is.
const mebibyte = 2 ** 20;
/** The default objectives: 1 % for cpu, 0.1 % for memory. */
const defaultRisk = { cpu: riskGrid.indexOf(0.01), memory: riskGrid.indexOf(0.001) };

function replay(resource: 'cpu' | 'memory') {
  const scale = resource === 'cpu' ? 1 : mebibyte;
  return recordedSeries().map(({ name, startSeconds, stepSeconds, values }) => {
    const model = ResourceModel.create(resource, stepSeconds);
    let [highest, ratio] = [0, 0];
    for (const [i, value] of values.entries()) {
      if (Number.isNaN(value)) continue;
      const timeSeconds = startSeconds + (i + 1) * stepSeconds;
      const amount = value * scale;
      model.update(timeSeconds, amount, 'a');
      highest = Math.max(highest, amount);
      if (i < 7 * 288 || i % 72 !== 0) continue;
      const forecast = model.forecast({ startSeconds: timeSeconds, stepSeconds: 1800, steps: 1 }, 7);
      ratio = Math.max(ratio, (forecast?.values[defaultRisk[resource]] ?? Number.NaN) / highest);
    }
    return { name, ratio, realised: model.realised };
  });
}

describe.each([
  { resource: 'cpu', promised: 0.005, within: [0.5, 1.8], highestRatio: 1.3 },
  { resource: 'cpu', promised: 0.01, within: [0.75, 1.25], highestRatio: 1.3 },
  { resource: 'cpu', promised: 0.5, within: [0.75, 1.25], highestRatio: 1.3 },
  { resource: 'memory', promised: 0.05, within: [0.5, 2.2], highestRatio: 4.2 },
  { resource: 'memory', promised: 0.1, within: [0.5, 1.6], highestRatio: 4.2 },
  { resource: 'memory', promised: 0.5, within: [0.65, 1.25], highestRatio: 4.2 },
] as const)('$resource at a risk of $promised', ({ resource, promised, within, highestRatio }) => {
  const replayed = replay(resource);

  test('is exceeded at about that rate, all series together', () => {
    const index = riskGrid.indexOf(promised);
    const measured = replayed.reduce((sum, { realised }) => sum + realised.measured, 0);
    const exceeded = replayed.reduce((sum, { realised }) => sum + (realised.shares[index] ?? 0) * realised.measured, 0);
    expect(exceeded / measured / promised).toBeGreaterThan(within[0]);
    expect(exceeded / measured / promised).toBeLessThan(within[1]);
  });

  test.each(replayed)('on $name asks for a bounded multiple of the peak after a week', ({ ratio }) => {
    expect(ratio).toBeLessThan(highestRatio);
  });
});
