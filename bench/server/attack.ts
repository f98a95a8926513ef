import { connect, type TLSSocket } from 'node:tls';

// A process of its own, so that what it costs to send is not paid by the one that measures: `attack.ts KIND PORT`, until it is disconnected.
const [kind = 'large', port = '0'] = process.argv.slice(2);
const sides = kind === 'slow' ? 40 : 4;
const announced = 10 * 2 ** 20;
const chunk = Buffer.alloc(64 * 1024, 0x20);

process.on('disconnect', () => process.exit(0));
for (let side = 0; side < sides; side += 1) begin();

function begin(): void {
  const socket = connect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false });
  socket.on('secureConnect', () => {
    socket.write(`POST /admission/pods HTTP/1.1\r\nhost: a\r\ncontent-length: ${announced}\r\n\r\n`);
    if (kind === 'slow') drip(socket);
    else pour(socket);
  });
  socket.resume();
  // Whoever is cut off comes again at once.
  socket.on('close', begin);
  socket.on('error', () => undefined);
}

function drip(socket: TLSSocket): void {
  const timer = setInterval(() => socket.write('x'), 50);
  socket.on('close', () => clearInterval(timer));
}

/** The whole body as fast as it is taken, and then the next request on the same connection. */
function pour(socket: TLSSocket): void {
  let left = announced;
  const more = (): void => {
    while (left > 0) {
      left -= chunk.length;
      if (!socket.write(chunk)) {
        socket.once('drain', more);
        return;
      }
    }
    left = announced;
    socket.write(`POST /admission/pods HTTP/1.1\r\nhost: a\r\ncontent-length: ${announced}\r\n\r\n`, more);
  };
  more();
}
