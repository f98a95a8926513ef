import { parentPort, workerData } from 'node:worker_threads';
import { TableLock } from '../../../src/extender/table-lock.ts';

// Reads nodes of `width` equal numbers while another thread writes them, and says how often it saw unequal ones.
const { counts, cells, width, over } = workerData as {
  readonly counts: Int32Array;
  readonly cells: Float64Array;
  readonly width: number;
  /** Becomes 1 when it is enough. */
  readonly over: Int32Array;
};

const lock = new TableLock(counts);
const nodes = cells.length / width;
const indices = Int32Array.from({ length: nodes }, (_, node) => nodes - 1 - node);
const least = new Float64Array(nodes);
const most = new Float64Array(nodes);
let [torn, reads, again] = [0, 0, 0];
while (Atomics.load(over, 0) === 0) {
  const isWhole = lock.read(indices, nodes, (from, to) => {
    for (let place = from; place < to; place += 1) {
      const start = (indices[place] ?? 0) * width;
      const values = cells.subarray(start, start + width);
      least[place] = Math.min(...values);
      most[place] = Math.max(...values);
    }
  });
  reads += 1;
  if (!isWhole) again += 1;
  for (let place = 0; place < nodes; place += 1) if (least[place] !== most[place]) torn += 1;
}
parentPort?.postMessage({ torn, reads, again });
