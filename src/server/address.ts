import { BarographError } from '../core/errors.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

const pattern = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/;
const highestPort = 65_535;

/** Reads `host:port`, `:port` (all interfaces) or `[::1]:port`; port 0 means any free one. Throws CONFIG_INVALID. */
export function parseAddress(text: string): Address {
  const [, ipv6, host, digits] = pattern.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > highestPort) {
    const expected = 'expected host:port such as 0.0.0.0:8443 or [::1]:8443';
    throw new BarographError('CONFIG_INVALID', `server.address: ${expected}, received '${text}'`);
  }
  return { host: ipv6 ?? (host || '::'), port };
}

/** Where a client on this machine reaches a server that listens there. */
export function urlOf({ host, port }: Address): string {
  if (host === '0.0.0.0' || host === '::') return `https://localhost:${port}`;
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
