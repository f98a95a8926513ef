import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

interface Use {
  served: number;
  readonly pending: Set<ServerResponse>;
}

/** The open connections of a server, and which answers each still owes. */
export class Connections {
  // Before their TLS handshake is done there is no other handle on them.
  readonly #sockets = new Set<Socket>();
  readonly #uses = new Map<Duplex, Use>();

  watch(server: Server, onOpen: () => void, onClose: () => void): void {
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('secureConnection', (socket: TLSSocket) => {
      this.#uses.set(socket, { served: 0, pending: new Set() });
      onOpen();
      socket.once('close', () => {
        this.#uses.delete(socket);
        onClose();
      });
    });
  }

  began({ socket }: IncomingMessage, response: ServerResponse): void {
    const use = this.#uses.get(socket);
    if (use === undefined) return;
    use.served += 1;
    use.pending.add(response);
  }

  ended({ socket }: IncomingMessage, response: ServerResponse): void {
    this.#uses.get(socket)?.pending.delete(response);
  }

  /** The answers that a connection owes, oldest first. */
  pendingOn(socket: Duplex): readonly ServerResponse[] {
    return [...(this.#uses.get(socket)?.pending ?? [])];
  }

  /** The answers that are owed on any connection. */
  allPending(): readonly ServerResponse[] {
    return [...this.#uses.values()].flatMap(({ pending }) => [...pending]);
  }

  /** Ends those on which no request ever began: Node counts them as busy. */
  closeUnused(): void {
    for (const [socket, { served }] of this.#uses) if (served === 0) socket.destroy();
  }

  closeAll(): void {
    for (const socket of this.#uses.keys()) socket.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }
}
