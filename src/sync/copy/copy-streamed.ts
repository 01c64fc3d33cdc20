import { destinationKeyOf } from '../store/object-version.ts';
import type { ObjectDescription, ObjectHead } from '../store/objects.ts';
import type { Store } from '../store/store.ts';
import { type Copied, type CopyPath, type CopyTask, destinationOf, orAlreadyOurs, weaker } from './copy-task.ts';
import { readCrc64, streamRange } from './read-verified.ts';
import { compareWithSource, OUTDATED } from './source-proof.ts';

type StreamedWrite = NonNullable<Store['writeStreamed']>;

/**
 * Copies an object of several parts by one write, which leaves nothing of what other tools have uploaded under its key. The destination must
 * know the checksum beforehand: where the source's service keeps none, all is read once more. `head` is of the task's version. Throws
 * SourceChangedError or a StoreError, and then nothing is written.
 */
export async function copyStreamed(
  { source, destination }: CopyPath,
  task: CopyTask,
  head: ObjectHead,
  { description, write }: { readonly description: ObjectDescription; readonly write: StreamedWrite },
): Promise<Omit<Copied, 'leftOut'>> {
  const { entry, condition, signal } = task;
  const crc64 = head.crc64 ?? (await readCrc64(source, { entry, signal }));
  // The write is refused unless it has these very bytes.
  const proof = compareWithSource(head, { crc64 }, entry.key) ?? OUTDATED;
  const all = { startByte: 0, endByte: entry.sizeBytes - 1 };
  const options = { ...description, crc64, condition, signal, sizeBytes: entry.sizeBytes };
  const writing = streamRange(source, { entry, signal }, all, (body) => write(destinationKeyOf(entry), body, options));
  const written = await orAlreadyOurs(writing, destination, task, crc64);
  return { ...destinationOf(written), crc64, ...proof, verified: weaker(proof.verified, written.verified) };
}
