import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { BarographError } from '../core/errors.ts';
import { listTraceFiles, unreadable } from './trace-files.ts';
import { type Line, linesOf } from './trace-lines.ts';
import { readHeader, readRow, type TraceRow, traceInvalid } from './trace-row.ts';
import { parseTraceSeries } from './trace-series.ts';

/** Some consecutive lines of a file, and the times that they are about. */
export interface TraceBlock {
  readonly file: TraceFile;
  readonly firstLine: number;
  readonly offset: number;
  readonly bytes: number;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

export interface TraceFile {
  readonly path: string;
  /** The series that the whole file is about, from its path; undefined where rows name theirs. */
  readonly series: string | undefined;
}

/** Where in which file which times are. Small: a block is some thousand rows. */
export interface TraceIndex {
  /** By their first time. */
  readonly blocks: readonly TraceBlock[];
  readonly rows: number;
  /** The names of all series, sorted. */
  readonly series: readonly string[];
  /** The first and the last time of all; NaN without rows. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

const blockBytes = 64 * 1024;

/** Reads a file, or every .csv file below a folder, once, checks every row, and notes where which times are. Throws TRACE_INVALID. */
export async function indexTraces(path: string): Promise<TraceIndex> {
  const indexed: FileIndexer[] = [];
  for (const file of await listTraceFiles(path)) indexed.push(await indexFile(path, file));
  const blocks = indexed.flatMap((file) => file.blocks).sort((a, b) => a.fromSeconds - b.fromSeconds);
  const series = new Set(indexed.flatMap((file) => [...file.series]));
  const last = blocks.reduce((latest, block) => Math.max(latest, block.toSeconds), Number.NEGATIVE_INFINITY);
  return {
    blocks,
    rows: indexed.reduce((sum, file) => sum + file.rows, 0),
    series: [...series].sort(),
    fromSeconds: blocks[0]?.fromSeconds ?? Number.NaN,
    toSeconds: blocks.length === 0 ? Number.NaN : last,
  };
}

/** The first and the last time that each file is about; files without rows are left out. Throws TRACE_INVALID. */
export async function traceExtent(
  path: string,
): Promise<{ readonly file: string; readonly fromSeconds: number; readonly toSeconds: number }[]> {
  const extents = new Map<string, { file: string; fromSeconds: number; toSeconds: number }>();
  for (const { file, fromSeconds, toSeconds } of (await indexTraces(path)).blocks) {
    const held = extents.get(file.path) ?? { file: file.path, fromSeconds, toSeconds };
    extents.set(file.path, {
      file: file.path,
      fromSeconds: Math.min(held.fromSeconds, fromSeconds),
      toSeconds: Math.max(held.toSeconds, toSeconds),
    });
  }
  return [...extents.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** The rows of a block, with their series. Throws TRACE_INVALID when the file is not any more what it was. */
export async function readBlock({ file, firstLine, offset, bytes }: TraceBlock): Promise<TraceRow[]> {
  const handle = await open(file.path).catch((cause) => {
    throw unreadable(file.path, cause);
  });
  try {
    const buffer = Buffer.alloc(bytes);
    const { bytesRead } = await handle.read(buffer, 0, bytes, offset);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    return lines.flatMap((text, i) => {
      if (text.trim() === '') return [];
      const row = readRow(text, file.series === undefined, { path: file.path, line: firstLine + i });
      return [file.series === undefined ? row : { ...row, series: file.series }];
    });
  } finally {
    await handle.close();
  }
}

async function indexFile(root: string, path: string): Promise<FileIndexer> {
  const indexer = new FileIndexer(root, path);
  try {
    for await (const lines of linesOf(createReadStream(path, { highWaterMark: blockBytes }))) indexer.take(lines);
  } catch (cause) {
    throw cause instanceof BarographError ? cause : unreadable(path, cause);
  }
  if (!indexer.isStarted) throw traceInvalid({ path, line: 1 }, 'a header', '');
  return indexer;
}

/** The path below the folder that is read; of a file that is read alone, the end of its path. */
export function seriesOfPath(root: string, path: string): string {
  const parts = (root === path ? resolve(path) : relative(root, path)).replace(/\.csv$/, '').split(sep);
  const isNode = parts.at(-1)?.startsWith('node:');
  return (root === path ? parts.slice(isNode ? -1 : -4) : parts).join('/');
}

/** Puts the lines of a file that were read together into one block. */
class FileIndexer {
  readonly #root: string;
  readonly #path: string;
  #file: TraceFile | undefined;
  readonly series = new Set<string>();
  readonly blocks: TraceBlock[] = [];
  rows = 0;

  constructor(root: string, path: string) {
    this.#root = root;
    this.#path = path;
  }

  get isStarted(): boolean {
    return this.#file !== undefined;
  }

  take(lines: readonly Line[]): void {
    let block: TraceBlock | undefined;
    for (const line of lines) {
      if (this.#file === undefined) this.#file = this.#start(line);
      else if (line.text.trim() !== '') block = this.#add(this.#file, line, block);
    }
    if (block !== undefined) this.blocks.push(block);
  }

  #start({ text, number }: Line): TraceFile {
    const path = this.#path;
    if (readHeader(text, { path, line: number }).hasSeries) return { path, series: undefined };
    const series = seriesOfPath(this.#root, path);
    this.#learn(series, number);
    return { path, series };
  }

  #add(file: TraceFile, { offset, number, text }: Line, block: TraceBlock | undefined): TraceBlock {
    const { timeSeconds, series } = readRow(text, file.series === undefined, { path: file.path, line: number });
    if (file.series === undefined) this.#learn(series, number);
    this.rows += 1;
    return {
      file,
      firstLine: block?.firstLine ?? number,
      offset: block?.offset ?? offset,
      bytes: offset + Buffer.byteLength(text) + 1 - (block?.offset ?? offset),
      fromSeconds: Math.min(block?.fromSeconds ?? timeSeconds, timeSeconds),
      toSeconds: Math.max(block?.toSeconds ?? timeSeconds, timeSeconds),
    };
  }

  #learn(series: string, line: number): void {
    if (this.series.has(series)) return;
    if (parseTraceSeries(series) === undefined) {
      const expected = 'a series such as shop/Deployment/cart/app, shop/Deployment/cart/app@POD@NODE or node:NAME';
      throw traceInvalid({ path: this.#path, line }, expected, series);
    }
    this.series.add(series);
  }
}
