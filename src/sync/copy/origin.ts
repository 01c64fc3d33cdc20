import { type CopyReason, hasCopiedBytes } from '../compare/decide.ts';
import { headOfCopy } from '../compare/head-of-copy.ts';
import type { Crc64 } from '../crc64.ts';
import type { ObjectHead, Provenance } from '../objects.ts';
import type { CopyPath, CopyTask } from './copy-task.ts';
import { type Current, current, left, type Verdict } from './copy-verdict.ts';

type Task = Pick<CopyTask, 'entry' | 'reason' | 'condition' | 'ignoresSourceMark' | 'signal'>;

/** The source's own mark and the checksum of its bytes. */
interface SourceContent {
  readonly provenance?: Provenance | undefined;
  /** CRC-64 of its bytes, where it is known yet. */
  readonly crc64?: Crc64 | undefined;
}

/** A copy for these reasons may be needless, which only the source's own mark shows. */
const GUESSES: readonly CopyReason[] = ['source-newer', 'source-changed', 'not-proved-current', 'both-changed'];

/** It is known what was written, or all is to be copied: the source's mark explains nothing. */
const EXPLAINED: readonly CopyReason[] = ['missing', 'always', 'both-changed', 'properties-differ', 'destination-changed'];

/**
 * Tells what a source that is itself a copy of the destination's object must not replace: the very version that it was copied from, or, when
 * the source was not written since, an edit that was made at the destination meanwhile. `undefined` when the copy is to go on. Makes one
 * request at most, and none in most cases.
 */
export async function findOrigin(
  { destination }: Pick<CopyPath, 'destination'>,
  task: Task,
  source: SourceContent,
): Promise<Current | Verdict | undefined> {
  const { entry, condition, signal } = task;
  // Also a rollback to an older copy is an edit, and one with the same bytes may have other headers.
  if (condition === 'if-absent' || task.ignoresSourceMark || source.provenance === undefined) return undefined;
  if (task.reason === 'properties-differ') return undefined;
  if (source.provenance.sourceEtag === condition.ifMatch) {
    return isEcho(task, source) ? current(entry, { etag: condition.ifMatch, sizeBytes: entry.sizeBytes }, { isByMark: true }) : undefined;
  }
  if (EXPLAINED.includes(task.reason) || !isUntouched(source)) return undefined;
  const there = await headOfCopy(destination, entry, { signal });
  return there?.etag === condition.ifMatch && !isOwnCopy(there) ? left(entry, 'destination-edited') : undefined;
}

/** Two jobs in opposite directions would send it to and fro. What is known to differ is no echo. */
function isEcho(task: Task, source: SourceContent): boolean {
  if (task.reason === 'always') return false;
  return isProvedUntouched(source) ?? GUESSES.includes(task.reason);
}

/** A mark without a checksum is believed: in doubt an edit of the destination is kept. */
function isUntouched(source: SourceContent): boolean {
  return isProvedUntouched(source) ?? source.provenance?.crc64 === undefined;
}

/** Tells whether the bytes are those that were copied; `undefined` where one of the checksums is not known. */
function isProvedUntouched({ provenance, crc64 }: SourceContent): boolean | undefined {
  return provenance?.crc64 === undefined || crc64 === undefined ? undefined : provenance.crc64 === crc64;
}

/** Tells whether the destination's object was copied from the source, too, and has those bytes still, as far as the service says. */
function isOwnCopy(there: ObjectHead): boolean {
  return there.provenance !== undefined && (there.crc64 === undefined || there.provenance.crc64 === undefined || hasCopiedBytes(there));
}
