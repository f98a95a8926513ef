import { noAdvice, type PolicyKind } from '../policy.ts';

/** Requests stay what they are: what all others are to be compared with. */
export const unchangedPeer: PolicyKind = {
  name: 'unchanged',
  description: 'requests stay as they are set today',
  isIndependent: true,
  create: ({ series }) => ({
    name: 'unchanged',
    observe: () => {},
    recommend: () => noAdvice(series.length),
  }),
};
