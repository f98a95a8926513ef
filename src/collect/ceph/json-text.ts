import { BarographError } from '../../core/errors.ts';

/** The JSON in a text. Throws SOURCE_UNAVAILABLE, naming the place it came from. */
export function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const received = text.trim() === '' ? 'nothing' : `'${text.trim().slice(0, 80)}'`;
    throw new BarographError('SOURCE_UNAVAILABLE', `${place}: expected JSON, received ${received}`, { cause });
  }
}
