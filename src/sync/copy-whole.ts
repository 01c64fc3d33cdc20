import { describeCopy } from './carry.ts';
import { type Copied, type CopyPath, type CopyTask, orAlreadyOurs, weaker } from './copy-task.ts';
import { readWhole } from './read-verified.ts';

/** Copies an object that fits one buffer: one read, one write. Throws SourceChangedError or a StoreError, and then nothing is written. */
export async function copyWhole(path: CopyPath, task: CopyTask): Promise<Copied> {
  const { source, destination, pool } = path;
  const { entry, condition, signal } = task;
  const buffer = await pool.acquire(entry.sizeBytes, signal);
  try {
    const { bytes, crc64, properties, verified } = await readWhole(source, { entry, buffer: buffer.bytes, signal });
    const { description, leftOut } = await describeCopy(path, task, properties);
    const write = destination.write(entry.key, bytes, { ...description, crc64, condition, signal });
    const written = await orAlreadyOurs(write, destination, task, crc64);
    return { destinationEtag: written.etag, crc64, verified: weaker(verified, written.verified), leftOut };
  } finally {
    buffer.release();
  }
}
