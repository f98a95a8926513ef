import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { CephMapConfig } from '../../core/config.ts';
import type { DiskReading } from '../../core/disk.ts';
import { BarographError } from '../../core/errors.ts';
import { Credentials } from '../prometheus-credentials.ts';
import { exchange } from '../prometheus-exchange.ts';
import { fieldsAt } from '../smart/json-fields.ts';
import { smartctlReading } from '../smart/smartctl.ts';
import { type ClusterMap, clusterMapOf } from './cluster-map.ts';
import type { CephDocuments, DeviceOfOsd } from './documents.ts';
import { parseJson } from './json-text.ts';

type DashboardConfig = Extract<CephMapConfig, { kind: 'dashboard' }>;

const mostBytes = 256 * 2 ** 20;
/** The API refuses callers that do not say which version they speak. */
const mediaType = 'application/vnd.ceph.api.v1.0+json';
/** The dashboard locks an account after ten wrong passwords: the same one is not tried again for this long. */
const refusedSeconds = 600;
const tokenSchema = z.object({ token: z.string().min(1) });

/** Asks the REST API of the managers' dashboard module, as a user who may only read. A standby manager's redirect is not followed: name the service in front of them. */
export class DashboardMap implements CephDocuments {
  readonly #config: DashboardConfig;
  readonly #clock: Clock;
  readonly #base: URL;
  readonly #credentials: Credentials;
  #token: string | undefined;
  #refused: { readonly password: string; readonly seconds: number } | undefined;

  constructor(config: DashboardConfig, clock: Clock) {
    const url = new URL(config.url);
    this.#config = config;
    this.#clock = clock;
    this.#base = new URL(`${url.origin}${url.pathname.replace(/\/$/, '')}/`);
    const { authorityFile } = config;
    this.#credentials = new Credentials(authorityFile === undefined ? {} : { authorityFile }, this.#base);
  }

  async readMap(signal: AbortSignal | undefined): Promise<ClusterMap> {
    const { health, osd_map: osdDump } = fieldsAt(await this.#get('api/health/full', signal));
    return clusterMapOf({ osdDump, crush: fieldsAt(osdDump).crush, health }, this.#base.href);
  }

  /** Read by the OSD at this moment: the API has no past ones. */
  async readDevice({ id, osd }: DeviceOfOsd, signal: AbortSignal | undefined): Promise<readonly DiskReading[]> {
    const path = `api/osd/${osd}/smart`;
    const found = fieldsAt(await this.#get(path, signal))[id];
    if (found === undefined || fieldsAt(found).error !== undefined) return [];
    return [{ ...smartctlReading(found, `${path}: ${id}`), timeSeconds: this.#clock.nowSeconds() }];
  }

  close(): void {
    this.#credentials.close();
  }

  async #get(path: string, signal: AbortSignal | undefined): Promise<unknown> {
    const answer = await this.#call(path, { authorization: `Bearer ${await this.#logIn(signal)}` }, undefined, signal);
    if (answer.status !== 401) return this.#accept(path, answer);
    // A token lives for eight hours, and no longer than the manager's memory of it.
    this.#token = undefined;
    const headers = { authorization: `Bearer ${await this.#logIn(signal)}` };
    return this.#accept(path, await this.#call(path, headers, undefined, signal));
  }

  async #logIn(signal: AbortSignal | undefined): Promise<string> {
    if (this.#token !== undefined) return this.#token;
    const password = await this.#password();
    const now = this.#clock.nowSeconds();
    if (this.#refused?.password === password && now - this.#refused.seconds < refusedSeconds) {
      throw this.#unavailable('api/auth', 'a refusal of this password a while ago: set the right one, or wait');
    }
    const answer = await this.#call('api/auth', {}, { username: this.#config.username, password }, signal);
    this.#refused = answer.status >= 400 && answer.status < 500 ? { password, seconds: now } : undefined;
    const parsed = tokenSchema.safeParse(this.#accept('api/auth', answer));
    if (!parsed.success) throw this.#unavailable('api/auth', 'an answer without a token');
    this.#token = parsed.data.token;
    return this.#token;
  }

  async #call(
    path: string,
    headers: Record<string, string>,
    json: unknown,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const exchanged = await exchange({
      url: new URL(path, this.#base),
      json,
      options: { headers: { accept: mediaType, ...headers }, agent: this.#credentials.agent() },
      timeoutSeconds: this.#config.timeout,
      maxBytes: mostBytes,
      signal,
    });
    if (exchanged.kind === 'answered') return exchanged;
    if (exchanged.kind === 'failed') throw this.#unavailable(path, 'no answer', exchanged.cause);
    throw this.#unavailable(
      path,
      exchanged.kind === 'silent' ? 'no whole answer in time' : 'more than is read at once',
    );
  }

  #accept(path: string, { status, text }: { readonly status: number; readonly text: string }): unknown {
    if (status === 200 || status === 201) return parseJson(text, `${this.#base.href}${path}`);
    // The answer to a refused log-in does not hold what was sent.
    throw this.#unavailable(path, `status ${status}: ${text.slice(0, 200)}`);
  }

  #unavailable(path: string, reason: string, cause?: unknown): BarographError {
    const message = `expected an answer of ${this.#base.href}${path}, received ${reason}`;
    return new BarographError('SOURCE_UNAVAILABLE', message, cause === undefined ? undefined : { cause });
  }

  async #password(): Promise<string> {
    const path = this.#config.passwordFile;
    try {
      return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
    } catch (cause) {
      throw new BarographError('SOURCE_UNAVAILABLE', `cannot read ${path}, named in storage.ceph.map.passwordFile`, {
        cause,
      });
    }
  }
}
