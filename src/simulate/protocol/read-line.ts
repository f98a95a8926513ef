import { BarographError } from '../../core/errors.ts';
import type { PerResource } from '../../core/resource.ts';
import type { PolicySetup, PolicyStep } from '../policy.ts';

/** What a driver says in one line. */
export type DriverLine =
  | { readonly kind: 'reset'; readonly setup: PolicySetup }
  | { readonly kind: 'step'; readonly step: PolicyStep; readonly reply: boolean };

type Fields = Readonly<Record<string, unknown>>;

/** Reads the lines of a driver in their order (docs/policy-protocol.md); fields that are not known are passed over. */
export class DriverLines {
  #usage: PerResource<Float64Array> | undefined;
  #number = 0;
  #newest = Number.NEGATIVE_INFINITY;

  /** The arrays of a step are written over by the next line. Throws PROTOCOL_INVALID. */
  read(text: string): DriverLine {
    this.#number += 1;
    const fields = this.#fieldsOf(text);
    if (fields.type === 'reset') return this.#reset(fields);
    if (fields.type === 'step') return this.#step(fields);
    throw this.#invalid("'type' to be 'reset' or 'step'", fields.type);
  }

  #fieldsOf(text: string): Fields {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw this.#invalid('a JSON object', text, cause);
    }
    if (isFields(value)) return value;
    throw this.#invalid('a JSON object', text);
  }

  #reset({ stepSeconds, objective, series }: Fields): DriverLine {
    if (!isFields(objective)) throw this.#invalid("an object 'objective'", objective);
    if (!Array.isArray(series)) throw this.#invalid("an array 'series'", series);
    const setup: PolicySetup = {
      stepSeconds: this.#above('stepSeconds', stepSeconds),
      objective: {
        cpuExceeded: this.#atLeastZero('objective.cpuExceeded', objective.cpuExceeded),
        memoryExceededPerDay: this.#atLeastZero('objective.memoryExceededPerDay', objective.memoryExceededPerDay),
      },
      series: series.map((one: unknown, i) => this.#seriesOf(one, i)),
    };
    this.#usage = { cpu: new Float64Array(series.length), memory: new Float64Array(series.length) };
    this.#newest = Number.NEGATIVE_INFINITY;
    return { kind: 'reset', setup };
  }

  #seriesOf(one: unknown, i: number): PolicySetup['series'][number] {
    if (!isFields(one)) throw this.#invalid(`an object 'series[${i}]'`, one);
    if (typeof one.id !== 'string') throw this.#invalid(`a string 'series[${i}].id'`, one.id);
    return {
      id: one.id,
      capacity: {
        cpu: this.#atLeastZero(`series[${i}].cpuCapacityMillicores`, one.cpuCapacityMillicores),
        memory: this.#atLeastZero(`series[${i}].memoryCapacityBytes`, one.memoryCapacityBytes),
      },
    };
  }

  #step({ time, cpuMillicores, memoryBytes, outOfMemory, reply }: Fields): DriverLine {
    const usage = this.#usage;
    if (usage === undefined) throw this.#invalid("a line of type 'reset' first", 'step');
    if (typeof time !== 'number' || time <= this.#newest) {
      throw this.#invalid(`'time' to be a number above ${this.#newest}`, time);
    }
    if (typeof reply !== 'boolean') throw this.#invalid("'reply' to be true or false", reply);
    this.#take('cpuMillicores', cpuMillicores, usage.cpu);
    this.#take('memoryBytes', memoryBytes, usage.memory);
    const killed = this.#indexes(outOfMemory, usage.cpu.length);
    this.#newest = time;
    return { kind: 'step', step: { timeSeconds: time, usage, killed }, reply };
  }

  /** What is below zero is no measurement. */
  #take(name: string, values: unknown, into: Float64Array): void {
    if (!Array.isArray(values) || values.length !== into.length) {
      throw this.#invalid(`an array '${name}' of ${into.length}`, values);
    }
    for (let i = 0; i < into.length; i += 1) {
      const value: unknown = values[i];
      if (typeof value === 'number') into[i] = value >= 0 ? value : Number.NaN;
      else if (value === null) into[i] = Number.NaN;
      else throw this.#invalid(`'${name}[${i}]' to be a number or null`, value);
    }
  }

  #indexes(value: unknown, count: number): readonly number[] {
    if (!Array.isArray(value)) throw this.#invalid("an array 'outOfMemory'", value);
    const wrong = value.find((i: unknown) => !(Number.isInteger(i) && (i as number) >= 0 && (i as number) < count));
    if (wrong !== undefined) throw this.#invalid(`'outOfMemory' to hold indexes below ${count}`, wrong);
    return value as number[];
  }

  #atLeastZero(name: string, value: unknown): number {
    if (typeof value === 'number' && value >= 0) return value;
    throw this.#invalid(`'${name}' to be a number of at least 0`, value);
  }

  #above(name: string, value: unknown): number {
    if (typeof value === 'number' && value > 0) return value;
    throw this.#invalid(`'${name}' to be a number above 0`, value);
  }

  #invalid(expected: string, received: unknown, cause?: unknown): BarographError {
    const text = (typeof received === 'string' ? received : JSON.stringify(received)) ?? 'nothing';
    const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
    return new BarographError('PROTOCOL_INVALID', `line ${this.#number}: expected ${expected}, received '${shown}'`, {
      cause,
    });
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
