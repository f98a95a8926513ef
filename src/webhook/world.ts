import type { ClusterView } from '../cluster/view.ts';
import type { Decision } from '../core/decision.ts';
import type { Outlook } from '../core/outlook.ts';
import type { ForecastLookup } from '../train/model-cache-view.ts';
import type { AdmissionDefaults } from './effective.ts';
import type { QuotaLedgerView } from './quota-ledger.ts';
import type { SecondScheduler } from './scheduler-name.ts';

/** All that a decision depends on besides the pod: in memory, read at once. */
export interface World {
  readonly view: ClusterView;
  readonly outlook: Outlook | undefined;
  readonly forecasts: ForecastLookup;
  readonly quotas: QuotaLedgerView;
  readonly defaults: AdmissionDefaults;
  readonly maxOutlookAgeSeconds: number;
  readonly scheduler?: SecondScheduler | undefined;
  /** A decision of the last moments by its id, as long as it is remembered here. */
  readonly recent: (id: string) => Decision | undefined;
}

export interface Moment {
  readonly nowSeconds: number;
  /** The id that a decision made now would get (see decisionIdAt). */
  readonly id: string;
}
