import type { Current, Verdict } from '../outcomes/verdict.ts';
import { describeCopy } from '../properties/carry.ts';
import { destinationKeyOf } from '../store/object-version.ts';
import { type Copied, type CopyPath, type CopyTask, destinationOf, orAlreadyOurs, weaker } from './copy-task.ts';
import { findOrigin } from './origin.ts';
import { readWhole } from './read-verified.ts';

/**
 * Copies an object that fits one buffer: one read, one write. Returns something else than a copy when the source's mark shows that there is
 * nothing to copy. Throws SourceChangedError or a StoreError, and then nothing is written.
 */
export async function copyWhole(path: CopyPath, task: CopyTask): Promise<Copied | Current | Verdict> {
  const { source, destination, pool } = path;
  const { entry, condition, signal } = task;
  const buffer = await pool.acquire(entry.sizeBytes, signal);
  try {
    const { bytes, crc64, properties, provenance, verified, sourceRecord } = await readWhole(source, {
      entry,
      buffer: buffer.bytes,
      signal,
    });
    const origin = await findOrigin(path, task, { provenance, crc64 });
    if (origin !== undefined) return origin;
    const { description, leftOut } = await describeCopy(path, task, properties);
    const write = destination.write(destinationKeyOf(entry), bytes, { ...description, crc64, condition, signal });
    const written = await orAlreadyOurs(write, destination, task, crc64);
    return { ...destinationOf(written), crc64, verified: weaker(verified, written.verified), sourceRecord, leftOut };
  } finally {
    buffer.release();
  }
}
