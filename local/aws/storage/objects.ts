import type { DatabaseSync } from 'node:sqlite';
import type { StoredObject } from './stored-object.ts';

export interface ListedObject {
  readonly key: string;
  readonly object: StoredObject;
}

/** Keys from `from`, included, to `to`, excluded, as UTF-8 bytes. */
export interface KeyRange {
  readonly from: Buffer;
  readonly to: Buffer;
}

export type Objects = ReturnType<typeof createObjects>;

/** Records of objects. */
export function createObjects(database: DatabaseSync) {
  const upsert = database.prepare('INSERT OR REPLACE INTO objects (bucket, key, record) VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?');
  const find = database.prepare('SELECT record FROM objects WHERE bucket = ? AND key = ?');
  const page = database.prepare('SELECT key, record FROM objects WHERE bucket = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?');
  const records = database.prepare('SELECT record FROM objects');

  return {
    find(bucket: string, key: string): StoredObject | undefined {
      const row = find.get(bucket, Buffer.from(key));
      return row === undefined ? undefined : parseRecord(row['record']);
    },
    put: (bucket: string, key: string, object: StoredObject): void => void upsert.run(bucket, Buffer.from(key), JSON.stringify(object)),
    remove: (bucket: string, key: string): void => void remove.run(bucket, Buffer.from(key)),

    /** Up to `limit` objects, ascending by the UTF-8 bytes of their keys. */
    list(bucket: string, { from, to }: KeyRange, limit: number): ListedObject[] {
      const rows = page.all(bucket, from, to, limit);
      return rows.map((row) => ({ key: Buffer.from(row['key'] as Uint8Array).toString(), object: parseRecord(row['record']) }));
    },

    /** Every object of every bucket, in no order. */
    *all(): Generator<StoredObject> {
      for (const row of records.iterate()) yield parseRecord(row['record']);
    },
  };
}

function parseRecord(record: unknown): StoredObject {
  return JSON.parse(String(record)) as StoredObject;
}
