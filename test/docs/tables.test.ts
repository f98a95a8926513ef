import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { annotationExampleProblems, annotationProblems, keysInSource } from './annotations.ts';
import { configurationExampleProblems, configurationProblems } from './configuration.ts';
import { errorProblems } from './errors.ts';

function document(...lines: string[]): { path: string; text: string } {
  return { path: 'docs/x.md', text: lines.join('\n') };
}

test('errors that are missing, unknown or explained in other words are found', () => {
  const rows = ['| code | meaning |', '|---|---|', '| `A` | first |', '| `B` | other \\| words |', '| `C` | gone |'];
  expect(errorProblems(document(...rows), { A: 'first', B: 'second', D: 'fourth' })).toEqual([
    "docs/x.md:4: B means 'second' in src/core/errors.ts",
    'docs/x.md:5: no error has the code C',
    'docs/x.md:1: the error D is not documented',
  ]);
});

describe('the configuration', () => {
  const schema = z.strictObject({
    mode: z.enum(['on', 'off']).default('on'),
    place: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('a'), url: z.string() }),
      z.strictObject({ kind: z.literal('b'), path: z.string().optional() }),
    ]),
    inner: z.strictObject({ size: z.string().transform(Number).prefault('10') }).prefault({}),
  });
  const good = [
    '| `mode` | `on` | x |',
    '| `place.kind` | required | x |',
    '| `place.url` | required | x |',
    '| `place.path` | none | x |',
    '| `inner.size` | `10` | x |',
  ];

  test('is documented key by key, with its defaults', () => {
    expect(configurationProblems(document(...good), schema)).toEqual([]);
  });

  test('lacks keys, has others, or has other defaults', () => {
    const rows = ['| `mode` | `off` | x |', '| `extra` | none | x |', ...good.slice(1, -1)];
    expect(configurationProblems(document(...rows), schema)).toEqual([
      'docs/x.md:1: the default of mode is `on`, not `off`',
      'docs/x.md:2: the configuration has no key extra',
      'docs/x.md:1: the key inner.size is not documented',
    ]);
  });

  test('is what blocks marked as such hold', () => {
    const block = (...lines: string[]): string[] => ['```yaml barograph', ...lines, '```'];
    const right = block('place: { kind: b }');
    const wrong = block('place: { kind: b }', 'mod: on');
    const broken = block('place: [');
    const problems = configurationExampleProblems(document(...right, ...wrong, ...broken), schema);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(/^docs\/x\.md:5:[\s\S]*mod: unknown key; did you mean 'mode'/);
    expect(problems[1]).toMatch(/^docs\/x\.md:9: /);
  });
});

describe('annotations', () => {
  test('are those that source knows', () => {
    const known = keysInSource(["const key = 'barograph.dev/mode'; // 'barograph.dev/comment'"]);
    expect(known).toContain('slo.barograph.dev/latency');
    expect(known).not.toContain('barograph.dev/comment');
    const rows = [...known].filter((key) => !key.endsWith('latency')).map((key) => `| \`${key}\` | | x |`);
    expect(annotationProblems(document(...rows, '| `barograph.dev/wish` | | x |'), known)).toEqual([
      `docs/x.md:${rows.length + 1}: nothing in src knows barograph.dev/wish`,
      'docs/x.md:1: slo.barograph.dev/latency is known to src and not documented',
    ]);
  });

  test('in examples are judged by the parsers', () => {
    const problems = annotationExampleProblems(
      document(
        '```yaml valid',
        'slo.barograph.dev/cpu-exceeded: 1%',
        'slo.barograph.dev/cpu-exceeded: 0%',
        'barograph.dev/bounds: cpu ..2',
        'slo.barograph.dev/profile: 7',
        '```',
        '```yaml invalid',
        "slo.barograph.dev/cpu-exceeded: '1' # expected '%'",
        "slo.barograph.dev/cpu-exceeded: '1' # expected a miracle",
        'barograph.dev/bounds: cpu 1..2 # never',
        '```',
      ),
    );
    expect(problems).toEqual([
      expect.stringMatching(/^docs\/x\.md:3: expected to be valid: .*expected a percentage above 0/),
      'docs/x.md:5: the value of slo.barograph.dev/profile is no text in YAML: it needs quotes',
      expect.stringMatching(/^docs\/x\.md:9: expected an error with 'expected a miracle', received: /),
      'docs/x.md:10: expected to be invalid, and it is valid',
    ]);
  });
});
