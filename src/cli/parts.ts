import type { Certificates } from '../../certs/folder.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import type { ClusterView } from '../cluster/view.ts';
import type { Clock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import type { Logger } from '../core/log.ts';
import type { KnowledgeBase } from '../knowledge/knowledge.ts';
import type { ModelCache } from '../train/model-cache.ts';
import type { Trainer } from '../train/trainer.ts';
import type { Events } from '../webhook/events.ts';
import type { DecisionRecorder } from '../webhook/recorder.ts';
import type { CurrentOutlook } from './current-outlook.ts';
import type { Peers } from './peers.ts';
import type { CertificateSource } from './service-certificates.ts';
import type { WatchedScheduler } from './service-scheduler.ts';
import type { ServiceStorage } from './service-storage.ts';

/** Everything that a service is made of. */
export interface Parts {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly knowledge: KnowledgeBase;
  readonly cluster: ClusterState | undefined;
  readonly view: ClusterView;
  readonly cache: ModelCache;
  readonly outlook: CurrentOutlook;
  readonly recorder: DecisionRecorder;
  readonly events: Events;
  readonly storage: ServiceStorage | undefined;
  trainer: Trainer | undefined;
  readonly certificateSource: CertificateSource;
  certificates: Certificates;
  readonly peers: Peers;
  readonly scheduler: WatchedScheduler | undefined;
}
