import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bodies, openBodies } from './bodies.ts';
import { type Buckets, createBuckets } from './buckets.ts';
import { inTransaction, openDatabase } from './database.ts';
import { createHistory, type History, NULL_VERSION, segmentsOf } from './history.ts';
import { createObjects, type Objects } from './objects.ts';
import type { Segment, StoredObject, StoredUpload, StoredVersion } from './stored-object.ts';
import { createUploads, type Uploads } from './uploads.ts';

export interface Storage {
  readonly buckets: Buckets;
  readonly objects: Objects;
  readonly uploads: Uploads;
  readonly bodies: Bodies;
  readonly history: Pick<History, 'versionsOf' | 'ofBucket'>;
  /** Makes `object` what `key` shows, as the bucket's versioning has it, and forgets the `upload` that it was made of. */
  putObject(bucket: string, key: string, object: StoredObject, upload?: StoredUpload): Change;
  /** Makes `key` show nothing, as the bucket's versioning has it. */
  deleteObject(bucket: string, key: string, now: Date): Change;
  /** Takes one version away for good. */
  deleteVersion(bucket: string, key: string, id: string): Change;
  /** Closes it; a storage without a folder of its own is deleted. */
  close(): Promise<void>;
}

/** What a change came to. */
export interface Change {
  /** The version that was written or taken away; absent where the bucket keeps none, or had none. */
  readonly version?: StoredVersion | undefined;
  /** What no record names any more. */
  readonly unused: readonly Segment[];
}

/** Opens what is kept in `directory`, or an empty storage that lasts until it is closed. */
export async function openStorage(directory: string | undefined): Promise<Storage> {
  const home = directory ?? (await mkdtemp(join(tmpdir(), 'aws-stand-in-')));
  await mkdir(home, { recursive: true });
  const database = openDatabase(directory === undefined ? ':memory:' : join(home, 'records.db'));
  const bodies = await openBodies(join(home, 'bodies'));
  const objects = createObjects(database);
  const uploads = createUploads(database);
  const history = createHistory(database, objects);
  await sweepBodies(bodies, objects, history, uploads);
  const buckets = createBuckets(database);
  return {
    buckets,
    objects,
    uploads,
    bodies,
    history,
    ...createChanges({ buckets, objects, history, uploads }, (change) => inTransaction(database, change)),
    async close() {
      database.close();
      if (directory === undefined) await rm(home, { recursive: true, force: true });
    },
  };
}

interface Records {
  readonly buckets: Buckets;
  readonly objects: Objects;
  readonly history: History;
  readonly uploads: Uploads;
}

type Changes = Pick<Storage, 'putObject' | 'deleteObject' | 'deleteVersion'>;

function createChanges({ buckets, objects, history, uploads }: Records, asOne: <T>(change: () => T) => T): Changes {
  const nextId = (bucket: string) => {
    const { versioning } = buckets.settingsOf(bucket);
    return versioning === 'Enabled' ? randomBytes(24).toString('base64url') : versioning && NULL_VERSION;
  };
  return {
    putObject: (bucket, key, object, upload) =>
      asOne(() => {
        if (upload !== undefined) uploads.remove(upload);
        const versionId = nextId(bucket);
        const version = versionId === undefined ? object : { ...object, versionId };
        if (versionId !== undefined) return { version, unused: history.add(bucket, key, version) };
        const current = objects.find(bucket, key);
        objects.put(bucket, key, version);
        return { unused: segmentsOf(current) };
      }),
    deleteObject: (bucket, key, now) =>
      asOne(() => {
        const versionId = nextId(bucket);
        if (versionId === undefined) return { unused: segmentsOf(history.removeVersion(bucket, key, NULL_VERSION)) };
        const version = { isDeleteMarker: true, versionId, lastModifiedMs: now.getTime() } as const;
        return { version, unused: history.add(bucket, key, version) };
      }),
    deleteVersion: (bucket, key, id) =>
      asOne(() => {
        const version = history.removeVersion(bucket, key, id);
        return { version, unused: segmentsOf(version) };
      }),
  };
}

async function sweepBodies(bodies: Bodies, objects: Objects, history: History, uploads: Uploads): Promise<void> {
  const kept = new Set(uploads.allParts().map((part) => part.segment.id));
  for (const versions of [objects.all(), history.all()]) {
    for (const version of versions) for (const { id } of segmentsOf(version)) kept.add(id);
  }
  await bodies.sweep((id) => kept.has(id));
}
