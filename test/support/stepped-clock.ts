import { readFileSync } from 'node:fs';

// Loaded into a process by `--import`, and into its threads: the wall clock shows the machine's time and so many seconds as the file named in the query of
// this module's URL says, as if somebody set the machine's clock. What is monotonic stays so.
const path = new URL(import.meta.url).searchParams.get('file') ?? '';
const MachineDate = Date;
const machineNow = MachineDate.now.bind(MachineDate);
let offsetMilliseconds = 0;

function look(): void {
  try {
    const seconds = Number.parseFloat(readFileSync(path, 'utf8'));
    if (Number.isFinite(seconds)) offsetMilliseconds = 1000 * seconds;
  } catch {
    // Not stepped yet.
  }
}

const now = (): number => machineNow() + offsetMilliseconds;

globalThis.Date = new Proxy(MachineDate, {
  construct: (target, args) => Reflect.construct(target, args.length === 0 ? [now()] : args),
  apply: (target) => new target(now()).toString(),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
});

look();
setInterval(look, 20).unref();
