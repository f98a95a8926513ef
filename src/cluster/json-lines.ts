/** The JSON values of a stream that holds one a line. Text after the last line end is an event cut in half: it is dropped. Throws SyntaxError. */
export async function* jsonLines(chunks: AsyncIterable<string>): AsyncGenerator<unknown> {
  let rest = '';
  for await (const chunk of chunks) {
    // Only the new chunk is searched: an event of megabytes comes in many chunks.
    if (!chunk.includes('\n')) {
      rest += chunk;
      continue;
    }
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== '') yield JSON.parse(line);
    }
  }
}
