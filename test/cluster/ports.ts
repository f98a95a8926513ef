import { createServer, type Server } from 'node:net';

export const portNames = ['etcd', 'etcdPeer', 'apiserver', 'controllerManager', 'scheduler', 'kwok'] as const;

export type Ports = Readonly<Record<(typeof portNames)[number], number>>;

/** Free ports of the loopback interface, all different: all are held before the first is let go. */
export async function freePorts(): Promise<Ports> {
  const servers = await Promise.all(portNames.map(listen));
  const ports = portNames.map((name, index) => [name, portOf(servers[index])] as const);
  await Promise.all(servers.map(close));
  return Object.fromEntries(ports) as Ports;
}

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function portOf(server: Server | undefined): number {
  const address = server?.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
