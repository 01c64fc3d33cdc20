import type { DatabaseSync } from 'node:sqlite';

export interface Bucket {
  readonly name: string;
  readonly createdMs: number;
}

export type Buckets = ReturnType<typeof createBuckets>;

/** Records of buckets. */
export function createBuckets(database: DatabaseSync) {
  const insert = database.prepare('INSERT OR IGNORE INTO buckets (name, created_ms) VALUES (?, ?)');
  const remove = database.prepare('DELETE FROM buckets WHERE name = ?');
  const find = database.prepare('SELECT name, created_ms FROM buckets WHERE name = ?');
  const all = database.prepare('SELECT name, created_ms FROM buckets ORDER BY name');
  const anyObject = database.prepare('SELECT 1 FROM objects WHERE bucket = ? LIMIT 1');

  return {
    /** Returns `false` when it is there already. */
    create: (name: string, createdMs: number): boolean => insert.run(name, createdMs).changes === 1,
    remove: (name: string): void => void remove.run(name),
    has: (name: string): boolean => find.get(name) !== undefined,
    isEmpty: (name: string): boolean => anyObject.get(name) === undefined,
    list: (): Bucket[] => all.all().map((row) => ({ name: String(row['name']), createdMs: Number(row['created_ms']) })),
  };
}
