import type { IncomingMessage, ServerResponse } from 'node:http';

// What a kernel holds for a connection, some hundred KiB, is taken each time: a body of 10 MB is gone within seconds.
const pauseMilliseconds = 25;

/**
 * Reads and drops the rest of a body that was refused, a little at a time: a client that is cut off while it sends never reads the answer, and reading on as fast
 * as it sends would take time from all others. Ends with the body or the connection; the time for a request bounds it.
 */
export function dropSlowly(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  if (request.complete || socket.destroyed) return;
  const rest = (): void => {
    // After the turn of the event loop in which it was read.
    setImmediate(() => {
      if (isOver()) return;
      socket.pause();
      setTimeout(sip, pauseMilliseconds).unref();
    });
  };
  const sip = (): void => {
    if (isOver()) return;
    socket.resume();
    rest();
  };
  // Asked at each turn: a listener on the socket would stay for as long as the connection, one for each refused request on it.
  const isOver = (): boolean => request.complete || socket.destroyed;
  // Only then does Node begin to drop what nobody reads.
  response.once('finish', rest);
}
