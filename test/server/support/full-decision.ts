import type { Decision } from '../../../src/core/decision.ts';

/** A decision in which everything is said that can be. */
export const fullDecision: Decision = {
  id: 'full',
  time: '2026-01-01T00:00:00.000Z',
  mode: 'enforce',
  workload: { namespace: 'shop', kind: 'Deployment', name: 'checkout' },
  containers: [
    {
      name: 'app',
      before: { requests: { cpu: 1000, memory: 2 ** 30 }, limits: {} },
      after: { requests: { cpu: 320, memory: 2 ** 28 }, limits: {} },
      objective: { cpuExceeded: 0.01, memoryExceeded: 0.001 },
      forecast: {
        levels: { cpu: [0.01], memory: [0.001] },
        values: { cpu: [320], memory: [2 ** 28] },
        horizonSeconds: 43_200,
      },
      model: { cpu: 'seasonal', memory: 'histogram' },
      data: { from: '2025-12-01T00:00:00.000Z', to: '2026-01-01T00:00:00.000Z', samples: 4032 },
      reason: { cpu: 'x', memory: 'y' },
    },
  ],
  warnings: ['w'],
  placement: { node: 'node-a', score: 8, reason: 'r' },
  counterfactual: { static: { slack: { cpu: 0.5, memory: 0.5 }, exceeded: { cpu: 0.001, memory: 0.001 } } },
  outlookVersion: 7,
};
