import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { manifests } from '../../src/cli/install/manifests.ts';
import { installCommand } from '../../src/cli/install.ts';
import { configSchema } from '../../src/core/config.ts';
import { validateConfig } from '../../src/core/config-file.ts';
import { installOptions } from './install-options.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

function read(path: string): string {
  return readFileSync(`${root}${path}`, 'utf8');
}

describe('deploy/barograph.yaml', () => {
  test('is what the command in kustomization.yaml prints', async () => {
    const [, args = ''] =
      /barograph -- install (.+?) > deploy\/barograph\.yaml/.exec(read('deploy/kustomization.yaml')) ?? [];
    let printed = '';
    const command = installCommand((more) => {
      printed += more;
    });
    await command.parseAsync(args.split(' '), { from: 'user' });
    expect(read('deploy/barograph.yaml')).toBe(printed);
  });

  test('holds no key, and a configuration that is valid', () => {
    const objects = parseAllDocuments(read('deploy/barograph.yaml')).map((document) => document.toJS());
    expect(objects.map(({ kind }) => kind)).not.toContain('Secret');
    const { data } = objects.find(({ kind }) => kind === 'ConfigMap');
    expect(() => validateConfig(configSchema, parse(data['barograph.yaml']), 'the ConfigMap')).not.toThrow();
  });

  test('is what kustomize takes, with the image that kustomize renames', () => {
    const { resources, images } = parse(read('deploy/kustomization.yaml'));
    expect(resources).toEqual(['barograph.yaml']);
    expect(read('deploy/barograph.yaml')).toContain(`image: ${images[0].name}:`);
  });
});

describe('deploy/Dockerfile', () => {
  const lines = read('deploy/Dockerfile')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));
  const ignore = read('deploy/Dockerfile.dockerignore').trim().split('\n');

  test('copies what is there and what its ignore file lets through', () => {
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1))
      .map((path) => path.replace(/\/$/, ''));
    expect(copied).toContain('src');
    for (const path of copied) expect(existsSync(`${root}${path}`), path).toBe(true);
    expect(ignore).toEqual(['*', ...ignore.slice(1)]);
    expect(new Set(copied.map((path) => `!${path}`))).toEqual(new Set(ignore.slice(1)));
  });

  test('runs the program of package.json as the user of the Deployment', () => {
    const { bin } = JSON.parse(read('package.json'));
    const entry = JSON.parse(lines.find((line) => line.startsWith('ENTRYPOINT '))?.slice('ENTRYPOINT '.length) ?? '[]');
    expect(entry.at(0)).toBe('node');
    expect(entry.at(-1)).toBe(`/app/${bin.barograph}`);
    const deployment = manifests(installOptions()).find(({ kind }) => kind === 'Deployment');
    const { runAsUser } = JSON.parse(JSON.stringify(deployment)).spec.template.spec.securityContext;
    expect(lines).toContain(`USER ${runAsUser}:${runAsUser}`);
  });

  test('is built on the major version of Node that package.json asks for', () => {
    const { engines } = JSON.parse(read('package.json'));
    const major = /\d+/.exec(engines.node)?.[0];
    const images = lines.filter((line) => line.startsWith('FROM ')).map((line) => line.split(' ')[1]);
    expect(new Set(images)).toEqual(new Set([`node:${major}-bookworm-slim`]));
  });
});
