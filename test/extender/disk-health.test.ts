import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/core/log.ts';
import { createReader } from '../../src/extender/reader.ts';
import type { NodeDisk } from '../../src/storage/node-disks.ts';
import { failing, likely, nodeDisk } from '../support/node-disks.ts';
import { type MemoryStorage, memoryStorage, onNode } from '../support/storage-view.ts';
import { memoryView, nodeView, podView } from '../support/view.ts';
import {
  filterResult,
  namesBody,
  nodesBody,
  type PodMore,
  podObject,
  preemptBody,
  preemptNodes,
  scoresOf,
} from './support/bodies.ts';
import { nodeOutlook, startSeconds } from './support/outlook.ts';
import { type Trial, trial } from './support/trial.ts';

const GiB = 2 ** 30;
const local = { name: 'local', provisioner: 'topolvm.io' };
const readSeconds = startSeconds;
const names = ['node-0', 'node-1', 'node-2'];
const saysItFails = "barograph: a disk that this pod's data would be on says that it fails";
const willProbably = "barograph: a disk that this pod's data would be on will probably fail within 14 days";

interface WatchedTrial extends Trial {
  readonly storage: MemoryStorage;
}

function watched(
  disks: readonly NodeDisk[],
  more: Parameters<typeof trial>[0] & { maxAgeSeconds?: number } = {},
): WatchedTrial {
  const storage = memoryStorage({ classes: [local], claims: [{ name: 'data', storageClass: 'local' }] });
  const { maxAgeSeconds = 86_400, ...rest } = more;
  const own = trial({
    outlook: nodeOutlook({ 'node-0': {}, 'node-1': {}, 'node-2': {} }),
    disks: { storage, maxAgeSeconds, threshold: 0.2, refuse: true },
    ...rest,
  });
  own.extender.useDisks(disks);
  return { ...own, storage };
}

function claiming(claimName: string, more: PodMore = {}): object {
  return podObject('db-0', { ...more, volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }] });
}

