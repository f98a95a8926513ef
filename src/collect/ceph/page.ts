import { setTimeout as sleep } from 'node:timers/promises';
import type { CephMetricsConfig } from '../../core/config.ts';
import { BarographError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { Credentials } from '../prometheus-credentials.ts';
import { type Exchanged, exchange } from '../prometheus-exchange.ts';
import { RetryBudget } from '../retry-budget.ts';

export interface PageOptions {
  readonly url: string;
  readonly config: Pick<CephMetricsConfig, 'auth' | 'timeout' | 'retryBudget'>;
  readonly logger: Logger;
  /** From 0 to 1, for waits. */
  readonly random: () => number;
}

/** Some 250 lines of 80 bytes an OSD: enough for ten thousand of them. */
const mostBytes = 256 * 2 ** 20;

/** One page of metrics. Failures are retried after waits that double, until nothing has succeeded for the budget; then SOURCE_UNAVAILABLE is thrown. */
export class MetricsPage {
  readonly #options: PageOptions;
  readonly #url: URL;
  readonly #credentials: Credentials;

  constructor(options: PageOptions) {
    const url = new URL(options.url);
    this.#options = options;
    this.#credentials = new Credentials(options.config.auth, url);
    this.#url = new URL(`${url.origin}${url.pathname}${url.search}`);
  }

  /** The page's address without user and password, for messages. */
  get address(): string {
    return this.#url.href;
  }

  /** `isTriedOnce` does not retry: there are other pages to ask. */
  async read(signal: AbortSignal | undefined, isTriedOnce = false): Promise<string> {
    const { config, random } = this.#options;
    const budget = new RetryBudget(config.retryBudget, random);
    for (;;) {
      const exchanged = await this.#exchange(signal);
      if (exchanged.kind === 'answered' && exchanged.status === 200) return exchanged.text;
      const failure = this.#failure(exchanged);
      const waitSeconds = isTriedOnce || !canHeal(exchanged) ? undefined : budget.failed(askedToWait(exchanged));
      if (waitSeconds === undefined) throw failure;
      if (budget.failures === 1)
        this.#options.logger.warn({ error: failure }, 'a page of metrics failed, it is tried again');
      await sleep(waitSeconds * 1000, undefined, { signal });
    }
  }

  close(): void {
    this.#credentials.close();
  }

  #exchange(signal: AbortSignal | undefined): Promise<Exchanged> {
    const headers = { accept: 'text/plain', ...this.#credentials.headers() };
    return exchange({
      url: this.#url,
      options: { headers, agent: this.#credentials.agent() },
      timeoutSeconds: this.#options.config.timeout,
      maxBytes: mostBytes,
      signal,
    });
  }

  #failure(exchanged: Exchanged): BarographError {
    const message = `expected a page of metrics at ${this.address}, received ${describe(exchanged)}`;
    const cause = exchanged.kind === 'failed' ? { cause: exchanged.cause } : undefined;
    return new BarographError('SOURCE_UNAVAILABLE', message, cause);
  }
}

function describe(exchanged: Exchanged): string {
  switch (exchanged.kind) {
    case 'answered':
      return `status ${exchanged.status}`;
    case 'oversized':
      return `more than ${mostBytes / 2 ** 20} MiB`;
    case 'silent':
      return 'no whole answer in time';
    case 'failed':
      return 'no answer';
  }
}

/** A manager whose metrics are not collected yet, or too old by its own rule, answers 503. */
function canHeal(exchanged: Exchanged): boolean {
  if (exchanged.kind === 'oversized') return false;
  return (
    exchanged.kind !== 'answered' || exchanged.status >= 500 || exchanged.status === 429 || exchanged.status === 408
  );
}

function askedToWait(exchanged: Exchanged): number {
  return exchanged.kind === 'answered' ? exchanged.retryAfterSeconds : 0;
}
