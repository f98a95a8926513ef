// A process of its own for election.test.ts: takes part in an election and prints each change as a line: `leads`, `follows`.
import { openConnection } from '../../src/cluster/connection.ts';
import { silentLogger } from '../../src/core/log.ts';
import { createElector } from '../../src/operator/elector.ts';

const [kubeconfig = '', name = '', identity = '', skewSeconds = '0'] = process.argv.slice(2);
const elector = createElector({
  connection: openConnection({ kubeconfig }),
  lease: { namespace: 'default', name },
  identity,
  logger: silentLogger,
  leaseSeconds: 3,
  renewSeconds: 2,
  retrySeconds: 0.5,
  // Of a machine whose clock is wrong.
  wallMilliseconds: () => Date.now() + Number(skewSeconds) * 1000,
});
elector.start();
let said: boolean | undefined;
setInterval(() => {
  if (elector.isLeader === said) return;
  said = elector.isLeader;
  process.stdout.write(said ? 'leads\n' : 'follows\n');
}, 20);
process.once('SIGTERM', () => void elector.close().then(() => process.exit(0)));
