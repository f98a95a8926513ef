import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/core/log.ts';
import type { ContainerForecast, ResourceForecast } from '../../src/core/outlook.ts';
import { forecastBytes } from '../../src/knowledge/forecast-codec.ts';
import { openSqlite } from '../../src/knowledge/sqlite.ts';
import { createModelCache } from '../../src/train/model-cache.ts';

function forecastOf(id: string, version: number): ContainerForecast {
  const [risks, mean] = [Float64Array.of(0.01, 0.1), Float32Array.of(1, 2)];
  const one: ResourceForecast = { risks, lower: risks, values: risks, upper: risks, mean, variance: mean, model: 'm' };
  return { id, cpu: one, memory: one, fromSeconds: 0, toSeconds: 1, samples: 1, version };
}

/** A knowledge base in memory that counts what it is asked for one by one. */
async function trial(ids: readonly string[], maxBytes = 2 ** 20) {
  const knowledge = await openSqlite(':memory:');
  let version = 0;
  const publish = async (more: readonly string[], withdrawn: readonly string[] = []): Promise<void> => {
    version += 1;
    const nodes = { names: [], attributed: true, mean: none, variance: none };
    const times = { madeSeconds: 1, dataSeconds: 1, horizonStartSeconds: 1, stepSeconds: 1800, steps: 2 };
    const forecasts = more.map((id) => forecastOf(id, version));
    await knowledge.publish({ outlook: { version, ...times, nodes, containers: more.length }, forecasts, withdrawn });
  };
  await publish(ids);
  const asked: string[] = [];
  const counting = {
    forecast: (id: string) => {
      asked.push(id);
      return knowledge.forecast(id);
    },
    forecasts: () => knowledge.forecasts(),
  };
  const cache = createModelCache({ knowledge: counting, maxBytes, logger: silentLogger });
  await cache.fill();
  return { knowledge, cache, asked, publish };
}

const none = { cpu: new Float32Array(), memory: new Float32Array() };

describe('a cache that holds all that is stored', () => {
  test('does not look on the disk for what has no forecast', async () => {
    const { cache, asked, knowledge } = await trial(['shop/Deployment/web/app']);
    expect(cache.get('shop/Deployment/web/app')?.version).toBe(1);
    for (let i = 0; i < 100; i += 1) expect(cache.get(`shop/Pod/alone-${i}/app`)).toBeUndefined();
    await cache.settled();
    expect(asked).toEqual([]);
    expect(cache.counts).toMatchObject({ hits: 1, misses: 100, refreshes: 0, failures: 0 });
    await knowledge.close();
  });

  test('tells which pods without a controller have a forecast', async () => {
    const { cache, knowledge, publish } = await trial(['shop/Deployment/web/app', 'shop/Pod/alone/app']);
    expect(cache.barePods).toEqual(new Set(['shop/Pod/alone/app']));
    await publish(['shop/Pod/other/app']);
    await cache.refresh(2);
    expect(cache.barePods).toEqual(new Set(['shop/Pod/alone/app', 'shop/Pod/other/app']));
    await knowledge.close();
  });

  test('has what a newer Outlook brought as soon as it was read', async () => {
    const { cache, asked, knowledge, publish } = await trial(['a/Deployment/b/c']);
    await publish(['a/Deployment/b/c', 'new/Deployment/b/c']);
    expect(cache.get('new/Deployment/b/c')).toBeUndefined();
    await cache.refresh(2);
    expect(cache.get('new/Deployment/b/c')?.version).toBe(2);
    expect(cache.get('a/Deployment/b/c')?.version).toBe(2);
    expect(asked).toEqual([]);
    await knowledge.close();
  });
});

describe('a cache that is too small for all', () => {
  test('brings back what it let go, for the next caller', async () => {
    const ids = Array.from({ length: 20 }, (_, at) => `shop/Deployment/web${at}/app`);
    const { cache, asked, knowledge } = await trial(ids, 5 * forecastBytes(forecastOf(ids[0] ?? '', 1)));
    expect(cache.size).toBeLessThan(10);
    expect(cache.counts.evictions).toBeGreaterThan(10);
    expect(cache.barePods).toBeUndefined();
    const gone = ids.find((id) => cache.get(id) === undefined) ?? '';
    await cache.settled();
    expect(asked).toContain(gone);
    expect(cache.get(gone)?.id).toBe(gone);
    await knowledge.close();
  });
});

test('a knowledge base that cannot be read leaves what is held in use', async () => {
  const { cache, knowledge } = await trial(['a/Deployment/b/c']);
  await knowledge.close();
  await cache.refresh(2);
  expect(cache.counts.failures).toBe(1);
  expect(cache.get('a/Deployment/b/c')?.version).toBe(1);
  // It may hold less than there is now: what is missing is looked for.
  expect(cache.get('unknown/Deployment/b/c')).toBeUndefined();
  await cache.settled();
  expect(cache.counts.refreshes).toBe(2);
});
