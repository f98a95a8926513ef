import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { clockOf, configSchema } from '../../src/core/config.ts';
import { loadConfig } from '../../src/core/config-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'barograph-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const source = 'source: { kind: trace, path: traces }\n';
let files = 0;

function load(text: string, flags: Record<string, unknown> = {}) {
  files += 1;
  const path = join(folder, `${files}.yaml`);
  writeFileSync(path, text);
  return loadConfig(configSchema, path, flags);
}

/** The message with which a configuration is refused. */
function refusal(text: string, flags: Record<string, unknown> = {}): string {
  try {
    load(text, flags);
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    return (error as Error).message;
  }
  return 'it was accepted';
}

describe('a configuration', () => {
  test('of a source alone has defaults for all else', () => {
    expect(load(source)).toMatchObject({
      source: { kind: 'trace', path: 'traces' },
      server: { address: '0.0.0.0:8443' },
      knowledge: { kind: 'sqlite' },
      mode: 'observe',
      maxMode: 'enforce',
      objective: { cpuExceeded: 0.01, memoryExceeded: 0.001 },
      training: { enabled: true, step: 300, history: 14 * 86_400 },
      outlook: { step: 1800, horizon: 43_200, maxAge: 1800 },
      cache: { maxBytes: 2 ** 28 },
      extender: { targetUtilisation: 0.8, refuse: true },
      log: { level: 'info' },
    });
  });

  test('reads durations, percentages, quantities and risks with their units', () => {
    const config = load(`${source}
training: { step: 1m, history: 1d12h, forgetAfter: 2w }
cache: { maxBytes: 1.5Gi }
extender: { targetUtilisation: 92.5% }
objective: { cpuExceeded: 0.05%, memoryExceeded: 100% }
`);
    expect(config.training).toMatchObject({ step: 60, history: 129_600, forgetAfter: 1_209_600 });
    expect(config.cache.maxBytes).toBe(1.5 * 2 ** 30);
    expect(config.extender.targetUtilisation).toBeCloseTo(0.925, 12);
    expect(config.objective).toEqual({ cpuExceeded: 0.0005, memoryExceeded: 1 });
  });

  test('of Prometheus keeps its own defaults', () => {
    const config = load('source: { kind: prometheus, url: "http://prometheus:9090" }\n');
    expect(config.source).toMatchObject({ timeout: 30, retryBudget: 300, selector: '', auth: {}, queries: {} });
  });

  test('takes flags over the file, the file over defaults', () => {
    const text = `${source}mode: off\nserver: { address: "127.0.0.1:1", certs: here }\n`;
    const config = load(text, {
      mode: 'enforce',
      server: { address: '127.0.0.1:2', certs: undefined },
      log: undefined,
    });
    expect(config.mode).toBe('enforce');
    expect(config.server).toMatchObject({ address: '127.0.0.1:2', certs: 'here' });
    expect(config.log.level).toBe('info');
  });

  test('needs no file when flags say enough', () => {
    expect(loadConfig(configSchema, undefined, { source: { kind: 'trace', path: 'x' } }).mode).toBe('observe');
    expect(() => loadConfig(configSchema, undefined, {})).toThrow(/^the command line:\n {2}source: /);
  });
});

describe('a key that is not known is refused with the nearest known one', () => {
  test.each([
    ['mod: observe', "mod: unknown key; did you mean 'mode'?"],
    ['Mode: observe', "Mode: unknown key; did you mean 'mode'?"],
    ['server: { adress: x }', "server.adress: unknown key; did you mean 'address'?"],
    ['training: { stepp: 5m }', "training.stepp: unknown key; did you mean 'step'?"],
    ['objective: { cpuExceded: 1% }', "objective.cpuExceded: unknown key; did you mean 'cpuExceeded'?"],
    ['clock: { start: "2026-01-01T00:00:00Z", ratte: 2 }', "clock.ratte: unknown key; did you mean 'rate'?"],
    ['log: { zzzzzz: 1 }', 'log.zzzzzz: unknown key; known keys: level'],
  ])('%s', (line, expected) => {
    expect(refusal(`${source}${line}\n`)).toContain(expected);
  });

  test('inside a source, whose keys depend on its kind', () => {
    expect(refusal('source: { kind: trace, path: x, pth: y }\n')).toContain(
      "source.pth: unknown key; did you mean 'path'?",
    );
    const nested =
      'source: { kind: prometheus, url: "http://p:9090", auth: { usrname: x }, queries: { nodeCpuu: x } }\n';
    expect(refusal(nested)).toContain("source.auth.usrname: unknown key; did you mean 'username'?");
    expect(refusal(nested)).toContain("source.queries.nodeCpuu: unknown key; did you mean 'nodeCpu'?");
  });

  test('and all problems are named at once, with the file', () => {
    const message = refusal(`${source}mod: observe\nmaxMode: never\nlog: { level: loud }\n`);
    expect(message).toMatch(/^.*\.yaml:\n/);
    for (const part of ['mod: unknown key', 'maxMode: ', 'log.level: ']) expect(message).toContain(part);
  });
});

