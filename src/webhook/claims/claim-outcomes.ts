/** Why a claim's class stays as it is; part of the API (labels of metrics). */
export const claimReasons = [
  'already-best',
  'already-decided',
  'class-fixed',
  'mode-off',
  'no-candidate',
  'not-asked',
  'not-synced',
  'unreadable',
] as const;

export type ClaimReason = (typeof claimReasons)[number];

export const claimOutcomes = ['enforced', 'observed', 'unchanged'] as const;

export type ClaimOutcome = (typeof claimOutcomes)[number];
