import type { Service } from '../service.ts';
import { waitUntil } from './wait-until.ts';

/** Waits until the recorded history is learned, and then for a fresh Outlook: the next one must not come between two pods. */
export async function learnHistory(service: Service, progress: (line: string) => void): Promise<void> {
  const isFollowing = (): boolean =>
    service.trainer?.status?.history === 1 && service.outlook.outlook !== undefined && service.view.synced;
  await waitUntil(isFollowing, 60, 'the recorded history to be learned', () => tellProgress(service, progress));
  const version = service.outlook.outlook?.version ?? 0;
  const isNewer = (): boolean => (service.outlook.outlook?.version ?? 0) > version;
  await waitUntil(isNewer, 30, 'the next step of the clock');
}

function tellProgress({ trainer }: Service, progress: (line: string) => void): void {
  const status = trainer?.status;
  if (status === undefined) return;
  const { history, containers, nodes } = status;
  progress(`learning nine days of history: ${Math.round(history * 100)} %, ${containers} containers, ${nodes} nodes`);
}
