/** One line on the standard error that says what is done and how long it still takes. */
export interface ProgressLine {
  phase(text: string): void;
  update(share: number, secondsLeft: number | undefined): void;
  end(): void;
}

const onTerminalMilliseconds = 200;
const inLogMilliseconds = 10_000;

/** On a terminal the line is written over; in a log a new one comes every ten seconds. */
export function startProgress(output: NodeJS.WriteStream = process.stderr): ProgressLine {
  const pause = output.isTTY ? onTerminalMilliseconds : inLogMilliseconds;
  let phase = '';
  let written = performance.now();
  let isOpen = false;
  const write = (text: string): void => {
    written = performance.now();
    output.write(output.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
    isOpen = output.isTTY;
  };
  return {
    phase: (text) => {
      phase = text;
      write(`${phase} …`);
    },
    update: (share, secondsLeft) => {
      if (performance.now() - written < pause) return;
      const left = secondsLeft === undefined ? '' : `, about ${Math.ceil(secondsLeft)} s left`;
      write(`${phase}: ${Math.floor(100 * share)} %${left}`);
    },
    end: () => {
      if (isOpen) output.write('\r\x1b[K');
      isOpen = false;
    },
  };
}
