import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { Kysely, Migrator, type Transaction } from 'kysely';
import type { Decision } from '../core/decision.ts';
import { BarographError } from '../core/errors.ts';
import type { ContainerForecast, Outlook } from '../core/outlook.ts';
import { decodeForecast, encodeForecast } from './forecast-codec.ts';
import type { Checkpoint, JournalEntry, KnowledgeBase, PublishedOutlook, StoredModel } from './knowledge.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import { decodeOutlook, encodeOutlook } from './outlook-codec.ts';
import { migrations, type Tables } from './schema.ts';

// node:sqlite answers at once, on this thread: others get a turn after so many rows.
const pageRows = 100;
const keptOutlooks = 3;
const trainedTo = 'trained_to_seconds';

export interface SqliteOptions {
  /** How long a write waits, blocking its thread, while another process or thread writes; 0 where nothing may block: it then fails and is tried again. */
  readonly busyMilliseconds?: number;
}

/**
 * Opens (and makes, and migrates) the knowledge base in a folder; `:memory:` keeps it in memory. Several processes and threads may
 * open the same folder: WAL lets readers go on while one writes. Throws KNOWLEDGE_UNAVAILABLE.
 */
export async function openSqlite(folder: string, options: SqliteOptions = {}): Promise<KnowledgeBase> {
  const { busyMilliseconds = 5000 } = options;
  let database: DatabaseSync | undefined;
  try {
    if (folder !== ':memory:') mkdirSync(folder, { recursive: true });
    database = new DatabaseSync(folder === ':memory:' ? folder : join(folder, 'knowledge.sqlite'));
    // NORMAL with WAL: a crash of the process loses nothing, a power cut at most the last transactions, never consistency.
    database.exec('pragma journal_mode = wal; pragma synchronous = normal;');
    database.exec(`pragma busy_timeout = ${busyMilliseconds}`);
    const db = new Kysely<Tables>({ dialect: nodeSqliteDialect(database) });
    await migrate(db);
    return new SqliteKnowledge(db);
  } catch (cause) {
    if (database?.isOpen) database.close();
    throw new BarographError('KNOWLEDGE_UNAVAILABLE', `cannot open the knowledge base in ${folder}`, { cause });
  }
}

async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

