import { expect, test } from 'vitest';
import type { ContainerForecast } from '../../src/core/outlook.ts';
import { WorkloadLoads } from '../../src/extender/workload-loads.ts';
import { podView } from '../support/view.ts';
import { lookupOf, steadyForecast } from './support/outlook.ts';

test('pods of one workload that are alike share one load', () => {
  const asked: string[] = [];
  const forecast = steadyForecast('shop/Deployment/web/app', 200, 500);
  const get = (id: string): ContainerForecast | undefined => {
    asked.push(id);
    return id === forecast.id ? forecast : undefined;
  };
  const loads = new WorkloadLoads({ get }, 4);
  expect(loads.of(podView('web-1'))).toBe(loads.of(podView('web-2')));
  expect(loads.of(podView('web-1')).cpu.mean[0]).toBe(200);
  expect(asked).toEqual([forecast.id]);
});

test('pods of other requests or containers have their own', () => {
  const loads = new WorkloadLoads(lookupOf(), 4);
  const cpuOf = (cpu: number, name = 'app'): number | undefined =>
    loads.of(podView('web-1', { containers: [{ name, requests: { cpu, memory: 0 } }] })).cpu.mean[0];
  for (const cpu of Array.from({ length: 20 }, (_, at) => 100 * at)) expect(cpuOf(cpu)).toBe(cpu);
  expect([cpuOf(300), cpuOf(300, 'other')]).toEqual([300, 300]);
});

test('bare pods of unknown workload share nothing', () => {
  const loads = new WorkloadLoads(lookupOf(), 4);
  const bare = podView('one', { workload: undefined });
  expect(loads.of(bare)).not.toBe(loads.of(bare));
  expect(loads.of(bare)).toEqual(loads.of(bare));
});
