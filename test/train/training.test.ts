import { describe, expect, test } from 'vitest';
import { recommendationAt } from '../../src/predict/recommend.ts';
import { decodeBatch, encodeBatch } from '../../src/train/batch-codec.ts';
import { Training, type TrainingOptions } from '../../src/train/training.ts';
import { flipped } from '../support/flipped.ts';
import { keyOf, type SyntheticPod, usageOf } from '../support/usage.ts';

const start = 1_700_000_100;
const options: TrainingOptions = {
  stepSeconds: 300,
  outlookStepSeconds: 1800,
  outlookSteps: 24,
  forgetAfterSeconds: 3 * 86_400,
  promised: { cpu: 0.01, memory: 0.001 },
  renewedSeconds: 86_400,
};
const wave = (time: number): number => 200 + 100 * Math.sin((time / 86_400) * 2 * Math.PI) + (time % 7);
const pod = (name: string, index = 0, node?: string): SyntheticPod => ({
  key: keyOf(name),
  pod: `${name}-${index}`,
  ...(node === undefined ? {} : { node }),
  cpu: (time) => wave(time) + 10 * index,
  memory: (time) => 3e8 + (time % 1800) * 1e3,
});

function fail(): never {
  throw new TypeError('there is no forecast');
}

function damaged(state: Uint8Array): Uint8Array {
  return flipped(state, state.length - 3);
}

function rangeOf(fromStep: number, steps: number) {
  return { startSeconds: start + fromStep * 300, endSeconds: start + (fromStep + steps) * 300, stepSeconds: 300 };
}

function trained(steps = 600): Training {
  const training = new Training(options);
  training.take(usageOf(rangeOf(0, steps), [pod('checkout'), pod('checkout', 1), pod('cart')]));
  return training;
}

test('all replicas of a container teach one series', () => {
  const training = trained(600);
  const outlook = training.outlook(1, start);
  expect(outlook?.forecasts.map(({ id, samples }) => [id, samples])).toEqual([
    ['shop/Deployment/checkout/app', 1200],
    ['shop/Deployment/cart/app', 600],
  ]);
  expect(training.trainedToSeconds).toBe(start + 600 * 300);
});

test('a forecast lies where the load was', () => {
  const forecast = trained(2016).outlook(1, start)?.forecasts[1];
  const needed = recommendationAt(forecast?.cpu ?? fail(), 0.01).target;
  expect(needed).toBeGreaterThan(290);
  expect(needed).toBeLessThan(320);
  const mean = forecast?.cpu.mean ?? new Float32Array(0);
  const expected = mean.map((_, step) => wave(start + 2016 * 300 + (step + 0.5) * 1800));
  for (const [step, value] of mean.entries()) expect(Math.abs(value - (expected[step] ?? 0))).toBeLessThan(25);
});

test('measurements that come a second time change nothing', () => {
  const [once, twice] = [trained(), trained()];
  twice.take(usageOf(rangeOf(100, 500), [pod('checkout'), pod('checkout', 1), pod('cart')]));
  expect(twice.outlook(1, start)).toEqual(once.outlook(1, start));
});

test('a container with less than an hour of samples has no forecast', () => {
  const training = new Training(options);
  training.take(usageOf(rangeOf(0, 11), [pod('young')]));
  expect(training.outlook(1, start)?.forecasts).toEqual([]);
  training.take(usageOf(rangeOf(11, 1), [pod('young')]));
  expect(training.outlook(2, start)?.forecasts).toHaveLength(1);
});

test('nothing at all is published before the first measurement', () => {
  const training = new Training(options);
  training.take(usageOf(rangeOf(0, 10), []));
  expect(training.outlook(1, start)).toBeUndefined();
  expect(training.checkpoint()).toBeUndefined();
});

test('a step without any sample does not move training forward', () => {
  const training = trained(20);
  const silent = { ...pod('checkout'), cpu: () => Number.NaN, memory: () => Number.NaN };
  training.take(usageOf(rangeOf(20, 5), [silent]));
  expect(training.trainedToSeconds).toBe(start + 20 * 300);
});

describe('the load of a node', () => {
  const node = { node: 'n1', cpu: () => 1000, memory: () => 8e9 };

  test('is what its containers do not cause, where the source says on which node they run', () => {
    const training = new Training(options);
    const steady = { ...pod('a', 0, 'n1'), cpu: () => 300, memory: () => 1e9 };
    const other = { ...pod('b', 0, 'n2'), cpu: () => 5000, memory: () => 6e9 };
    training.take(usageOf(rangeOf(0, 300), [steady, { ...steady, pod: 'a-1' }, other], [node]));
    const nodes = training.outlook(1, start)?.outlook.nodes;
    expect(nodes).toMatchObject({ names: ['n1'], attributed: true });
    expect(nodes?.mean.cpu[0]).toBeCloseTo(400, 3);
    expect(nodes?.mean.memory[23]).toBeCloseTo(6e9, -4);
  });

  test('is all of it otherwise', () => {
    const training = new Training(options);
    training.take(usageOf(rangeOf(0, 300), [pod('a')], [node]));
    const nodes = training.outlook(1, start)?.outlook.nodes;
    expect(nodes).toMatchObject({ names: ['n1'], attributed: false });
    expect(nodes?.mean.cpu[0]).toBeCloseTo(1000, 3);
  });
});

test('models come back from a checkpoint as they were, and go on the same', () => {
  const training = trained();
  const { checkpoint } = training.checkpoint() ?? {};
  const restored = new Training(options, checkpoint?.trainedToSeconds);
  for (const model of checkpoint?.models ?? []) expect(restored.restore(model)).toBeUndefined();
  for (const of of [training, restored]) of.take(usageOf(rangeOf(600, 50), [pod('checkout'), pod('cart')]));
  const byId = (one: Training) => one.outlook(2, start)?.forecasts.toSorted((a, b) => a.id.localeCompare(b.id));
  expect(byId(restored)).toEqual(byId(training));
});