describe('filter with disks', () => {
  test('leaves out a node whose disk says that it fails, for a pod whose new volume would be there', () => {
    const { extender, counted } = watched([nodeDisk('node-1', { readSeconds, outlook: failing })]);
    const result = filterResult(extender.filter(namesBody(claiming('data'), names)));
    expect(result.NodeNames).toEqual(['node-0', 'node-2']);
    expect(result.FailedNodes).toEqual({});
    expect(result.FailedAndUnresolvableNodes).toEqual({ 'node-1': saysItFails });
    expect(counted).toEqual(['filter disk-refused']);
  });

  test('leaves out a node whose disk will probably fail', () => {
    const { extender } = watched([nodeDisk('node-1', { readSeconds, outlook: likely })]);
    const result = filterResult(extender.filter(namesBody(claiming('data'), names)));
    expect(result.FailedAndUnresolvableNodes).toEqual({ 'node-1': willProbably });
  });

  test('keeps every node for pods that put no data on them', () => {
    const { extender, storage, counted } = watched([nodeDisk('node-1', { readSeconds, outlook: failing })]);
    storage.add({
      classes: [{ name: 'network', provisioner: 'rook-ceph.rbd.csi.ceph.com' }],
      claims: [{ name: 'remote', storageClass: 'network' }],
    });
    const scratch = [
      { name: 'token', projected: { sources: [] } },
      { name: 'tmp', emptyDir: {} },
      { name: 'logs', hostPath: { path: '/var/log' } },
    ];
    for (const pod of [
      podObject('web-0'),
      podObject('web-1', { volumes: scratch }),
      claiming('remote'),
      claiming('unknown'),
      claiming('data', { annotations: { 'barograph.dev/mode': 'off' } }),
    ]) {
      expect(filterResult(extender.filter(namesBody(pod, names))).NodeNames).toEqual(names);
    }
    expect(new Set(counted)).toEqual(new Set(['filter kept']));
  });

  test('refuses no node for a forecast alone when it speaks against all of them', () => {
    const { extender, counted } = watched(names.map((name) => nodeDisk(name, { readSeconds, outlook: likely })));
    expect(filterResult(extender.filter(namesBody(claiming('data'), names))).NodeNames).toEqual(names);
    expect(counted).toEqual(['filter disk-all-refused']);
  });

  test('refuses even the last node when its disk says itself that it fails', () => {
    const { extender } = watched(names.map((name) => nodeDisk(name, { readSeconds, outlook: failing })));
    expect(filterResult(extender.filter(namesBody(claiming('data'), names))).NodeNames).toEqual([]);
  });

  test('keeps those that may fail when all others do', () => {
    const { extender } = watched([
      nodeDisk('node-0', { readSeconds, outlook: failing }),
      nodeDisk('node-1', { readSeconds, outlook: likely }),
      nodeDisk('node-2', { readSeconds, outlook: failing }),
    ]);
    const result = filterResult(extender.filter(namesBody(claiming('data'), names)));
    expect(result.NodeNames).toEqual(['node-1']);
  });

  test('refuses the node of a volume that is bound to a disk that fails, and not for another disk of the node', () => {
    const { extender, storage } = watched([
      nodeDisk('node-1', { device: 'sdb', readSeconds, outlook: failing }),
      nodeDisk('node-1', { device: 'sdc', readSeconds }),
    ]);
    storage.add({
      volumes: [
        { name: 'on-b', nodes: onNode('node-1'), place: { kind: 'local', path: '/dev/sdb1' } },
        {
          name: 'by-id',
          nodes: onNode('node-1'),
          place: { kind: 'local', path: '/dev/disk/by-id/ata-ST_S-node-1-sdb' },
        },
        { name: 'said', nodes: onNode('node-1'), place: { kind: 'local', path: '/mnt/fast' }, device: 'sdb' },
        { name: 'on-c', nodes: onNode('node-1'), place: { kind: 'local', path: '/dev/sdc' } },
        { name: 'unsaid', nodes: onNode('node-1'), place: { kind: 'local', path: '/mnt/fast' } },
        { name: 'elsewhere', nodes: onNode('node-2'), place: { kind: 'local', path: '/dev/sdb' } },
      ],
      claims: ['on-b', 'by-id', 'said', 'on-c', 'unsaid', 'elsewhere'].map((volume) => ({ name: volume, volume })),
    });
    const kept = (claim: string) => filterResult(extender.filter(namesBody(claiming(claim), ['node-1']))).NodeNames;
    expect(kept('on-b')).toEqual([]);
    expect(kept('by-id')).toEqual([]);
    expect(kept('said')).toEqual([]);
    expect(kept('on-c')).toEqual(['node-1']);
    // Nobody knows on which of the two it is.
    expect(kept('unsaid')).toEqual(['node-1']);
    expect(kept('elsewhere')).toEqual(['node-1']);
  });

  test('takes the only disk that no OSD has for the one that a bound volume is on', () => {
    const osd = { cluster: 'f', id: 3 };
    const { extender, storage } = watched([
      nodeDisk('node-1', { device: 'sda', readSeconds, outlook: failing }),
      nodeDisk('node-1', { device: 'sdb', readSeconds, osd }),
      nodeDisk('node-2', { device: 'sda', readSeconds }),
      nodeDisk('node-2', { device: 'sdb', readSeconds, osd, outlook: failing }),
    ]);
    const place = { kind: 'csi', driver: 'topolvm.io', handle: 'x' } as const;
    storage.add({
      volumes: ['node-1', 'node-2'].map((name) => ({ name, nodes: onNode(name), place, storageClass: 'local' })),
      claims: ['node-1', 'node-2'].map((volume) => ({ name: volume, volume })),
    });
    const kept = (node: string) => filterResult(extender.filter(namesBody(claiming(node), [node]))).NodeNames;
    expect(kept('node-1')).toEqual([]);
    expect(kept('node-2')).toEqual(['node-2']);
  });

  test('knows new volumes of pods themselves: ephemeral claims and drivers of one machine', () => {
    const { extender } = watched([nodeDisk('node-1', { readSeconds, outlook: failing })]);
    const template = { spec: { storageClassName: 'local' } };
    for (const volume of [
      { name: 'v', ephemeral: { volumeClaimTemplate: template } },
      { name: 'v', csi: { driver: 'hostpath.csi.k8s.io' } },
    ]) {
      const pod = podObject('db-0', { volumes: [volume] });
      expect(filterResult(extender.filter(namesBody(pod, names))).NodeNames).toEqual(['node-0', 'node-2']);
    }
  });

  test('takes a class for local or not as its label says', () => {
    const { extender, storage } = watched([nodeDisk('node-1', { readSeconds, outlook: failing })]);
    storage.add({
      classes: [
        { name: 'ours', provisioner: 'example.com/lvm', labels: { 'barograph.dev/local': 'true' } },
        { ...local, name: 'mirrored', labels: { 'barograph.dev/local': 'false' } },
        { ...local, name: 'at-once', bindsLate: false },
      ],
      claims: ['ours', 'mirrored', 'at-once'].map((name) => ({ name, storageClass: name })),
    });
    const kept = (name: string) => filterResult(extender.filter(namesBody(claiming(name), names))).NodeNames?.length;
    expect([kept('ours'), kept('mirrored'), kept('at-once')]).toEqual([2, 3, 3]);
  });

  test('does not act on readings that are too old or of the future, nor before volumes are listed', () => {
    const disks = [nodeDisk('node-1', { readSeconds, outlook: failing })];
    const { extender, clock, storage } = watched(disks, { maxAgeSeconds: 3600 });
    const kept = () => filterResult(extender.filter(namesBody(claiming('data'), names))).NodeNames?.length;
    storage.setSynced(false);
    expect(kept()).toBe(3);
    storage.setSynced(true);
    expect(kept()).toBe(2);
    clock.set(startSeconds + 3601);
    expect(kept()).toBe(3);
    clock.set(startSeconds - 3601);
    expect(kept()).toBe(3);
  });

  test('knows nodes by host names and addresses too', () => {
    const nodes = [
      nodeView('node-0', { addresses: ['10.0.0.1'] }),
      nodeView('node-1', { labels: { 'kubernetes.io/hostname': 'storage-1.example.com' } }),
      nodeView('node-2'),
    ];
    const { extender } = watched(
      [
        nodeDisk('10.0.0.1', { readSeconds, outlook: failing }),
        nodeDisk('storage-1', { readSeconds, outlook: failing }),
        nodeDisk('somewhere', { readSeconds, outlook: failing }),
      ],
      { view: memoryView({ nodes }) },
    );
    expect(filterResult(extender.filter(namesBody(claiming('data'), names))).NodeNames).toEqual(['node-2']);
  });

  test('refuses for disks without an Outlook, and with whole nodes in the call', () => {
    const { extender, clock, counted } = watched([nodeDisk('node-1', { readSeconds, outlook: failing })]);
    clock.set(startSeconds + 7200);
    const result = filterResult(extender.filter(nodesBody(claiming('data'), names)));
    expect(result.Nodes?.items.map(({ metadata }) => metadata.name)).toEqual(['node-0', 'node-2']);
    expect(counted).toEqual(['filter disk-refused']);
  });

  test('leaves out nodes that would run out of memory beside, as long as one is left', () => {
    const full = { memory: 70 * GiB, spread: 0.001 };
    const disks = [nodeDisk('node-1', { readSeconds, outlook: failing })];
    const some = watched(disks, { outlook: nodeOutlook({ 'node-0': full, 'node-1': full, 'node-2': {} }) });
    const result = filterResult(some.extender.filter(namesBody(claiming('data'), names)));
    expect(result.NodeNames).toEqual(['node-2']);
    expect(Object.keys(result.FailedNodes)).toEqual(['node-0']);
    expect(result.FailedAndUnresolvableNodes).toEqual({ 'node-1': saysItFails });
    const all = watched(disks, { outlook: nodeOutlook({ 'node-0': full, 'node-1': {}, 'node-2': full }) });
    expect(filterResult(all.extender.filter(namesBody(claiming('data'), names))).NodeNames).toEqual([
      'node-0',
      'node-2',
    ]);
  });

  test('only scores where refusing is off', () => {
    const storage = memoryStorage({ classes: [local], claims: [{ name: 'data', storageClass: 'local' }] });
    const disks = { storage, maxAgeSeconds: 3600, threshold: 0.2, refuse: false };
    const { extender } = watched([nodeDisk('node-1', { readSeconds, outlook: failing })], { disks });
    expect(filterResult(extender.filter(namesBody(claiming('data'), names))).NodeNames).toEqual(names);
    expect(scoresOf(extender.prioritize(namesBody(claiming('data'), names))).get('node-1')).toBe(0);
  });

  test('says nothing of preemption', () => {
    const { extender } = watched([nodeDisk('node-1', { readSeconds, outlook: failing })]);
    expect(preemptNodes(extender.preempt(preemptBody(claiming('data'), { 'node-1': ['x'] })))).toEqual(['node-1']);
  });
});

