import { expect, test } from 'vitest';
import { linkProblems } from './links.ts';

const one = (text: string, path = 'docs/a.md') => ({ path, text });
const nothing = (): boolean => false;

test.each([
  ['[b](b.md)', 'docs/a.md:1: the link to b.md leads nowhere: there is no docs/b.md'],
  ['\n[up](../README.md "title")', 'docs/a.md:2: the link to ../README.md leads nowhere: there is no README.md'],
  ['# One\n[self](#two)', 'docs/a.md:2: the link to #two leads nowhere: docs/a.md has no heading #two'],
  ['![picture](<p.png>)', 'docs/a.md:1: the link to p.png leads nowhere: there is no docs/p.png'],
])('%j leads nowhere', (text, problem) => {
  expect(linkProblems([one(text)], nothing)).toEqual([problem]);
});

test.each([
  '[b](https://example.com/x.md) and [c](mailto:a@example.com)',
  '`[code](b.md)`',
  '```\n[block](b.md)\n```',
  '# One & two: `three`\n[self](#one--two-three)',
  '## Same\n## Same\n[second](#same-1)',
])('%j is no link, or leads somewhere', (text) => {
  expect(linkProblems([one(text)], nothing)).toEqual([]);
});

test('leads to other documents, their headings, and files that are there', () => {
  const documents = [one('[b](b.md#head) [c](../LICENSE)'), one('# Head', 'docs/b.md')];
  expect(linkProblems(documents, (path) => path === 'LICENSE')).toEqual([]);
});
