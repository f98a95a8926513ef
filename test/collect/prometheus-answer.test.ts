import { describe, expect, test } from 'vitest';
import { outcomeOf, seriesOf } from '../../src/collect/prometheus-answer.ts';

const answered = (status: number, text: string) => outcomeOf({ kind: 'answered', status, text, retryAfterSeconds: 0 });
const failed = (error: string) => JSON.stringify({ status: 'error', errorType: 'execution', error });

describe('answers of metrics servers', () => {
  test.each([
    ['Prometheus', 422, failed('query processing would load too many samples into memory in query execution')],
    ['Prometheus', 400, failed('exceeded maximum resolution of 11,000 points per timeseries. Try decreasing …')],
    [
      'Mimir',
      422,
      failed(
        'the query exceeded the maximum number of chunks (limit: 2000000 chunks) (err-mimir-max-chunks-per-query)',
      ),
    ],
    ['Thanos', 422, failed('exceeded series limit: limit 100 violated (got 101)')],
    ['VictoriaMetrics', 422, failed('cannot select more than -search.maxSamplesPerQuery=1000000000 samples')],
    ['a proxy', 413, 'too large'],
  ])('what %s says when an answer would be too large means: ask for less', (_, status, text) => {
    expect(answered(status, text).kind).toBe('too-large');
  });

  test.each([
    [503, failed('busy'), 'again'],
    [429, '', 'again'],
    [502, '<html>', 'again'],
    [200, '<html>', 'again'],
    [504, '', 'slow'],
    [503, JSON.stringify({ status: 'error', errorType: 'timeout', error: 'query timed out' }), 'slow'],
    [400, failed('parse error'), 'refused'],
    [401, '', 'refused'],
    [302, '', 'refused'],
  ])('status %i with %s means: %s', (status, text, kind) => {
    expect(answered(status, text).kind).toBe(kind);
  });

  test('warnings come with data', () => {
    expect(answered(200, '{"status":"success","data":{},"warnings":["partial"]}')).toEqual({
      kind: 'data',
      data: {},
      warnings: ['partial'],
    });
  });

  test('series of a matrix and of a vector are read; what is neither, or malformed, is not', () => {
    const metric = { pod: 'a' };
    expect(
      seriesOf({
        resultType: 'matrix',
        result: [
          {
            metric,
            values: [
              [1, '2'],
              [2, '+Inf'],
            ],
          },
        ],
      }),
    ).toEqual([
      {
        labels: metric,
        samples: [
          [1, 2],
          [2, Number.NaN],
        ],
      },
    ]);
    expect(seriesOf({ resultType: 'vector', result: [{ metric, value: [1, '2'] }] })).toHaveLength(1);
    for (const data of [
      undefined,
      [],
      { resultType: 'scalar', result: [1, '2'] },
      { resultType: 'matrix', result: [{}] },
    ]) {
      expect(seriesOf(data)).toBeUndefined();
    }
  });
});
