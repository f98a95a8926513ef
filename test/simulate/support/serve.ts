import { policyNamed } from '../../../src/simulate/policies.ts';
import { servePolicy } from '../../../src/simulate/protocol/serve-policy.ts';

// A policy as a program of its own.
await servePolicy(policyNamed(process.argv[2] ?? ''), process.stdin, process.stdout);
