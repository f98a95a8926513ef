import { setTimeout as sleep } from 'node:timers/promises';
import type { PrometheusConfig } from '../core/config.ts';
import { BarographError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { type Outcome, outcomeOf } from './prometheus-answer.ts';
import { Credentials } from './prometheus-credentials.ts';
import { exchange } from './prometheus-exchange.ts';
import { RetryBudget } from './retry-budget.ts';

export interface PrometheusClientOptions {
  readonly config: Pick<PrometheusConfig, 'url' | 'auth' | 'timeout' | 'retryBudget'>;
  readonly logger: Logger;
  readonly maxAnswerBytes: number;
  /** From 0 to 1, for waits. */
  readonly random: () => number;
}

/** A call of the HTTP API: `path` below the configured URL; a POST when it has a form. */
export interface ApiCall {
  readonly path: string;
  readonly form?: Readonly<Record<string, string>>;
  /** Whether who asks can ask for less: then an answer that takes too long is not asked for again as it is. */
  readonly isDivisible: boolean;
}

export type Reply =
  | { readonly kind: 'data'; readonly data: unknown }
  | { readonly kind: 'too-large'; readonly reason: string };

/**
 * The HTTP API of one Prometheus. Failures are retried after waits that double, until nothing has succeeded for the budget; then, and when asking
 * again cannot help, SOURCE_UNAVAILABLE is thrown.
 */
export class PrometheusClient {
  readonly #options: PrometheusClientOptions;
  readonly #base: URL;
  readonly #credentials: Credentials;
  readonly #budget: RetryBudget;

  constructor(options: PrometheusClientOptions) {
    const url = new URL(options.config.url);
    this.#options = options;
    this.#budget = new RetryBudget(options.config.retryBudget, options.random);
    this.#credentials = new Credentials(options.config.auth, url);
    this.#base = new URL(`${url.origin}${url.pathname.replace(/\/$/, '')}/`);
  }

  /** The server's address without user and password, for messages. */
  get address(): string {
    return this.#base.href.replace(/\/$/, '');
  }

  async ask(call: ApiCall, signal: AbortSignal | undefined): Promise<Reply> {
    for (;;) {
      const outcome = await this.#try(call, signal);
      if (outcome.kind === 'data') return this.#succeeded(outcome);
      if (outcome.kind === 'too-large') return outcome;
      if (outcome.kind === 'refused') throw this.#unavailable(call, outcome.reason);
      const waitSeconds = this.#failed(call, outcome);
      if (outcome.kind === 'slow' && call.isDivisible) return { kind: 'too-large', reason: outcome.reason };
      await sleep(waitSeconds * 1000, undefined, { signal });
    }
  }

  close(): void {
    this.#credentials.close();
  }

  async #try(call: ApiCall, signal: AbortSignal | undefined): Promise<Outcome> {
    const { config, maxAnswerBytes } = this.#options;
    const timeout = call.form === undefined ? undefined : { timeout: `${Math.ceil(config.timeout)}s` };
    const exchanged = await exchange({
      url: new URL(call.path, this.#base),
      form: call.form === undefined ? undefined : new URLSearchParams({ ...call.form, ...timeout }),
      options: { headers: this.#credentials.headers(), agent: this.#credentials.agent() },
      timeoutSeconds: config.timeout,
      maxBytes: maxAnswerBytes,
      signal,
    });
    return outcomeOf(exchanged);
  }

  #succeeded({ data, warnings }: Extract<Outcome, { kind: 'data' }>): Reply {
    this.#budget.succeeded();
    if (warnings.length > 0) {
      this.#options.logger.warn({ warnings: warnings.slice(0, 5) }, 'the metrics server answered with warnings');
    }
    return { kind: 'data', data };
  }

  /** How long to wait before the next try. */
  #failed(call: ApiCall, { reason, ...rest }: Extract<Outcome, { kind: 'slow' | 'again' }>): number {
    const cause = 'cause' in rest ? rest.cause : undefined;
    const waitSeconds = this.#budget.failed('afterSeconds' in rest ? rest.afterSeconds : 0);
    if (waitSeconds === undefined) throw this.#unavailable(call, reason, cause);
    const fields = { error: cause, reason, failures: this.#budget.failures };
    // The first of a row at once: a wrong address must not stay unseen until the budget is spent.
    if (this.#budget.failures === 1) this.#options.logger.warn(fields, 'a query failed, it is tried again');
    else this.#options.logger.debug(fields, 'a query failed, it is tried again');
    return waitSeconds;
  }

  #unavailable(call: ApiCall, reason: string, cause?: unknown): BarographError {
    const path = call.path.split('?')[0];
    const message = `expected an answer of ${this.address} (${path}), received ${reason}`;
    return new BarographError('SOURCE_UNAVAILABLE', message, cause === undefined ? undefined : { cause });
  }
}
