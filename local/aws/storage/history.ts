import type { DatabaseSync } from 'node:sqlite';
import type { Objects } from './objects.ts';
import type { DeleteMarker, Segment, StoredObject, StoredVersion } from './stored-object.ts';

/** The id of what was written while the bucket kept no versions. */
export const NULL_VERSION = 'null';

export interface ListedVersion {
  readonly key: string;
  readonly version: StoredVersion;
  readonly isLatest: boolean;
}

export type History = ReturnType<typeof createHistory>;

export function versionIdOf(version: StoredVersion): string {
  return version.versionId ?? NULL_VERSION;
}

export function isDeleteMarker(version: StoredVersion): version is DeleteMarker {
  return 'isDeleteMarker' in version;
}

/**
 * What keys held before, and the delete markers: each key's newest last. An object that its key still shows is not in here but in
 * `objects`; so what is newest in here is the latest version only where the key shows nothing, and is a delete marker then.
 */
export function createHistory(database: DatabaseSync, objects: Objects) {
  const insert = database.prepare(
    'INSERT INTO versions SELECT ?, ?, coalesce(max(number), 0) + 1, ? FROM versions WHERE bucket = ?1 AND key = ?2',
  );
  const remove = database.prepare('DELETE FROM versions WHERE bucket = ? AND key = ? AND number = ?');
  const ofKey = database.prepare('SELECT number, record FROM versions WHERE bucket = ? AND key = ? ORDER BY number DESC');
  const keys = database.prepare('SELECT key FROM objects WHERE bucket = ?1 UNION SELECT key FROM versions WHERE bucket = ?1 ORDER BY key');
  const records = database.prepare('SELECT record FROM versions');

  const push = (bucket: string, key: string, version: StoredVersion) => insert.run(bucket, Buffer.from(key), JSON.stringify(version));
  const older = (bucket: string, key: string) =>
    ofKey.all(bucket, Buffer.from(key)).map((row) => ({ number: Number(row['number']), version: parseVersion(row['record']) }));

  /** Every version of a key, the latest first. */
  function versionsOf(bucket: string, key: string): StoredVersion[] {
    const current = objects.find(bucket, key);
    return [...(current === undefined ? [] : [current]), ...older(bucket, key).map((one) => one.version)];
  }

  /** Takes a version away for good, and shows the one before it if it was the latest. */
  function removeVersion(bucket: string, key: string, id: string): StoredVersion | undefined {
    const current = objects.find(bucket, key);
    const isCurrent = current !== undefined && versionIdOf(current) === id;
    const found = older(bucket, key).find((one) => versionIdOf(one.version) === id);
    if (isCurrent) objects.remove(bucket, key);
    else if (found !== undefined) remove.run(bucket, Buffer.from(key), found.number);
    else return undefined;
    if (objects.find(bucket, key) === undefined) showNewest(bucket, key);
    return isCurrent ? current : found?.version;
  }

  function showNewest(bucket: string, key: string): void {
    const [newest] = older(bucket, key);
    if (newest === undefined || isDeleteMarker(newest.version)) return;
    remove.run(bucket, Buffer.from(key), newest.number);
    objects.put(bucket, key, newest.version);
  }

  return {
    versionsOf,
    removeVersion,

    /** Makes `latest` the latest version, and keeps what was it until then. A null version takes the place of the one before it. */
    add(bucket: string, key: string, latest: StoredVersion): readonly Segment[] {
      const replaced = versionIdOf(latest) === NULL_VERSION ? removeVersion(bucket, key, NULL_VERSION) : undefined;
      const current = objects.find(bucket, key);
      if (current !== undefined) push(bucket, key, current);
      objects.remove(bucket, key);
      if (isDeleteMarker(latest)) push(bucket, key, latest);
      else objects.put(bucket, key, latest);
      return segmentsOf(replaced);
    },

    /** All versions of a bucket: by key, ascending, and of each key the latest first. */
    *ofBucket(bucket: string): Generator<ListedVersion> {
      for (const row of keys.all(bucket)) {
        const key = Buffer.from(row['key'] as Uint8Array).toString();
        for (const [index, version] of versionsOf(bucket, key).entries()) yield { key, version, isLatest: index === 0 };
      }
    },

    /** Every version in here of every bucket, in no order. */
    *all(): Generator<StoredVersion> {
      for (const row of records.iterate()) yield parseVersion(row['record']);
    },
  };
}

/** What a version holds; a delete marker holds nothing. */
export function segmentsOf(version: StoredVersion | undefined): readonly Segment[] {
  return version === undefined || isDeleteMarker(version) ? [] : version.segments;
}

function parseVersion(record: unknown): StoredVersion {
  return JSON.parse(String(record)) as StoredObject | DeleteMarker;
}
