import { describeError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Outlook } from '../core/outlook.ts';
import type { KnowledgeBase } from '../knowledge/knowledge.ts';
import type { ModelCache } from '../train/model-cache.ts';

export interface CurrentOutlookOptions {
  readonly knowledge: Pick<KnowledgeBase, 'outlook' | 'outlookVersion'>;
  readonly cache: Pick<ModelCache, 'refresh'>;
  readonly logger: Logger;
  readonly onOutlook: (outlook: Outlook) => void;
}

/** The Outlook in use: the newest that was published and whose forecasts are in memory. */
export class CurrentOutlook {
  readonly #options: CurrentOutlookOptions;
  #outlook: Outlook | undefined;
  #loading: Promise<void> | undefined;

  constructor(options: CurrentOutlookOptions) {
    this.#options = options;
  }

  get outlook(): Outlook | undefined {
    return this.#outlook;
  }

  /** Takes a newer Outlook when there is one. One load at a time: calls meanwhile wait for it. Never throws; what is in use stays. */
  update(): Promise<void> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    const { knowledge, cache, logger, onOutlook } = this.#options;
    try {
      const version = await knowledge.outlookVersion();
      if (version === undefined || version === this.#outlook?.version) return;
      const outlook = await knowledge.outlook();
      if (outlook === undefined || outlook.version === this.#outlook?.version) return;
      await cache.refresh(outlook.version);
      const { madeSeconds, dataSeconds, containers, nodes } = outlook;
      const fields = { version, containers, nodes: nodes.names.length, ageSeconds: madeSeconds - dataSeconds };
      logger.info(fields, 'deciding by a newer Outlook');
      this.#outlook = outlook;
      onOutlook(outlook);
    } catch (error) {
      logger.warn({ error }, `a newer Outlook could not be read, the one in use stays: ${describeError(error)}`);
    }
  }
}
