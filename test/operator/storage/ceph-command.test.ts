import { describe, expect, test } from 'vitest';
import { createCephCommand } from '../../../src/operator/storage/ceph-command.ts';
import { readLiveCluster } from '../../../src/operator/storage/live-cluster.ts';

/** A program in the place of ceph: what runs commands is tried here, not what Ceph answers. */
function program(script: string, timeoutSeconds = 10) {
  return createCephCommand({ command: [process.execPath, '--eval', script, '--'], timeoutSeconds });
}

describe('the ceph command', () => {
  test('gets its words behind those of the configuration, and is asked for JSON where it only reads', async () => {
    const ceph = program('console.log(JSON.stringify(process.argv.slice(1)))');
    expect(await ceph.read(['osd', 'dump'])).toEqual(['osd', 'dump', '--format', 'json']);
    expect(await ceph.change(['osd', 'out', '3'])).toBe('["osd","out","3"]');
  });

  test('says what it did on either stream', async () => {
    expect(await program('console.error("marked out osd.3.")').change(['osd', 'out', '3'])).toBe('marked out osd.3.');
  });

  test.each([
    ['that fails', program('console.error("one\\nEACCES: access denied"); process.exit(13)'), 'exit code 13: EACCES'],
    ['that prints something else', program('console.log("not json")'), 'bytes that are no JSON'],
    ['that hangs', program('setTimeout(() => {}, 60000)', 0.5), 'no end within 0.5 s'],
    ['that is not there', createCephCommand({ command: ['/nowhere/ceph'], timeoutSeconds: 5 }), 'ENOENT'],
  ])('%s is told with the words and without the rest of the command line', async (_, ceph, text) => {
    const failed = ceph.read(['status']);
    await expect(failed).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    await expect(failed).rejects.toThrow(/^ceph status(?: --format json)?: expected an answer, received/);
    await expect(failed).rejects.toThrow(text);
    await expect(failed).rejects.not.toThrow('--eval');
  });
});

test('a cluster whose answers lack something is not guessed at', async () => {
  const answers: Record<string, unknown> = {
    status: { fsid: 'f', health: { status: 'HEALTH_OK', checks: {} }, pgmap: { num_pgs: 1, pgs_by_state: [] } },
    'osd dump': {
      flags: '',
      nearfull_ratio: 0.85,
      osds: [],
      pools: [{ pool_name: 'rbd', size: 3, min_size: 2, crush_rule: 7 }],
    },
    'osd df': { nodes: [] },
    'osd tree': { nodes: [] },
    'osd crush rule dump': [],
    'pg dump pgs_brief': { pg_ready: true, pg_stats: [] },
  };
  const ceph = { read: async (words: readonly string[]) => answers[words.join(' ')], change: async () => '' };
  await expect(readLiveCluster(ceph)).rejects.toThrow('expected the CRUSH rule of rbd, received none');
  answers['osd dump'] = { flags: '', osds: [], pools: [] };
  await expect(readLiveCluster(ceph)).rejects.toThrow('expected nearfull_ratio to be a number');
  answers.status = {};
  await expect(readLiveCluster(ceph)).rejects.toThrow('ceph: expected');
});
