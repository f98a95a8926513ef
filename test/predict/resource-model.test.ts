import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recommendationAt } from '../../src/predict/recommend.ts';
import { ResourceModel, riskGrid } from '../../src/predict/resource-model.ts';
import { resourceForecast } from '../support/samples.ts';

const day = 86_400;
const start = 19_670 * day;
const horizon = { startSeconds: start + 7 * day, stepSeconds: 1800, steps: 24 };

function trained(resource: 'cpu' | 'memory', value: (i: number) => number, replicas = 1): ResourceModel {
  const model = ResourceModel.create(resource, 300);
  for (let i = 1; i <= 7 * 288; i += 1) {
    for (let r = 0; r < replicas; r += 1) model.update(start + i * 300, value(i), `r${r}`);
  }
  return model;
}

describe.each(['cpu', 'memory'] as const)('the forecast of %s', (resource) => {
  const unit = resource === 'cpu' ? 400 : 4e8;
  const model = trained(resource, (i) => unit * (1 + 0.2 * Math.sin(i / 20)), 2);

  test('has a value for each risk of the grid, falling with the risk, between lower and upper', () => {
    const forecast = model.forecast(horizon, 7);
    expect(forecast?.risks).toEqual(riskGrid);
    const { lower = [], values = [], upper = [] } = forecast ?? {};
    expect([...values]).toEqual([...values].toSorted((a, b) => b - a));
    for (const [i, value] of values.entries()) {
      expect(lower[i]).toBeLessThanOrEqual(value);
      expect(upper[i]).toBeGreaterThan(value);
    }
    expect([forecast?.mean.length, forecast?.variance.length]).toEqual([24, 24]);
  });

  test('narrows as history grows', () => {
    const [young, old] = [model.forecast(horizon, 1 / 24), model.forecast(horizon, 30)];
    expect(young?.upper[4]).toBeGreaterThan(old?.upper[4] ?? Number.NaN);
    expect(young?.lower[4]).toBeLessThan(old?.lower[4] ?? Number.NaN);
    expect(young?.values).toEqual(old?.values);
  });

  test('is undefined before the first sample', () => {
    expect(ResourceModel.create(resource, 300).forecast(horizon, 1)).toBeUndefined();
  });

  test('comes back from its state', () => {
    const restored = ResourceModel.restore(resource, 300, model.save());
    for (const one of [model, restored]) one.update(start + 7 * day + 300, unit * 3, 'r0');
    expect(restored.forecast(horizon, 7)).toEqual(model.forecast(horizon, 7));
    expect(restored.realised).toEqual(model.realised);
  });

  test('refuses the state of the other resource', () => {
    const other = resource === 'cpu' ? 'memory' : 'cpu';
    expect(() => ResourceModel.restore(other, 300, model.save())).toThrow(
      expect.objectContaining({ code: 'OUTLOOK_INVALID' }),
    );
  });
});

test('memory is counted in container-days, cpu in windows of each replica', () => {
  expect(trained('cpu', () => 300, 2).realised.measured).toBeGreaterThan(2 * 7 * 288 - 30);
  expect(trained('memory', () => 3e8, 2).realised.measured).toBeLessThanOrEqual(16);
});

describe('a recommendation', () => {
  const forecast = resourceForecast(1000);

  test('at a risk of the grid is the value there', () => {
    for (const [i, risk] of forecast.risks.entries()) {
      expect(recommendationAt(forecast, risk).target).toBeCloseTo(forecast.values[i] ?? 0, 9);
    }
  });

  test('between two risks lies between their values, by the logarithm of the risk', () => {
    const { target } = recommendationAt(forecast, Math.sqrt(0.001 * 0.01));
    expect(target).toBeCloseTo(((forecast.values[0] ?? 0) + (forecast.values[1] ?? 0)) / 2, 9);
  });

  test('outside the grid is that of its end, and never rises with the risk', () => {
    expect(recommendationAt(forecast, 1e-9)).toEqual(recommendationAt(forecast, 0.001));
    expect(recommendationAt(forecast, 0.99)).toEqual(recommendationAt(forecast, 0.1));
    const risk = fc.double({ min: 1e-6, max: 1, noNaN: true });
    fc.assert(
      fc.property(risk, risk, (one, other) => {
        const [small, large] = [Math.min(one, other), Math.max(one, other)];
        const [careful, careless] = [recommendationAt(forecast, small), recommendationAt(forecast, large)];
        expect(careful.target).toBeGreaterThanOrEqual(careless.target - 1e-9);
        expect(careful.lower).toBeLessThanOrEqual(careful.target);
        expect(careful.upper).toBeGreaterThanOrEqual(careful.target);
      }),
    );
  });
});
