import type { RunView } from '../../src/runs/view/run-view.ts';
import type { Verified } from '../../src/sync/store/store.ts';

/** How far a run has come, in one line. */
export function progressOf({ phase, counts, largeObjects, shards, secondsLeft }: RunView): string {
  const { listed, copied, copiedBytes } = counts;
  const parts = [
    `${phase}: ${count(listed)} listed, ${count(copied)} copied, ${megabytes(copiedBytes)}`,
    ...largeObjects.map(({ key, sizeBytes, percent }) => `${key} ${percent}% of ${megabytes(sizeBytes)}`),
    ...(shards !== undefined && shards.total > 1 ? [`${shards.done} of ${shards.total} shards`] : []),
    ...(secondsLeft === undefined ? [] : [`about ${secondsLeft} s left`]),
  ];
  return parts.join('; ');
}

/** How a run has ended, in lines. `proofs` tells how many copies were proved by which means. */
export function endOf(
  { state, counts, seconds, attempt, failure, firstFailures }: RunView,
  proofs: ReadonlyMap<Verified, number>,
): string[] {
  const { listed, copied, unchanged, skipped, failed, copiedBytes } = counts;
  const parts = [`${count(copied)} copied`, `${count(unchanged)} unchanged`, `${count(skipped)} skipped`, `${count(failed)} failed`];
  return [
    `${state}: ${count(listed)} listed = ${parts.join(' + ')}`,
    `${megabytes(copiedBytes)} in ${seconds.toFixed(1)} s${attempt > 1 ? `, in ${attempt} attempts` : ''}; verified: ${describe(proofs)}`,
    ...firstFailures.map(({ message }) => message),
    ...(failure === undefined ? [] : [failure.message]),
  ];
}

const PROOFS: Readonly<Record<Verified, string>> = { crc64: 'by CRC-64', md5: 'by MD5 and CRC-64', length: 'by length only' };

function describe(proofs: ReadonlyMap<Verified, number>): string {
  return [...proofs].map(([proof, copies]) => `${count(copies)} ${PROOFS[proof]}`).join(', ') || 'nothing was copied';
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })} MB`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
