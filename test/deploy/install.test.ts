import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { toYaml } from '../../src/cli/install/to-yaml.ts';
import { installCommand } from '../../src/cli/install.ts';

const folder = mkdtempSync(join(tmpdir(), 'barograph-install-'));

beforeAll(() => {
  writeFileSync(join(folder, 'ca.crt'), 'first\r\nsecond\r\n');
  writeFileSync(join(folder, 'ca.key'), 'key\n');
  writeFileSync(
    join(folder, 'config.yaml'),
    'source: { kind: trace, path: /traces }\nserver: { address: 0.0.0.0:9000 }\n',
  );
  writeFileSync(join(folder, 'wrong.yaml'), 'sorce: {}\n');
});

afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]): Promise<string> {
  let printed = '';
  const command = installCommand((text) => {
    printed += text;
  });
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  await command.parseAsync(['--certs', folder, ...args], { from: 'user' });
  return printed;
}

async function documents(...args: string[]): Promise<{ kind: string; [field: string]: unknown }[]> {
  return parseAllDocuments(await run(...args)).map((document) => document.toJS());
}

test('prints one YAML document for each object', async () => {
  const kinds = (await documents('--print')).map(({ kind }) => kind);
  expect(kinds[0]).toBe('Namespace');
  expect(kinds).toContain('StatefulSet');
  expect(kinds.at(-1)).toBe('MutatingWebhookConfiguration');
});

test('prints the same as a List in JSON', async () => {
  const list = JSON.parse(await run('--print', '--output', 'json'));
  expect(list).toMatchObject({ apiVersion: 'v1', kind: 'List' });
  expect(list.items).toEqual(await documents('--print'));
});

test('takes the port and everything else from a configuration file', async () => {
  const text = await run('--print', '--config', join(folder, 'config.yaml'));
  expect(text).toContain('containerPort: 9000');
  expect(text).toContain('path: /traces');
});

test('writes certificates with the line ends of Unix', async () => {
  const secret = (await documents('--print')).find(({ kind }) => kind === 'Secret');
  expect(secret?.stringData).toEqual({ 'ca.crt': 'first\nsecond\n', 'ca.key': 'key\n' });
});

test('needs no certificates where cert-manager makes them', async () => {
  const nowhere = ['--certs', join(folder, 'nowhere')];
  const kinds = (await documents('--print', '--cert-manager', ...nowhere)).map(({ kind }) => kind);
  expect(kinds).toContain('Certificate');
  expect(kinds).not.toContain('Secret');
});

test('prints a scheduler stanza with only the verbs that are asked for', async () => {
  const [stanza] = await documents('--print-scheduler', '--url', 'https://10.0.0.5:8443/', '--weight', '7');
  expect(stanza).toEqual({
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    extenders: [
      {
        urlPrefix: 'https://10.0.0.5:8443/extender',
        prioritizeVerb: 'prioritize',
        weight: 7,
        enableHTTPS: true,
        tlsConfig: { caData: Buffer.from('first\nsecond\n').toString('base64') },
        httpTimeout: '500ms',
        nodeCacheCapable: true,
        ignorable: true,
      },
    ],
  });
  const [more] = await documents('--print-scheduler', '--filter', '--server-name', 'barograph.barograph.svc');
  expect(more?.extenders).toMatchObject([
    {
      urlPrefix: 'https://barograph.barograph.svc:443/extender',
      filterVerb: 'filter',
      tlsConfig: { serverName: 'barograph.barograph.svc' },
    },
  ]);
});

test.each([
  [[], 'USAGE_WRONG'],
  [['--print', '--print-scheduler'], 'USAGE_WRONG'],
  [['--print', '--certs', join(folder, 'nowhere')], 'CERTIFICATE_INVALID'],
  [['--print', '--config', join(folder, 'wrong.yaml')], 'CONFIG_INVALID'],
  [['--print', '--prometheus', 'not a url'], 'CONFIG_INVALID'],
  [['--print', '--cert-manager', '--url', 'https://10.0.0.5:8443'], 'USAGE_WRONG'],
])('refuses %j with %s', async (args, code) => {
  await expect(run(...args)).rejects.toMatchObject({ code });
});

test.each([
  ['--url', 'http://10.0.0.5:8443'],
  ['--url', 'https://10.0.0.5:8443/path'],
  ['--url', 'https://me:secret@10.0.0.5'],
  ['--namespace', 'Not_A_Label'],
  ['--storage', 'much'],
  ['--weight', '0'],
  ['--output', 'table'],
])('takes no %s %s', async (option, value) => {
  await expect(run('--print', option, value)).rejects.toThrow(CommanderError);
});

test('quotes texts that YAML 1.1 would read as something else', () => {
  const text = toYaml([{ a: 'on', b: 'yes', c: 'true', d: '0o17', e: '1e3', f: '12:30:45', g: 'plain' }]);
  expect(text).toBe('a: "on"\nb: "yes"\nc: "true"\nd: "0o17"\ne: "1e3"\nf: "12:30:45"\ng: plain\n');
});

test('prints any texts so that readers of YAML 1.1 and of YAML 1.2 read them as they were', () => {
  const numberLike = fc.stringMatching(/^[-+]?[0-9]{1,3}[obxeE_:.]?[0-9a-f_:.-]{0,6}$/);
  const text = fc.oneof(fc.string(), numberLike);
  fc.assert(
    fc.property(fc.dictionary(text, fc.oneof(text, fc.boolean(), fc.integer())), (object) => {
      const printed = toYaml([object]);
      for (const version of ['1.1', '1.2'] as const) expect({ ...parse(printed, { version }) }).toEqual({ ...object });
    }),
  );
});
