import { crc32 } from 'node:zlib';
import { BarographError } from '../core/errors.ts';
import type { ContainerForecast, PooledRequest, ResourceForecast } from '../core/outlook.ts';

const version = 1;
const headerBytes = 12;
const checkedFrom = 8;

interface Head {
  id: string;
  fromSeconds: number;
  toSeconds: number;
  samples: number;
  version: number;
  models: [string, string];
  risks: [number, number];
  steps: number;
  /** Of cpu and memory; absent in what earlier releases wrote. */
  pooled?: [PooledRequest | null, PooledRequest | null];
}

/**
 * One container's forecast in bytes, little-endian: u32 codec version, u32 CRC-32 of all that follows it, u32 length of
 * a JSON head, the head, then for cpu and memory risks, lower, values, upper (f64) and mean, variance (f32).
 */
export function encodeForecast(forecast: ContainerForecast): Uint8Array {
  const head: Head = {
    id: forecast.id,
    fromSeconds: forecast.fromSeconds,
    toSeconds: forecast.toSeconds,
    samples: forecast.samples,
    version: forecast.version,
    models: [forecast.cpu.model, forecast.memory.model],
    risks: [forecast.cpu.risks.length, forecast.memory.risks.length],
    steps: forecast.cpu.mean.length,
    pooled: [forecast.cpu.pooled ?? null, forecast.memory.pooled ?? null],
  };
  const headBytes = new TextEncoder().encode(JSON.stringify(head));
  const arrays = [forecast.cpu, forecast.memory].flatMap((of) => [
    of.risks,
    of.lower,
    of.values,
    of.upper,
    of.mean,
    of.variance,
  ]);
  const length = arrays.reduce((sum, array) => sum + array.byteLength, headerBytes + headBytes.length);
  const bytes = new Uint8Array(length);
  bytes.set(headBytes, headerBytes);
  let offset = headerBytes + headBytes.length;
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
    offset += array.byteLength;
  }
  const view = new DataView(bytes.buffer);
  view.setUint32(0, version, true);
  view.setUint32(8, headBytes.length, true);
  view.setUint32(4, crc32(bytes.subarray(checkedFrom)), true);
  return bytes;
}

/** The inverse of encodeForecast. Throws OUTLOOK_INVALID when the bytes are damaged or of another version. */
export function decodeForecast(bytes: Uint8Array): ContainerForecast {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerBytes || view.getUint32(0, true) !== version) {
    throw new BarographError('OUTLOOK_INVALID', `expected a forecast of codec version ${version}, received another`);
  }
  if (view.getUint32(4, true) !== crc32(bytes.subarray(checkedFrom))) {
    throw new BarographError('OUTLOOK_INVALID', 'the checksum of a stored forecast does not match its bytes');
  }
  const headEnd = headerBytes + view.getUint32(8, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(headerBytes, headEnd))) as Head;
  let offset = headEnd;
  const take = (length: number): ArrayBuffer => {
    const copy = bytes.slice(offset, offset + length);
    offset += length;
    return copy.buffer as ArrayBuffer;
  };
  const resource = (index: 0 | 1): ResourceForecast => ({
    risks: new Float64Array(take(head.risks[index] * 8)),
    lower: new Float64Array(take(head.risks[index] * 8)),
    values: new Float64Array(take(head.risks[index] * 8)),
    upper: new Float64Array(take(head.risks[index] * 8)),
    mean: new Float32Array(take(head.steps * 4)),
    variance: new Float32Array(take(head.steps * 4)),
    model: head.models[index],
    pooled: head.pooled?.[index] ?? undefined,
  });
  const { id, fromSeconds, toSeconds, samples } = head;
  return { id, cpu: resource(0), memory: resource(1), fromSeconds, toSeconds, samples, version: head.version };
}

/** Bytes that a forecast holds in memory, about: its arrays and its texts. */
export function forecastBytes(forecast: ContainerForecast): number {
  const risks = forecast.cpu.risks.length + forecast.memory.risks.length;
  return 700 + 2 * forecast.id.length + risks * 4 * 8 + forecast.cpu.mean.length * 4 * 4;
}
