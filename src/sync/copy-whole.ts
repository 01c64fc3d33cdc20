import { type Copied, type CopyPath, type CopyTask, orAlreadyOurs, weaker } from './copy-task.ts';
import { readWhole } from './read-verified.ts';

/** Copies an object that fits one buffer: one read, one write. Throws SourceChangedError or a StoreError, and then nothing is written. */
export async function copyWhole({ source, destination, pool }: CopyPath, task: CopyTask): Promise<Copied> {
  const { entry, condition, signal } = task;
  const buffer = await pool.acquire(entry.sizeBytes, signal);
  try {
    const { bytes, crc64, properties, verified } = await readWhole(source, { entry, buffer: buffer.bytes, signal });
    const provenance = { sourceEtag: entry.etag };
    const write = destination.write(entry.key, bytes, { properties, provenance, crc64, condition, signal });
    const written = await orAlreadyOurs(write, destination, task, crc64);
    return { destinationEtag: written.etag, crc64, verified: weaker(verified, written.verified) };
  } finally {
    buffer.release();
  }
}
