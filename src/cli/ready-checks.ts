import { isFresh } from '../core/outlook.ts';
import type { ReadyCheck } from '../server/health.ts';
import type { Parts } from './parts.ts';

export type Readiness = Pick<Parts, 'view' | 'cluster' | 'outlook' | 'clock' | 'config'> & {
  readonly trainer: { readonly status: { readonly history: number } | undefined } | undefined;
};

/**
 * Ready means that the cluster is read. The Outlook is told of but not waited for: without one pods go through unchanged, which a server that is not ready could
 * not say of any of them, and explain none; and a roll-out does not stand still for the hours that a first history may take.
 */
export function readyChecks(parts: Readiness): ReadyCheck[] {
  const { view, cluster } = parts;
  const message = cluster === undefined ? 'no cluster is watched' : view.synced ? 'read' : 'still being read';
  return [
    { name: 'cluster', ok: view.synced, message },
    { name: 'outlook', ok: true, message: outlookText(parts) },
  ];
}

function outlookText({ outlook, clock, config, trainer }: Readiness): string {
  const held = outlook.outlook;
  if (held === undefined) {
    const share = trainer?.status?.history;
    return share === undefined ? 'none yet' : `none yet, ${Math.round(100 * share)} % of the history is read`;
  }
  const forecasts = `version ${held.version} with forecasts of ${held.containers} containers`;
  const isUsed = isFresh(held, clock.nowSeconds(), config.outlook.maxAge);
  return isUsed ? forecasts : `${forecasts}, not acted on: its newest measurement is too far from now`;
}
