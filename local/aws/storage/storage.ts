import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bodies, openBodies } from './bodies.ts';
import { type Buckets, createBuckets } from './buckets.ts';
import { inTransaction, openDatabase } from './database.ts';
import { createObjects, type Objects } from './objects.ts';
import type { StoredObject, StoredUpload } from './stored-object.ts';
import { createUploads, type Uploads } from './uploads.ts';

export interface Storage {
  readonly buckets: Buckets;
  readonly objects: Objects;
  readonly uploads: Uploads;
  readonly bodies: Bodies;
  /** Makes `object` of the parts of `upload`, and forgets the upload, both or neither. */
  completeUpload(upload: StoredUpload, object: StoredObject): void;
  /** Closes it; a storage without a folder of its own is deleted. */
  close(): Promise<void>;
}

/** Opens what is kept in `directory`, or an empty storage that lasts until it is closed. */
export async function openStorage(directory: string | undefined): Promise<Storage> {
  const home = directory ?? (await mkdtemp(join(tmpdir(), 'aws-stand-in-')));
  await mkdir(home, { recursive: true });
  const database = openDatabase(directory === undefined ? ':memory:' : join(home, 'records.db'));
  const bodies = await openBodies(join(home, 'bodies'));
  const objects = createObjects(database);
  const uploads = createUploads(database);
  await sweepBodies(bodies, objects, uploads);
  return {
    buckets: createBuckets(database),
    objects,
    uploads,
    bodies,
    completeUpload(upload, object) {
      inTransaction(database, () => {
        objects.put(upload.bucket, upload.key, object);
        uploads.remove(upload);
      });
    },
    async close() {
      database.close();
      if (directory === undefined) await rm(home, { recursive: true, force: true });
    },
  };
}

async function sweepBodies(bodies: Bodies, objects: Objects, uploads: Uploads): Promise<void> {
  const kept = new Set(uploads.allParts().map((part) => part.segment.id));
  for (const { segments } of objects.all()) for (const { id } of segments) kept.add(id);
  await bodies.sweep((id) => kept.has(id));
}