class SqliteKnowledge implements KnowledgeBase {
  readonly kind = 'sqlite';
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  saveCheckpoint(checkpoint: Checkpoint): Promise<void> {
    return this.#transaction('save models', async (tx) => {
      for (const { id, state } of checkpoint.models) {
        await tx
          .insertInto('model')
          .values({ id, state })
          .onConflict((c) => c.column('id').doUpdateSet({ state }))
          .execute();
      }
      for (const id of checkpoint.removedModels) await tx.deleteFrom('model').where('id', '=', id).execute();
      const value = checkpoint.trainedToSeconds;
      await tx.deleteFrom('journal').where('to_seconds', '<=', value).execute();
      await tx
        .insertInto('checkpoint')
        .values({ name: trainedTo, value })
        .onConflict((c) => c.column('name').doUpdateSet({ value }))
        .execute();
    });
  }

  async appendJournal({ toSeconds, body }: JournalEntry): Promise<void> {
    await this.#read('append to the journal', () =>
      this.#db.insertInto('journal').values({ to_seconds: toSeconds, body }).execute(),
    );
  }

  async *journal(): AsyncIterable<JournalEntry> {
    for (let after = 0; ; ) {
      const row = await this.#read('read the journal', () =>
        this.#db.selectFrom('journal').selectAll().where('seq', '>', after).orderBy('seq').limit(1).executeTakeFirst(),
      );
      if (row === undefined) return;
      yield { toSeconds: row.to_seconds, body: row.body };
      after = row.seq;
    }
  }

  async trainedToSeconds(): Promise<number | undefined> {
    const row = await this.#read('read the checkpoint', () =>
      this.#db.selectFrom('checkpoint').select('value').where('name', '=', trainedTo).executeTakeFirst(),
    );
    return row?.value;
  }

  async *models(): AsyncIterable<StoredModel> {
    let after = '';
    for (;;) {
      const rows = await this.#read('read models', () =>
        this.#db.selectFrom('model').selectAll().where('id', '>', after).orderBy('id').limit(pageRows).execute(),
      );
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
      await eventLoopTurn();
    }
  }

  publish(published: PublishedOutlook): Promise<void> {
    return this.#transaction('publish an Outlook', async (tx) => {
      for (const forecast of published.forecasts) {
        const body = encodeForecast(forecast);
        await tx
          .insertInto('forecast')
          .values({ id: forecast.id, body })
          .onConflict((c) => c.column('id').doUpdateSet({ body }))
          .execute();
      }
      for (const id of published.withdrawn) await tx.deleteFrom('forecast').where('id', '=', id).execute();
      const { version, madeSeconds } = published.outlook;
      await tx
        .deleteFrom('outlook')
        .where('version', '<=', version - keptOutlooks)
        .execute();
      await tx
        .insertInto('outlook')
        .values({ version, made_seconds: madeSeconds, body: encodeOutlook(published.outlook) })
        .execute();
    });
  }

  async outlookVersion(): Promise<number | undefined> {
    const row = await this.#read('read the Outlook', () =>
      this.#db.selectFrom('outlook').select('version').orderBy('version', 'desc').limit(1).executeTakeFirst(),
    );
    return row?.version;
  }

  async outlook(): Promise<Outlook | undefined> {
    const rows = await this.#read('read the Outlook', () =>
      this.#db.selectFrom('outlook').select('body').orderBy('version', 'desc').execute(),
    );
    // A damaged one is passed over: the last good one serves.
    for (const { body } of rows) {
      const outlook = readable(() => decodeOutlook(body));
      if (outlook !== undefined) return outlook;
    }
    return undefined;
  }

  async forecast(id: string): Promise<ContainerForecast | undefined> {
    const row = await this.#read('read a forecast', () =>
      this.#db.selectFrom('forecast').select('body').where('id', '=', id).executeTakeFirst(),
    );
    return row === undefined ? undefined : readable(() => decodeForecast(row.body));
  }

  async *forecasts(prefix = ''): AsyncIterable<ContainerForecast> {
    let after = prefix;
    for (;;) {
      const rows = await this.#read('read forecasts', () =>
        this.#db.selectFrom('forecast').selectAll().where('id', '>', after).orderBy('id').limit(pageRows).execute(),
      );
      for (const row of rows) {
        if (!row.id.startsWith(prefix)) return;
        const forecast = readable(() => decodeForecast(row.body));
        if (forecast !== undefined) yield forecast;
      }
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
      await eventLoopTurn();
    }
  }

  recordDecisions(decisions: readonly Decision[]): Promise<void> {
    return this.#transaction('record decisions', async (tx) => {
      for (const decision of decisions) {
        const row = { id: decision.id, time_seconds: Date.parse(decision.time) / 1000, body: JSON.stringify(decision) };
        await tx
          .insertInto('event')
          .values(row)
          .onConflict((c) => c.column('id').doUpdateSet({ body: row.body }))
          .execute();
      }
    });
  }

  async decision(id: string): Promise<Decision | undefined> {
    const row = await this.#read('read a decision', () =>
      this.#db.selectFrom('event').select('body').where('id', '=', id).executeTakeFirst(),
    );
    return row === undefined ? undefined : (JSON.parse(row.body) as Decision);
  }

  async decisions(limit: number): Promise<Decision[]> {
    const rows = await this.#read('read decisions', () =>
      this.#db.selectFrom('event').select('body').orderBy('seq', 'desc').limit(limit).execute(),
    );
    return rows.map((row) => JSON.parse(row.body) as Decision);
  }

  async prune(olderThanSeconds: number): Promise<void> {
    await this.#read('forget old decisions', () =>
      this.#db.deleteFrom('event').where('time_seconds', '<', olderThanSeconds).execute(),
    );
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }

  #transaction(what: string, body: (tx: Transaction<Tables>) => Promise<void>): Promise<void> {
    return this.#read(what, () => this.#db.transaction().execute(body));
  }

  async #read<T>(what: string, body: () => Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (cause) {
      throw new BarographError('KNOWLEDGE_UNAVAILABLE', `cannot ${what}`, { cause });
    }
  }
}

/** What a decoder gives; undefined for damaged bytes, which count as not there: the next Outlook replaces them. */
function readable<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof BarographError && error.code === 'OUTLOOK_INVALID') return undefined;
    throw error;
  }
}
