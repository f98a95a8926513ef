import type { Variant } from '../../simulate/replay/rules.ts';
import type { CommonOptions } from '../options.ts';

/** The options of `barograph simulate` as they come from the command line. */
export interface SimulateOptions extends CommonOptions {
  readonly traces?: string;
  readonly from?: 'prometheus';
  readonly url?: string;
  readonly last: string;
  readonly selector?: string;
  readonly step: string;
  readonly requests?: string;
  readonly align?: boolean;
  readonly policy?: readonly string[];
  readonly command?: readonly string[];
  readonly objective: string;
  readonly sweep?: string;
  readonly variant: Variant;
  readonly memHold?: string;
  readonly warmUp: string;
  readonly reference: string;
  readonly report?: string;
}
