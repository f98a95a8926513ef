import { expect, test } from 'vitest';
import type { ContainerForecast } from '../../src/core/outlook.ts';
import { podLoad } from '../../src/extender/pod-load.ts';
import { podView } from '../support/view.ts';
import { lookupOf, steadyForecast } from './support/outlook.ts';

const web = 'shop/Deployment/web';
const container = (name: string, cpu: number, memory: number) => ({ name, requests: { cpu, memory } });

test('containers with a forecast count by it, others by their requests give or take a quarter', () => {
  const pod = podView('web-1', { containers: [container('app', 1000, 1000), container('proxy', 400, 80)] });
  const { cpu, memory } = podLoad(pod, lookupOf(steadyForecast(`${web}/app`, 200, 500)), 2);
  expect([...cpu.mean]).toEqual([600, 600]);
  expect([...cpu.variance]).toEqual([10 ** 2 + 100 ** 2, 10 ** 2 + 100 ** 2]);
  expect([...memory.mean]).toEqual([580, 580]);
  expect([...memory.variance]).toEqual([25 ** 2 + 20 ** 2, 25 ** 2 + 20 ** 2]);
});

test('a pod without a controller, a forecast or requests counts nothing', () => {
  const pod = podView('web-1', { workload: undefined, containers: [container('app', 0, 0)] });
  expect([...podLoad(pod, lookupOf(steadyForecast(`${web}/app`, 200, 500)), 3).cpu.mean]).toEqual([0, 0, 0]);
});

test('a forecast that is shorter than the horizon goes on, a longer one is cut', () => {
  const forecast = steadyForecast(`${web}/app`, 0, 0, 2);
  forecast.cpu.mean.set([100, 300]);
  const lookup = lookupOf(forecast);
  expect([...podLoad(podView('web-1'), lookup, 4).cpu.mean]).toEqual([100, 300, 300, 300]);
  expect([...podLoad(podView('web-1'), lookup, 1).cpu.mean]).toEqual([100]);
});

test.each([
  ['empty', (forecast: ContainerForecast) => damagedBy(forecast, new Float32Array(0), new Float32Array(0))],
  ['of two lengths', (forecast: ContainerForecast) => damagedBy(forecast, new Float32Array(4), new Float32Array(3))],
  [
    'not finite',
    (forecast: ContainerForecast) => damagedBy(forecast, Float32Array.of(1, Number.NaN), new Float32Array(2)),
  ],
  ['below zero', (forecast: ContainerForecast) => damagedBy(forecast, Float32Array.of(-1), new Float32Array(1))],
  ['infinite', (forecast: ContainerForecast) => damagedBy(forecast, Float32Array.of(1), Float32Array.of(Infinity))],
])('a forecast that is %s gives way to the request, resource by resource', (_, damage) => {
  const forecast = damage(steadyForecast(`${web}/app`, 200, 500));
  const { cpu, memory } = podLoad(podView('web-1'), lookupOf(forecast), 4);
  expect([...cpu.mean]).toEqual([1000, 1000, 1000, 1000]);
  expect([...memory.mean]).toEqual([500, 500, 500, 500]);
});

function damagedBy(forecast: ContainerForecast, mean: Float32Array, variance: Float32Array): ContainerForecast {
  return { ...forecast, cpu: { ...forecast.cpu, mean, variance } };
}
