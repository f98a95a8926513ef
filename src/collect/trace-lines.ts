/** A line of a file: where it starts (bytes), its number, and its text without its end. */
export interface Line {
  readonly offset: number;
  readonly number: number;
  readonly text: string;
}

/** Cuts a stream of bytes into lines, one chunk of lines at a time. A last line without an end counts; an empty one does not. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly Line[]> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  let number = 1;
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const lines: Line[] = [];
    let start = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      lines.push({ offset: offset + start, number, text: textOf(bytes.subarray(start, end)) });
      start = end + 1;
      number += 1;
    }
    rest = bytes.subarray(start);
    offset += start;
    yield lines;
  }
  if (rest.length > 0) yield [{ offset, number, text: textOf(rest) }];
}

function textOf(bytes: Buffer): string {
  const end = bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length;
  return bytes.toString('utf8', 0, end);
}