test('a checkpoint holds only what changed since the last one that was kept', () => {
  const training = trained();
  const first = training.checkpoint();
  // Of each of two containers what is calibrated and what sizing learned, and the fleet's prices.
  expect(first?.checkpoint.models).toHaveLength(5);
  expect(training.checkpoint()?.checkpoint.models).toHaveLength(5);
  first?.kept();
  training.take(usageOf(rangeOf(600, 1), [pod('cart')]));
  expect(training.checkpoint()?.checkpoint.models.map(({ id }) => id)).toEqual([
    'container:shop/Deployment/cart/app',
    'sizing:shop/Deployment/cart/app',
    'fleet:prices',
  ]);
});

test('a series that disappears stays for a while, is forgotten then, and can return', () => {
  const training = trained(600);
  training.checkpoint()?.kept();
  training.take(usageOf(rangeOf(600, 500), [pod('checkout')]));
  expect(training.outlook(2, start)?.forecasts).toHaveLength(2);
  training.take(usageOf(rangeOf(1100, 400), [pod('checkout')]));
  expect(training.checkpoint()?.checkpoint.removedModels).toEqual([
    'container:shop/Deployment/cart/app',
    'sizing:shop/Deployment/cart/app',
  ]);
  const published = training.outlook(3, start);
  expect(published?.withdrawn).toEqual(['shop/Deployment/cart/app']);
  if (published !== undefined) training.published(published);
  training.take(usageOf(rangeOf(1500, 20), [pod('cart')]));
  const later = training.outlook(4, start);
  expect([later?.withdrawn, later?.forecasts.length]).toEqual([[], 2]);
  expect(training.checkpoint()?.checkpoint.removedModels).toEqual([]);
});

test('a damaged model is refused with the reason, the others stay', () => {
  const { checkpoint } = trained().checkpoint() ?? {};
  const restored = new Training(options);
  const damagedId = 'container:shop/Deployment/checkout/app';
  for (const { id, state } of checkpoint?.models ?? []) {
    const why = restored.restore({ id, state: id === damagedId ? damaged(state) : state });
    if (id === damagedId) expect(why).toMatch(/checksum/);
    else expect(why).toBeUndefined();
  }
  expect(restored.size.containers).toBe(1);
});

test.each(['before', 'after'])('what rests on a demand that is damaged is learned anew, restored %s it', (when) => {
  const { checkpoint } = trained().checkpoint() ?? {};
  const models = checkpoint?.models ?? [];
  const restored = new Training(options, checkpoint?.trainedToSeconds);
  const damagedId = 'sizing:shop/Deployment/checkout/app';
  for (const { id, state } of when === 'before' ? models : models.toReversed()) {
    restored.restore({ id, state: id === damagedId ? damaged(state) : state });
  }
  expect(restored.outlook(1, start)?.forecasts.map(({ id }) => id)).toEqual(['shop/Deployment/cart/app']);
});

describe('the request that all containers share the risk of', () => {
  const pooled = (one: Training, i = 0) => one.outlook(1, start)?.forecasts[i]?.memory.pooled;

  test('comes with each forecast, for the configured promise', () => {
    const { promised, request } = pooled(trained()) ?? fail();
    expect(promised).toBe(0.001);
    expect(request).toBeGreaterThan(3e8);
  });

  test('rises after a kill that the source reports', () => {
    const [quiet, killed] = [trained(), trained()];
    const batch = usageOf(rangeOf(600, 12), [pod('checkout')]);
    quiet.take(batch);
    const [one] = batch.containers;
    if (one === undefined) return fail();
    killed.take({
      ...batch,
      containers: [{ ...one, killed: Uint8Array.from(one.times, (_, i) => (i === 5 ? 1 : 0)) }],
    });
    expect(pooled(killed)?.request).toBeGreaterThan(pooled(quiet)?.request ?? Number.NaN);
  });

  test('is not withheld or doubled by a restart in the middle of an hour', () => {
    const training = trained(606);
    const { checkpoint } = training.checkpoint() ?? {};
    const restored = new Training(options, checkpoint?.trainedToSeconds);
    for (const model of checkpoint?.models ?? []) expect(restored.restore(model)).toBeUndefined();
    for (const one of [training, restored]) one.take(usageOf(rangeOf(606, 30), [pod('checkout'), pod('cart')]));
    const byId = (one: Training) => one.outlook(2, start)?.forecasts.toSorted((a, b) => a.id.localeCompare(b.id));
    expect(byId(restored)).toEqual(byId(training));
  });
});

test('a batch comes back from its bytes', () => {
  const gapped = { ...pod('gap'), cpu: (time: number) => (time % 900 === 0 ? Number.NaN : 5) };
  const batch = usageOf(rangeOf(0, 7), [pod('a', 0, 'n1'), gapped], [{ node: 'n1', cpu: () => 1, memory: () => 2 }]);
  const back = decodeBatch(encodeBatch(batch));
  expect(back.containers.map(({ key, pod: name, node }) => [key.name, name, node])).toEqual([
    ['a', 'a-0', 'n1'],
    ['gap', 'gap-0', undefined],
  ]);
  expect(back.containers[1]?.cpuMillicores).toEqual(batch.containers[1]?.cpuMillicores);
  expect(back.nodes[0]?.memoryBytes).toEqual(batch.nodes[0]?.memoryBytes);
  expect(back.range).toEqual(batch.range);
});
