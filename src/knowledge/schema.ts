import type { Generated, Kysely, Migration } from 'kysely';

/** The tables, as kysely types. Bytes are BLOB in SQLite. */
export interface Tables {
  model: { id: string; state: Uint8Array };
  forecast: { id: string; body: Uint8Array };
  outlook: { version: number; made_seconds: number; body: Uint8Array };
  journal: { seq: Generated<number>; to_seconds: number; body: Uint8Array };
  checkpoint: { name: string; value: number };
  event: { seq: Generated<number>; id: string; time_seconds: number; body: string };
}

/** In order, by name; never changed once released. */
export const migrations: Record<string, Migration> = {
  '001-begin': {
    async up(db: Kysely<unknown>): Promise<void> {
      const schema = db.schema;
      await schema
        .createTable('model')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('state', 'blob', (c) => c.notNull())
        .execute();
      await schema
        .createTable('forecast')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('body', 'blob', (c) => c.notNull())
        .execute();
      await schema
        .createTable('outlook')
        .addColumn('version', 'integer', (c) => c.primaryKey())
        .addColumn('made_seconds', 'real', (c) => c.notNull())
        .addColumn('body', 'blob', (c) => c.notNull())
        .execute();
      await schema
        .createTable('checkpoint')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('value', 'real', (c) => c.notNull())
        .execute();
      await schema
        .createTable('journal')
        .addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('to_seconds', 'real', (c) => c.notNull())
        .addColumn('body', 'blob', (c) => c.notNull())
        .execute();
      await schema
        .createTable('event')
        .addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('id', 'text', (c) => c.notNull().unique())
        .addColumn('time_seconds', 'real', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await schema.createIndex('event_time').on('event').column('time_seconds').execute();
    },
  },
};
