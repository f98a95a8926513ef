import { readFileSync, statSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { PrometheusConfig } from '../core/config.ts';
import { BarographError } from '../core/errors.ts';

type Auth = PrometheusConfig['auth'];
type Agent = HttpAgent | HttpsAgent;

/** Who we are to a Prometheus: headers and connections. Files are read again when they change; what they hold is in no message. */
export class Credentials {
  readonly #auth: Auth;
  readonly #fromUrl: string | undefined;
  readonly #isSecure: boolean;
  readonly #files = new Map<string, { readonly version: string; readonly text: string }>();
  #agent: { readonly version: string; readonly agent: Agent } | undefined;

  constructor(auth: Auth, url: URL) {
    this.#auth = auth;
    this.#isSecure = url.protocol === 'https:';
    const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    this.#fromUrl = user === ':' ? undefined : user;
  }

  /** Throws SOURCE_UNAVAILABLE when a file cannot be read. */
  headers(): Record<string, string> {
    const { bearerTokenFile, tenant } = this.#auth;
    const headers: Record<string, string> = {};
    const user = this.#user();
    if (bearerTokenFile !== undefined) headers.authorization = `Bearer ${this.#read(bearerTokenFile).text.trim()}`;
    else if (user !== undefined) headers.authorization = `Basic ${Buffer.from(user).toString('base64')}`;
    if (tenant !== undefined) headers['X-Scope-OrgID'] = tenant;
    return headers;
  }

  /** Keeps connections open; a new one when a certificate changed. Throws SOURCE_UNAVAILABLE when a file cannot be read. */
  agent(): Agent {
    const { certificateFile, keyFile, authorityFile } = this.#auth;
    const [cert, key, ca] = [certificateFile, keyFile, authorityFile].map((path) =>
      path === undefined ? undefined : this.#read(path),
    );
    const version = `${cert?.version} ${key?.version} ${ca?.version}`;
    if (this.#agent?.version === version) return this.#agent.agent;
    this.#agent?.agent.destroy();
    const tls = { ...(cert && { cert: cert.text }), ...(key && { key: key.text }), ...(ca && { ca: ca.text }) };
    const agent = this.#isSecure ? new HttpsAgent({ keepAlive: true, ...tls }) : new HttpAgent({ keepAlive: true });
    this.#agent = { version, agent };
    return agent;
  }

  close(): void {
    this.#agent?.agent.destroy();
    this.#agent = undefined;
  }

  #user(): string | undefined {
    const { username, passwordFile } = this.#auth;
    if (username === undefined) return this.#fromUrl;
    // A password may end in a space, but a file's last line ends in a newline.
    const password = passwordFile === undefined ? '' : this.#read(passwordFile).text.replace(/\r?\n$/, '');
    return `${username}:${password}`;
  }

  #read(path: string): { readonly version: string; readonly text: string } {
    try {
      const { ino, mtimeMs, size } = statSync(path);
      const version = `${ino} ${mtimeMs} ${size}`;
      const held = this.#files.get(path);
      if (held?.version === version) return held;
      const read = { version, text: readFileSync(path, 'utf8') };
      this.#files.set(path, read);
      return read;
    } catch (cause) {
      throw new BarographError('SOURCE_UNAVAILABLE', `cannot read ${path}, named in source.auth`, { cause });
    }
  }
}
