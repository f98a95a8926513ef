import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BarographError, type ErrorCode, errorCodes } from '../../src/core/errors.ts';
import { failureOf } from '../../src/server/answer.ts';
import { apiEndpoints, hotEndpoints } from '../../src/server/endpoints.ts';
import { defaultLimits } from '../../src/server/limits.ts';
import { reviewedPrefix } from '../../src/server/token-access.ts';
import { admitObjectives } from '../../src/webhook/admit-objectives.ts';
import { asCode, type Fence, fencesOf, tableRowsOf } from '../docs/markdown.ts';
import { startEdge, type TestEdge } from './support/edge.ts';
import { fullDecision } from './support/full-decision.ts';
import { heldData } from './support/held-data.ts';
import { shapeDifferences } from './support/json-shape.ts';

const text = readFileSync(fileURLToPath(new URL('../../docs/http.md', import.meta.url)), 'utf8');
const sections = new Map(text.split(/^### /m).map((section) => [/^`([^`]+)`/.exec(section)?.[1] ?? '', section]));
const examples = fencesOf(text).filter(({ info }) => info.startsWith('json'));

function parse({ lines }: Fence): unknown {
  return JSON.parse(lines.join('\n'));
}

describe('docs/http.md', () => {
  let edge: TestEdge;

  beforeAll(async () => {
    const decision = async (id: string) => (id === 'full' ? fullDecision : heldData.decision(id));
    edge = await startEdge({
      data: { decision },
      ready: () => [{ name: 'cluster', ok: true, message: 'read' }],
      hot: { '/admission/objectives': admitObjectives },
    });
  });

  afterAll(() => edge.server.close(1));

  test('has a section for each endpoint and no other, with the most bytes of a body', () => {
    const expected = [
      ...Object.keys(hotEndpoints).map((path) => `POST ${path}`),
      ...apiEndpoints.map((path) => `GET ${path}`),
    ];
    expect([...sections.keys()].filter((title) => title !== '').sort()).toEqual(expected.sort());
    for (const [path, bytes] of Object.entries(hotEndpoints)) {
      expect(sections.get(`POST ${path}`)).toContain(`At most ${bytes / 2 ** 20} MiB.`);
    }
  });

  test('says which code comes with which status', () => {
    const byStatus = new Map<number, string[]>();
    for (const code of Object.keys(errorCodes) as ErrorCode[]) {
      const failure = failureOf(new BarographError(code, 'x'));
      const codes = byStatus.get(failure.status) ?? [];
      if (!codes.includes(failure.code)) byStatus.set(failure.status, [...codes, failure.code]);
    }
    const rows = tableRowsOf(text).filter(
      ({ cells }) => /^\d{3}$/.test(cells[0] ?? '') && /^`[A-Z_]+`/.test(cells[1] ?? ''),
    );
    const documented = new Map(
      rows.map(({ cells }) => [Number(cells[0]), (cells[1] ?? '').split(', ').map((code) => asCode(code))]),
    );
    expect(documented).toEqual(new Map([...byStatus].sort(([a], [b]) => a - b)));
  });

  test('says what the limits are', () => {
    const { bodyBytes: _, ...limits } = defaultLimits;
    const rows = tableRowsOf(text).flatMap(({ cells }) => {
      const key = asCode(cells[0]);
      return key !== undefined && key in defaultLimits ? [[key, Number(cells[1])] as const] : [];
    });
    expect(Object.fromEntries(rows)).toEqual(limits);
  });

  test('says under which prefix the right to read is asked for', () => {
    expect(text).toContain(`nonResourceURLs: ["${reviewedPrefix}/api/v1/*"]`);
  });

  test('shows JSON that can be read, and a patch that can be applied', () => {
    for (const example of examples) expect(() => parse(example)).not.toThrow();
    const patch = /"patch": "([^"]+)"/.exec(text)?.[1] ?? '';
    const operations = JSON.parse(Buffer.from(patch, 'base64').toString()) as { op: string; path: string }[];
    expect(operations.map(({ op }) => op)).toContain('add');
    expect(operations.at(-1)?.path).toBe('/metadata/annotations/barograph.dev~1decision');
  });

  test('shows what the code answers to a wrong annotation', async () => {
    const [request, answer] = fencesOf(sections.get('POST /admission/objectives') ?? '');
    const body = (request?.lines ?? []).join('\n');
    const received = await edge.call('POST', '/admission/objectives', { body });
    expect(received.json()).toEqual(JSON.parse((answer?.lines ?? []).join('\n')));
  });

  test.each([
    ['/healthz', '/healthz'],
    ['/readyz', '/readyz'],
    ['/api/v1/status', '/api/v1/status'],
    ['/api/v1/decisions', '/api/v1/decisions'],
    ['/api/v1/decisions/{id}', '/api/v1/decisions/full'],
    ['/api/v1/forecasts/{namespace}/{kind}/{name}', '/api/v1/forecasts/shop/Deployment/checkout'],
    ['/api/v1/outlook', '/api/v1/outlook'],
    ['/api/v1/storage', '/api/v1/storage'],
  ])('shows an answer of %s that has the keys of real ones', async (endpoint, path) => {
    const example = examples.find(({ info }) => info === `json GET ${endpoint}`);
    const received = await edge.call('GET', path);
    expect(received.status).toBe(200);
    expect(shapeDifferences(example && parse(example), received.json())).toEqual([]);
  });
});