describe('a value that cannot be used is refused', () => {
  test.each([
    ['', 'source: '],
    ['source: { kind: graphite, url: x }', 'source.kind: '],
    ['source: { kind: prometheus, url: prometheus }', 'source.url: '],
    ['source: { kind: prometheus, url: "ftp://p" }', 'source.url: '],
    ['source: { kind: trace }', 'source.path: '],
    ['source: trace', 'source: '],
    [`${source}mode: sometimes`, 'mode: '],
    [`${source}mode: [observe]`, 'mode: '],
    [`${source}training: { step: 5 }`, 'training.step: '],
    [`${source}training: { step: 5x }`, "training.step: expected a duration such as 5m or 14d, received '5x'"],
    [`${source}training: { step: 0s }`, "training.step: expected a duration such as 5m or 14d, received '0s'"],
    [`${source}training: { enabled: perhaps }`, 'training.enabled: '],
    [
      `${source}cache: { maxBytes: much }`,
      "cache.maxBytes: expected a quantity such as 250m, 2 or 1.5Gi, received 'much'",
    ],
    [
      `${source}extender: { targetUtilisation: "0.8" }`,
      'extender.targetUtilisation: expected a percentage such as 80%',
    ],
    [`${source}extender: { targetUtilisation: 120% }`, 'extender.targetUtilisation: expected a percentage such as 80%'],
    [`${source}objective: { cpuExceeded: 0% }`, 'objective.cpuExceeded: slo.barograph.dev/cpu-exceeded: expected'],
    [`${source}objective: { memoryExceeded: 101% }`, 'objective.memoryExceeded: slo.barograph.dev/memory-exceeded: '],
    [`${source}knowledge: { kind: sqlite }`, 'knowledge.path: '],
    [`${source}clock: { start: yesterday }`, 'clock.start: '],
    [`${source}clock: { start: "2026-01-01T00:00:00Z", rate: 0 }`, 'clock.rate: '],
    [`${source}server: { hosts: localhost }`, 'server.hosts: '],
  ])('%j', (text, expected) => {
    expect(refusal(`${text}\n`)).toContain(expected);
  });
});

describe('a file that cannot be read is refused', () => {
  test('because it is not there', () => {
    const path = join(folder, 'none.yaml');
    expect(() => loadConfig(configSchema, path, {})).toThrow(/cannot read the configuration file .*none\.yaml/);
  });

  test.each([
    ['mode: [observe', 'Flow sequence'],
    ['mode: off\nmode: observe\n', 'keys must be unique'],
    ['- a\n- b\n', 'expected a mapping of keys to values'],
    ['just words\n', 'expected a mapping of keys to values'],
  ])('because of its YAML: %j', (text, expected) => {
    expect(refusal(text)).toContain(expected);
  });

  test('an alias that unfolds without end is stopped', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [below, name] of ['ab', 'bc', 'cd', 'de', 'ef'].map((pair) => [pair[0], pair[1]])) {
      bomb.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${below}`).join(', ')}]`);
    }
    expect(() => load(`${bomb.join('\n')}\n`)).toThrow();
  });
});

describe('the clock of a configuration', () => {
  test('is the machine’s by default', () => {
    expect(Math.abs(clockOf(load(source), 0).nowSeconds() - Date.now() / 1000)).toBeLessThan(5);
  });

  test('shows its start when the process started, or at a given time of the machine, and runs at its rate', () => {
    const started = performance.timeOrigin + performance.now() - 10_000;
    const clock = 'start: "2026-01-01T00:00:00Z", rate: 300';
    const begun = clockOf(load(`${source}clock: { ${clock} }\n`), started).nowSeconds();
    expect(begun - Date.parse('2026-01-01T00:00:00Z') / 1000).toBeGreaterThanOrEqual(3000);
    const at = new Date(Math.floor(started)).toISOString();
    const anchored = clockOf(load(`${source}clock: { ${clock}, at: "${at}" }\n`), started + 5000).nowSeconds();
    expect(anchored).toBeGreaterThanOrEqual(begun - 1);
  });
});
