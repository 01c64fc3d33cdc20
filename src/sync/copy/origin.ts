import { type CopyReason, hasCopiedBytes, isCopyOf, type Version } from '../compare/decide.ts';
import { headOfCopy } from '../compare/head-of-copy.ts';
import { type Current, current, left, type Verdict } from '../outcomes/verdict.ts';
import type { Crc64 } from '../store/crc64.ts';
import type { ObjectHead, Provenance } from '../store/objects.ts';
import type { CopyPath, CopyTask } from './copy-task.ts';

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
 * Finds what a copy must not replace: the very version that the source was itself copied from; or, in a two-way sync, an edit that was made at
 * the destination since one side was copied to the other. `undefined` when the copy is to go on. Makes one request at most: in a one-way sync none.
 */
export async function findOrigin(
  { destination, isTwoWay = false }: Pick<CopyPath, 'destination' | 'isTwoWay'>,
  task: Task,
  source: SourceContent,
): Promise<Current | Verdict | undefined> {
  const { entry, condition, reason, signal } = task;
  // Also a rollback to an older copy is an edit, and one with the same bytes may have other headers.
  if (condition === 'if-absent' || task.ignoresSourceMark || reason === 'properties-differ') return undefined;
  if (source.provenance?.sourceEtag === condition.ifMatch) {
    return isEcho(task, source) ? current(entry, { etag: condition.ifMatch, sizeBytes: entry.sizeBytes }, { isByMark: true }) : undefined;
  }
  // In one direction the destination is made like the source, whatever was edited there.
  if (!isTwoWay || reason === 'always') return undefined;
  const there = await headOfCopy(destination, entry, { signal });
  if (there?.etag !== condition.ifMatch) return undefined;
  const isEdited = isEditedCopy(there, entry) || (!EXPLAINED.includes(reason) && isUntouched(source) && !isOwnCopy(there));
  return isEdited ? left(entry, 'destination-edited') : undefined;
}

/** Two jobs in opposite directions would send it to and fro. What is known to differ is no echo. */
function isEcho(task: Task, source: SourceContent): boolean {
  if (task.reason === 'always') return false;
  return isProvedUntouched(source) ?? GUESSES.includes(task.reason);
}

/** A mark without a checksum is believed: in doubt an edit of the destination is kept. */
function isUntouched(source: SourceContent): boolean {
  return isProvedUntouched(source) ?? (source.provenance !== undefined && source.provenance.crc64 === undefined);
}

/** The destination's mark names the very version that the source has, but its bytes are others: somebody wrote them and kept our metadata. */
function isEditedCopy(there: ObjectHead, source: Version): boolean {
  return there.provenance?.sourceEtag === source.etag && !isCopyOf(there, source);
}

/** Tells whether the bytes are those that were copied; `undefined` where one of the checksums is not known. */
function isProvedUntouched({ provenance, crc64 }: SourceContent): boolean | undefined {
  return provenance?.crc64 === undefined || crc64 === undefined ? undefined : provenance.crc64 === crc64;
}

/** Tells whether the destination's object is itself a copy, and has those bytes still, as far as the service says. */
function isOwnCopy(there: ObjectHead): boolean {
  return there.provenance !== undefined && (there.crc64 === undefined || there.provenance.crc64 === undefined || hasCopiedBytes(there));
}
