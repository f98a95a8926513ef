import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type ClusterMap, clusterMapOf } from '../../../../src/collect/ceph/cluster-map.ts';
import { type ClusterSample, clusterSampleOf } from '../../../../src/collect/ceph/cluster-sample.ts';
import { cephMetricNames } from '../../../../src/collect/ceph/metric-names.ts';
import { samplesNamed } from '../../../../src/collect/smart/metrics-text.ts';

/** The text of a fixture, by its name without `.gz`. */
export function recorded(name: string): string {
  return gunzipSync(readFileSync(new URL(`../fixtures/${name}.gz`, import.meta.url))).toString('utf8');
}

export function recordedJson(name: string): unknown {
  return JSON.parse(recorded(name));
}

/** When the pages were read, unix seconds. */
export const times = JSON.parse(readFileSync(new URL('../fixtures/times.json', import.meta.url), 'utf8')) as {
  readonly before: number;
  readonly after: number;
};

/** What some pages say together. */
export function sampleOf(pages: readonly string[], timeSeconds: number): ClusterSample {
  return clusterSampleOf(
    pages.flatMap((page) => [...samplesNamed(page, cephMetricNames)]),
    { timeSeconds },
  );
}

export function recordedMap(): ClusterMap {
  const documents = {
    osdDump: recordedJson('osd-dump.json'),
    crush: recordedJson('crush-dump.json'),
    health: recordedJson('health.json'),
  };
  return clusterMapOf(documents, 'recorded');
}
