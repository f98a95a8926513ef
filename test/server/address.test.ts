import { describe, expect, test } from 'vitest';
import { parseAddress, urlOf } from '../../src/server/address.ts';

describe('an address to listen on', () => {
  test.each([
    ['0.0.0.0:8443', { host: '0.0.0.0', port: 8443 }, 'https://localhost:8443'],
    [':8443', { host: '::', port: 8443 }, 'https://localhost:8443'],
    ['localhost:0', { host: 'localhost', port: 0 }, 'https://localhost:0'],
    ['[::1]:443', { host: '::1', port: 443 }, 'https://[::1]:443'],
  ])('%s is read, and clients here reach it', (text, address, url) => {
    expect(parseAddress(text)).toEqual(address);
    expect(urlOf(address)).toBe(url);
  });

  test.each(['', '8443', 'host', 'host:', 'host:x', 'host:65536', '::1:443', '[::1]', 'a:1:2'])(
    '%j is refused with an example',
    (text) => {
      expect(() => parseAddress(text)).toThrow(
        expect.objectContaining({
          code: 'CONFIG_INVALID',
          message: `server.address: expected host:port such as 0.0.0.0:8443 or [::1]:8443, received '${text}'`,
        }),
      );
    },
  );
});