describe('prioritize with disks', () => {
  const threads = [undefined, 2] as const;

  test.each(threads)('lowers the scores of nodes by the chance that the data is lost (threads: %s)', (count) => {
    const disks = [
      nodeDisk('node-0', { readSeconds, outlook: { p14: 0.1 } }),
      nodeDisk('node-1', { readSeconds, outlook: likely }),
      nodeDisk('node-2', { readSeconds }),
    ];
    const { extender } = watched(disks, count === undefined ? {} : { threads: count });
    const scores = (pod: object) => [...scoresOf(extender.prioritize(namesBody(pod, names))).values()];
    const [, , well = 0] = scores(podObject('web-0'));
    expect(scores(podObject('web-0'))).toEqual([well, well, well]);
    expect(scores(claiming('data'))).toEqual([Math.floor(well / 2), 0, well]);
  });

  test('without an Outlook the neutral score is lowered', () => {
    const { extender, clock } = watched([nodeDisk('node-1', { readSeconds, outlook: failing })]);
    clock.set(startSeconds + 7200);
    expect([...scoresOf(extender.prioritize(namesBody(claiming('data'), names))).values()]).toEqual([5, 0, 5]);
  });

  test('is explained where the pod went all the same', () => {
    const { extender, view, placed } = watched([nodeDisk('node-1', { readSeconds, outlook: failing })]);
    const decision = 'abc-12345678; enforce; cpu 1 to 2';
    extender.prioritize(namesBody(claiming('data', { annotations: { 'barograph.dev/decision': decision } }), names));
    view.addPod(podView('db-0', { uid: 'uid-shop-db-0', node: 'node-1', decision }));
    const reason = placed.get('abc-12345678')?.reason;
    expect(reason).toContain('its disk sdb fails (40 % within 14 days): the device itself says that it fails');
    expect(reason).toContain('0 in place of');
  });
});

describe('threads that only read', () => {
  test('leave pods with volumes to the writer while a disk is in danger, and no others', () => {
    const { extender, clock } = watched([]);
    const seat = extender.others.seat(2);
    const options = { maxOutlookAgeSeconds: 3600, targetUtilisation: 0.8, refuse: true, count: () => undefined };
    const reader = createReader({ seat, clock, logger: silentLogger, ...options });
    const isForWriter = (pod: object) => reader.isForWriter(namesBody(pod, names));
    const ephemeral = podObject('db-1', { volumes: [{ name: 'v', ephemeral: { volumeClaimTemplate: {} } }] });
    expect([isForWriter(claiming('data')), isForWriter(ephemeral)]).toEqual([false, false]);
    extender.useDisks([nodeDisk('node-1', { readSeconds, outlook: failing })]);
    expect([isForWriter(claiming('data')), isForWriter(ephemeral)]).toEqual([true, true]);
    expect(isForWriter(podObject('web-0', { volumes: [{ name: 'tmp', emptyDir: {} }] }))).toBe(false);
    extender.useDisks([nodeDisk('node-1', { readSeconds })]);
    expect(isForWriter(claiming('data'))).toBe(false);
    extender.others.leave(seat);
  });
});
