import type { DatabaseSync } from 'node:sqlite';
import type { StoredPart, StoredUpload } from './stored-object.ts';

export type Uploads = ReturnType<typeof createUploads>;

/** Records of uploads in parts. */
export function createUploads(database: DatabaseSync) {
  const insert = database.prepare('INSERT INTO uploads (bucket, key, id, record) VALUES (?, ?, ?, ?)');
  const find = database.prepare('SELECT record FROM uploads WHERE bucket = ? AND key = ? AND id = ?');
  const ofBucket = database.prepare('SELECT record FROM uploads WHERE bucket = ? ORDER BY key, id');
  const remove = database.prepare('DELETE FROM uploads WHERE bucket = ? AND key = ? AND id = ?');
  const upsertPart = database.prepare('INSERT OR REPLACE INTO parts (upload_id, number, record) VALUES (?, ?, ?)');
  const findPart = database.prepare('SELECT record FROM parts WHERE upload_id = ? AND number = ?');
  const partsOf = database.prepare('SELECT record FROM parts WHERE upload_id = ? ORDER BY number');
  const allParts = database.prepare('SELECT record FROM parts');
  const removeParts = database.prepare('DELETE FROM parts WHERE upload_id = ?');

  return {
    begin(upload: StoredUpload): void {
      insert.run(upload.bucket, Buffer.from(upload.key), upload.id, JSON.stringify(upload));
    },
    find(bucket: string, key: string, id: string): StoredUpload | undefined {
      const row = find.get(bucket, Buffer.from(key), id);
      return row === undefined ? undefined : parseRecord<StoredUpload>(row);
    },
    /** Ascending by key. */
    ofBucket: (bucket: string): StoredUpload[] => ofBucket.all(bucket).map((row) => parseRecord<StoredUpload>(row)),
    /** Forgets the upload and its parts. */
    remove({ bucket, key, id }: StoredUpload): void {
      removeParts.run(id);
      remove.run(bucket, Buffer.from(key), id);
    },
    /** Puts a part, and returns the one that it replaces. */
    putPart(uploadId: string, part: StoredPart): StoredPart | undefined {
      const row = findPart.get(uploadId, part.number);
      upsertPart.run(uploadId, part.number, JSON.stringify(part));
      return row === undefined ? undefined : parseRecord<StoredPart>(row);
    },
    /** Ascending by number. */
    parts: (uploadId: string): StoredPart[] => partsOf.all(uploadId).map((row) => parseRecord<StoredPart>(row)),
    /** Every part of every upload, in no order. */
    allParts: (): StoredPart[] => allParts.all().map((row) => parseRecord<StoredPart>(row)),
  };
}

function parseRecord<T>(row: Record<string, unknown>): T {
  return JSON.parse(String(row['record'])) as T;
}
