import { randomBytes } from 'node:crypto';

/** Somebody who may log in, and what he may do there. */
export interface Entity {
  readonly name: string;
  readonly key: string;
  readonly caps: Readonly<Record<string, string>>;
}

export function newEntity(name: string, caps: Entity['caps']): Entity {
  return { name, key: newKey(), caps };
}

export function keyringText(entities: readonly Entity[]): string {
  return entities
    .map(({ name, key, caps }) => {
      const lines = Object.entries(caps).map(([kind, cap]) => `\tcaps ${kind} = "${cap}"\n`);
      return `[${name}]\n\tkey = ${key}\n${lines.join('')}`;
    })
    .join('');
}

/** A secret as Ceph writes it: kind (1, AES), time of creation, length, bytes; little end first. */
function newKey(): string {
  const secret = randomBytes(16);
  const head = Buffer.alloc(12);
  head.writeUInt16LE(1, 0);
  head.writeUInt32LE(Math.floor(Date.now() / 1000), 2);
  head.writeUInt16LE(secret.length, 10);
  return Buffer.concat([head, secret]).toString('base64');
}
