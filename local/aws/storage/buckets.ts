import type { DatabaseSync } from 'node:sqlite';

export interface Bucket {
  readonly name: string;
  readonly createdMs: number;
}

/** How a bucket differs from a plain one. */
export interface BucketSettings {
  /** Absent when versions were never kept. */
  readonly versioning?: 'Enabled' | 'Suspended';
  /** That of the stand-in, unless given. */
  readonly region?: string;
  /**
   * How a request that is signed for another region is answered: 301, unless given; 307 as long as the name of a new bucket is not
   * known everywhere; or 400, where the name led to the right region.
   */
  readonly redirect?: 301 | 307 | 400;
  /** Whether it belongs to another account, which lets those pay who ask: only requests that agree to it are served. */
  readonly isRequesterPays?: boolean;
  /** Whether objects have ACLs. Without one of these they have none, as in all new buckets. */
  readonly ownership?: 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';
  /** How objects are encrypted that do not say so themselves: by S3's own keys, unless given. */
  readonly encryption?: 'AES256' | 'aws:kms' | 'aws:kms:dsse';
  /** A policy whose statements all deny something to everybody. */
  readonly policy?: unknown;
  /** Whether every version is locked for a while. Such a bucket keeps versions. */
  readonly isLocked?: boolean;
}

export type Buckets = ReturnType<typeof createBuckets>;

/** Records of buckets and of their settings. */
export function createBuckets(database: DatabaseSync) {
  const insert = database.prepare('INSERT OR IGNORE INTO buckets (name, created_ms) VALUES (?, ?)');
  const remove = database.prepare('DELETE FROM buckets WHERE name = ?');
  const find = database.prepare('SELECT name, created_ms FROM buckets WHERE name = ?');
  const all = database.prepare('SELECT name, created_ms FROM buckets ORDER BY name');
  const anyVersion = database.prepare('SELECT 1 FROM objects WHERE bucket = ?1 UNION SELECT 1 FROM versions WHERE bucket = ?1 LIMIT 1');
  const upsertSettings = database.prepare('INSERT OR REPLACE INTO bucket_settings (name, record) VALUES (?, ?)');
  const findSettings = database.prepare('SELECT record FROM bucket_settings WHERE name = ?');
  const removeSettings = database.prepare('DELETE FROM bucket_settings WHERE name = ?');
  const settingsOf = (name: string): BucketSettings => JSON.parse(String(findSettings.get(name)?.['record'] ?? '{}'));

  return {
    /** Returns `false` when it is there already. */
    create: (name: string, createdMs: number): boolean => insert.run(name, createdMs).changes === 1,
    remove(name: string): void {
      remove.run(name);
      removeSettings.run(name);
    },
    settingsOf,
    /** Changes the settings that are given. */
    configure(name: string, settings: BucketSettings): void {
      const versioning = settings.isLocked === true ? ({ versioning: 'Enabled' } as const) : {};
      upsertSettings.run(name, JSON.stringify({ ...settingsOf(name), ...settings, ...versioning }));
    },
    has: (name: string): boolean => find.get(name) !== undefined,
    isEmpty: (name: string): boolean => anyVersion.get(name) === undefined,
    list: (): Bucket[] => all.all().map((row) => ({ name: String(row['name']), createdMs: Number(row['created_ms']) })),
  };
}
